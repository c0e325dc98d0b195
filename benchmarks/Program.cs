// `dotnet run -c Release --project benchmarks -- --quick [WORD]` prints tables of ratios within two minutes, `--full` the same
// tables with more rounds; `--callers` many callers at once; `--memory` what the in-memory store holds and lets go; `--startup` the
// start of a program; `--store [WORD]` tables of calls on DynamoDB Local, `--loads [PICTURE]` loads with more and fewer duplicates on
// it; anything else is for BenchmarkDotNet, as in `--filter '*Call*'`.
using BenchmarkDotNet.Running;
using Benchmarks.Quick;
using Benchmarks.Store;

Case[] Cases() => [.. CallCases.All(), .. PartCases.All(), .. KeyCases.All()];

switch (args)
{
    case ["--quick", .. var word]:
        Report.Print(Cases(), string.Concat(word), 9, TimeSpan.FromMilliseconds(20));
        break;
    case ["--full", .. var word]:
        Report.Print(Cases(), string.Concat(word), 31, TimeSpan.FromMilliseconds(60));
        break;
    case ["--callers"]:
        Callers.Print(9);
        break;
    case ["--memory"]:
        Memory.Print(TimeSpan.FromSeconds(60));
        break;
    case ["--startup"]:
        Startup.Print(41);
        break;
    case ["--store", .. var word]:
        using (var table = Table.Create())
        {
            Report.Print(StoreCases.All(table), string.Concat(word), 101, TimeSpan.FromMilliseconds(40));
        }

        break;
    case ["--loads", .. var picture]:
        Loads.Print(picture.Length > 0 ? picture[0] : "loads.svg");
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
