// Measures cases side by side: each round runs all of a table's cases one after the other, so that what the machine does
// meanwhile touches all of them, and a ratio is one of neighbours.
using System.Diagnostics;

namespace Benchmarks.Quick;

/// <summary>What one case costs.</summary>
/// <param name="Nanoseconds">The median of the rounds.</param>
/// <param name="Ratio">The median of the rounds' ratios to the floor.</param>
/// <param name="Bytes">What one run allocates.</param>
internal readonly record struct Cost(double Nanoseconds, double Ratio, double Bytes);

internal static class Measure
{
    /// <summary>The runtime compiles what is hot a second time, in the background, after it has watched it for a while.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(600);

    public static Dictionary<string, Cost> Table(IReadOnlyList<Case> cases, int rounds, TimeSpan round)
    {
        var counts = cases.ToDictionary(one => one.Name, one => Warm(one, round));
        var times = cases.ToDictionary(one => one.Name, _ => new List<double>());
        var bytes = new Dictionary<string, double>();

        for (int i = 0; i < rounds; i++)
        {
            foreach (Case one in cases)
            {
                var (time, allocated) = Round(one, counts[one.Name]);
                times[one.Name].Add(time);
                bytes[one.Name] = i == 0 ? allocated : Math.Min(bytes[one.Name], allocated);
            }
        }

        return cases.ToDictionary(
            one => one.Name,
            one => new Cost(
                Median(times[one.Name]),
                Median(times[one.Name].Zip(times[one.Floor], (mine, floor) => mine / floor)),
                bytes[one.Name]));
    }

    /// <summary>Runs a case until the compiler has done with it, and finds how often it fits into a round.</summary>
    private static int Warm(Case one, TimeSpan round)
    {
        int count = 1;

        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < WarmUp;)
        {
            var (time, _) = Round(one, count);
            count = (int)Math.Clamp(round.TotalNanoseconds / Math.Max(1, time), 1, Math.Min(one.AtMost, 10_000_000));
        }

        return count;
    }

    private static (double Nanoseconds, double Bytes) Round(Case one, int count)
    {
        one.Before?.Invoke();
        long bytes = GC.GetTotalAllocatedBytes(true);
        long start = Stopwatch.GetTimestamp();
        one.Run(count);
        double time = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        return (time / count, (GC.GetTotalAllocatedBytes(true) - bytes) / (double)count);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
