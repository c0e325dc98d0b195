// Measures all tables and prints them as Markdown.
using System.Globalization;

namespace Benchmarks.Quick;

internal static class Report
{
    /// <summary>Measures the tables whose names hold a word.</summary>
    /// <param name="cases">All cases.</param>
    /// <param name="word">The word, or nothing for all tables.</param>
    /// <param name="rounds">How often each case is measured.</param>
    /// <param name="round">About how long one measurement takes.</param>
    public static void Print(IEnumerable<Case> cases, string word, int rounds, TimeSpan round)
    {
        foreach (var table in cases.GroupBy(one => one.Table))
        {
            if (!table.Key.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            Case[] rows = [.. table];
            var costs = Measure.Table(rows, rounds, round);
            Console.WriteLine($"\n| {table.Key} | ns | ratio | bytes |\n| --- | ---: | ---: | ---: |");

            foreach (Case row in rows)
            {
                Cost cost = costs[row.Name];
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {row.Name} | {cost.Nanoseconds:N0} | {(row.IsFloor ? "floor" : cost.Ratio.ToString("0.00", CultureInfo.InvariantCulture))} | {cost.Bytes:N0} |"));
            }
        }
    }
}
