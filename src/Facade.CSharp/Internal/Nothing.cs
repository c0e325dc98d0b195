// What stands for "no input" and "no result" where the core wants a type.
namespace Idempotency;

internal readonly struct Nothing
{
    /// <summary>The key of an operation without an input is its name alone; any value will do, so long as it is one.</summary>
    public static readonly Func<Nothing, ReadOnlyMemory<byte>> Json = static _ => True;

    private static readonly byte[] True = "true"u8.ToArray();

    public static readonly NoResultCodec<Nothing> Codec = new(default);
}
