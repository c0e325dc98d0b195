// One thing that is measured, and what it is measured against.
namespace Benchmarks.Quick;

/// <summary>A case of a table.</summary>
/// <param name="Table">The table that it stands in.</param>
/// <param name="Name">What it is.</param>
/// <param name="Floor">The case of the same table that it is divided by: what the same work costs without us. Itself for a
/// floor.</param>
/// <param name="Run">Does it so many times.</param>
internal sealed record Case(string Table, string Name, string Floor, Action<int> Run)
{
    /// <summary>Called before each round; what it does is not measured.</summary>
    public Action? Before { get; init; }

    /// <summary>How often it may be done in a round at the most, where each time leaves something behind.</summary>
    public int AtMost { get; init; } = int.MaxValue;

    public bool IsFloor => Floor == Name;
}
