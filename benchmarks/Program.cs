// `dotnet run -c Release --project benchmarks -- --quick [WORD]` prints tables of ratios within two minutes, `--full` the same
// tables with more rounds; anything else is for BenchmarkDotNet, as in `--filter '*Call*'`.
using BenchmarkDotNet.Running;
using Benchmarks.Quick;

Case[] Cases() => [.. KeyCases.All()];

switch (args)
{
    case ["--quick", .. var word]:
        Report.Print(Cases(), string.Concat(word), 9, TimeSpan.FromMilliseconds(20));
        break;
    case ["--full", .. var word]:
        Report.Print(Cases(), string.Concat(word), 31, TimeSpan.FromMilliseconds(60));
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
