// Processor time of a replay with 1, 2 and 64 callers at once, each with keys of its own, and all with one: whether callers
// stand in each other's way.
using System.Diagnostics;
using System.Globalization;
using Idempotency;

namespace Benchmarks.Quick;

internal static class Callers
{
    private const int Keys = 6_400;
    private const int Calls = 192_000;
    private static readonly int[] Crowds = [1, 2, 64];
    private static readonly Func<Order, CancellationToken, Task<Receipt>> ChargeAsync = Order.ChargeAsync;

    public static void Print(int rounds)
    {
        var operation = new IdempotencyHandler(new InMemoryStore()).Operation<Order, Receipt>("charge-order", options =>
        {
            options.KeyFrom(order => order.Id);
            options.CheckPayload = false;
        });

        Order[] orders = [.. Enumerable.Range(0, Keys).Select(i => new Order($"A-{i}", 49.90m, "EUR", "4242"))];
        Array.ForEach(orders, order => operation.TryHandleAsync(order, ChargeAsync).AsTask().Wait());
        Order[] hot = [.. Enumerable.Repeat(orders[0], Keys)];
        Console.WriteLine("\n| replays, CPU ns a call | 1 caller | 2 callers | 64 callers | 64 to 1 |\n| --- | ---: | ---: | ---: | ---: |");

        foreach (var (name, inputs) in new[] { ("keys of their own", orders), ("one hot key", hot) })
        {
            var times = Crowds.ToDictionary(crowd => crowd, _ => new List<double>());
            Round(operation, inputs, 1);

            for (int i = 0; i < rounds; i++)
            {
                foreach (int crowd in Crowds)
                {
                    times[crowd].Add(Round(operation, inputs, crowd));
                }
            }

            double[] medians = [.. Crowds.Select(crowd => times[crowd].Order().ElementAt(rounds / 2))];
            double ratio = times[64].Zip(times[1], (many, one) => many / one).Order().ElementAt(rounds / 2);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {medians[0]:N0} | {medians[1]:N0} | {medians[2]:N0} | {ratio:0.00} |"));
        }
    }

    private static double Round(IdempotentOperation<Order, Receipt> operation, Order[] inputs, int crowd)
    {
        using var process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;

        Task[] callers = [.. Enumerable.Range(0, crowd).Select(caller => Task.Run(async () =>
        {
            for (int i = caller; i < Calls; i += crowd)
            {
                await operation.TryHandleAsync(inputs[i % Keys], ChargeAsync);
            }
        }))];

        Task.WaitAll(callers);
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalNanoseconds / Calls;
    }
}
