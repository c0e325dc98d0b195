// Draws what the loads use up: for each share of duplicates a bar for each way to look first.
using System.Globalization;
using System.Text;

namespace Benchmarks.Store;

internal sealed class LoadPlot
{
    private const int Height = 200;
    private const int Bar = 30;
    private const int Group = 4 * Bar;
    private const int Top = 60;
    private static readonly string[] Colours = ["#b04a4a", "#4a7ab0", "#4a9a5a"];

    private readonly StringBuilder _drawn = new();
    private int _panels;

    /// <summary>Draws one kind of results.</summary>
    /// <param name="title">What they are.</param>
    /// <param name="percents">The shares of duplicates.</param>
    /// <param name="names">The ways.</param>
    /// <param name="values">What each way uses up, by share and way.</param>
    public void Add(string title, int[] percents, string[] names, double[][] values)
    {
        int left = 40 + _panels++ * (percents.Length * Group + 60);
        double most = values.Max(row => row.Max());
        Text(left, 24, title, "bold");

        for (int i = 0; i < percents.Length; i++)
        {
            for (int j = 0; j < names.Length; j++)
            {
                int height = Math.Max(1, (int)(values[i][j] / most * Height));
                int x = left + i * Group + j * Bar;
                Draw($"""<rect x="{x}" y="{Top + Height - height}" width="{Bar - 4}" height="{height}" fill="{Colours[j]}"/>""");
                Text(x, Top + Height - height - 4, values[i][j].ToString("0.0", CultureInfo.InvariantCulture));
            }

            Text(left + i * Group, Top + Height + 18, $"{percents[i]} % duplicates");
        }

        for (int j = 0; _panels == 1 && j < names.Length; j++)
        {
            Draw($"""<rect x="{40 + j * 90}" y="{Top + Height + 34}" width="12" height="12" fill="{Colours[j]}"/>""");
            Text(58 + j * 90, Top + Height + 45, names[j]);
        }
    }

    public void Write(string path) =>
        File.WriteAllText(
            path,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                <svg xmlns="http://www.w3.org/2000/svg" width="{40 + _panels * (3 * Group + 60)}" height="{Top + Height + 60}" font-family="sans-serif" font-size="11">
                <rect width="100%" height="100%" fill="white"/>
                {_drawn}</svg>

                """));

    private void Draw(FormattableString shape) => _drawn.Append(shape.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private void Text(int x, int y, string text, string weight = "normal") =>
        Draw($"""<text x="{x}" y="{y}" font-weight="{weight}">{text}</text>""");
}
