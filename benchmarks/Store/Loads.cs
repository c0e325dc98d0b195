// Loads with few, many and almost only duplicates, under each way to look first: what a call costs on the average.
using System.Diagnostics;
using System.Globalization;
using Idempotency;

namespace Benchmarks.Store;

internal static class Loads
{
    private const int Calls = 1_500;

    /// <summary>By AWS's price lists a write unit costs five times as much as a read unit.</summary>
    private const double WriteToRead = 5;

    private static readonly int[] Percents = [1, 50, 99];

    /// <summary>Prints the tables, and draws them.</summary>
    /// <param name="picture">Where the picture goes.</param>
    public static void Print(string picture)
    {
        using var table = Table.Create();
        using var client = new MeteredClient(table.Endpoint);
        FirstLookBehavior[] looks = [FirstLookBehavior.Write, FirstLookBehavior.Read, FirstLookBehavior.Adaptive];

        // What runs for the first time costs the compiler's time.
        foreach (FirstLookBehavior look in looks)
        {
            new Load(client, table.Name, look, 100).Run(Calls, 50);
        }

        var plot = new LoadPlot();

        foreach (int length in (int[])[100, 5_000])
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"\n| results of {length:N0} bytes, a call | duplicates | requests | write units | read units | in read units | CPU us |"));
            Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");

            double[][] used =
            [
                .. Percents.Select(percent => looks.Select(look => Row(new Load(client, table.Name, look, length), percent)).ToArray()),
            ];

            string title = string.Create(CultureInfo.InvariantCulture, $"read units a call, results of {length:N0} bytes");
            plot.Add(title, Percents, [.. looks.Select(look => $"{look}")], used);
        }

        plot.Write(picture);

        var load = new Load(client, table.Name, FirstLookBehavior.Adaptive, 100);
        load.Run(200, 1);
        int toRead = load.CallsUntil(99, looksFirst: true);
        load.Run(200, 99);
        int toWrite = load.CallsUntil(1, looksFirst: false);
        Console.WriteLine($"\n`Adaptive` follows a change from 1 to 99 % within {toRead} calls, and back within {toWrite}.");
    }

    /// <summary>Prints a row, and gives what a call used up, in read units.</summary>
    private static double Row(Load load, int percent)
    {
        // The operation learns its share, and the code gets warm.
        load.Run(Calls / 3, percent);
        load.Client.Reset();
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        load.Run(Calls, percent);
        double cpu = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMicroseconds / Calls;
        double writes = load.Client.WriteUnits / Calls;
        double reads = load.Client.ReadUnits / Calls;
        double inReads = writes * WriteToRead + reads;

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| `{load.Look}` | {percent} % | {(double)load.Client.Requests / Calls:0.00} | {writes:0.00} | {reads:0.00} | {inReads:0.00} | {cpu:N0} |"));
        return inReads;
    }

    /// <summary>Calls of one operation, one after the other.</summary>
    private sealed class Load(MeteredClient client, string table, FirstLookBehavior look, int length)
    {
        private readonly IdempotentOperation<string, string> _operation =
            new IdempotencyHandler(new DynamoDbStore(client, table)).Operation<string, string>(
                "charge",
                options => options.FirstLook = look);

        private readonly Random _dice = new(7);
        private readonly List<string> _known = [];
        private readonly string _result = new('r', length);

        public MeteredClient Client => client;

        public FirstLookBehavior Look => look;

        public void Run(int calls, int percent)
        {
            for (int i = 0; i < calls; i++)
            {
                Call(percent);
            }
        }

        public int CallsUntil(int percent, bool looksFirst)
        {
            for (int calls = 1; calls < 1_000; calls++)
            {
                client.Reset();
                Call(percent);

                if (client.ReadUnits > 0 == looksFirst)
                {
                    return calls;
                }
            }

            throw new InvalidOperationException("It did not follow.");
        }

        private void Call(int percent)
        {
            bool isDuplicate = _known.Count > 0 && _dice.Next(100) < percent;
            string input = isDuplicate ? _known[_dice.Next(_known.Count)] : Guid.NewGuid().ToString("N");
            _operation.HandleAsync(input, (_, _) => Task.FromResult(_result)).AsTask().GetAwaiter().GetResult();

            if (!isDuplicate)
            {
                _known.Add(input);
            }
        }
    }
}
