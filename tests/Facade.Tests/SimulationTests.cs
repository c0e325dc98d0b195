// Simulations of handlers as C# users write them: those of the example, and a property with FsCheck.
using FsCheck;
using FsCheck.Fluent;
using Idempotency;
using Idempotency.Simulation;
using NUnit.Framework;

namespace Simulate.Tests;

public class SimulationTests
{
    [Test]
    public void A_worker_that_looks_first_is_overtaken_between_the_look_and_the_charge()
    {
        SimulationReport report = Simulations.Of(Workers.Looking).Run(200);

        Assert.That(report.Holds, Is.False);
        Assert.That(report.Breach!.Promise, Is.EqualTo("an order is charged at most once"));
        Assert.That(report.Breach.FaultCount, Is.EqualTo(1), report.ToString());
        Assert.That(report.Timeline, Has.Count.LessThanOrEqualTo(20), report.ToString());
        Assert.That(report.Timeline, Has.Some.Contains("take-over"));
        Assert.That(report.ThrowIfBroken, Throws.TypeOf<SimulationBrokenException>());
    }

    [Test]
    public void The_run_that_the_docs_show_is_the_one_that_is_found()
    {
        SimulationBreach breach = Simulations.Of(Workers.Looking).Run(1000).Breach!;
        string docs = File.ReadAllText(Path.Combine(Root(AppContext.BaseDirectory), "docs", "testing.md"));

        Assert.That(docs, Does.Contain(breach.Schedule));
        Assert.That(breach.Timeline.Where(line => !docs.Contains(line.Trim(), StringComparison.Ordinal)), Is.Empty);

        static string Root(string folder) =>
            File.Exists(Path.Combine(folder, "Idempotency.sln"))
                ? folder
                : Root(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("no Idempotency.sln above"));
    }

    [Test]
    public void A_worker_that_trusts_charges_twice() =>
        Assert.That(Simulations.Of(Workers.Trusting).Run(200).Holds, Is.False);

    [Test]
    public void A_worker_with_a_fencing_token_charges_once_in_a_thousand_worlds()
    {
        SimulationReport report = Simulations.Of(Workers.Fenced).Run(runs: 1000);

        report.ThrowIfBroken();
        Assert.That(report.Coverage.Missing, Is.Empty);
    }

    [Test]
    public void A_gateway_that_knows_the_key_charges_once_in_a_thousand_worlds()
    {
        SimulationReport report = Simulations.Of(Workers.Keyed).Run(1000);

        Assert.That(report.Holds, report.ToString());
        Assert.That(report.Coverage.TakeOvers, Is.GreaterThan(30));
    }

    [Test]
    public void A_refusal_that_is_a_value_is_a_refusal()
    {
        var simulation = new HandlerSimulation<Gateway>(() => new Gateway());
        simulation.Calls(TryAsync, new Order("A", 1), new Order("A", 1));

        SimulationReport report = simulation.RunSchedule("A,B A1.2:stall=5000");

        Assert.That(report.Coverage.Refusals, Is.EqualTo(1), string.Join('\n', report.Timeline));
        Assert.That(report.Coverage.Replays, Is.EqualTo(1));
        Assert.That(report.Timeline, Has.Some.Contains("B1 refuses: InProgress"));

        static Task<IdempotencyResult<Receipt>> TryAsync(
            SimulatedProcess<Gateway> process, Order order, CancellationToken cancellation) =>
            new IdempotencyHandler(process.Store, options => options.TimeProvider = process.Time)
                .Operation<Order, Receipt>("charge")
                .TryHandleAsync(
                    order,
                    (o, _) => process.CallAsync("charge", gateway => gateway.Charge(o)),
                    cancellation).AsTask();
    }

    [Test]
    public void A_call_without_an_answer_can_be_made()
    {
        var simulation = new HandlerSimulation<List<string>>(() => []);
        simulation.Calls(
            (process, mail, cancellation) =>
                new IdempotencyHandler(process.Store, options => options.TimeProvider = process.Time).HandleAsync(
                    "send",
                    mail,
                    async (text, _) =>
                    {
                        await process.CallAsync("send", sent => sent.Add(text));
                        return true;
                    },
                    cancellation).AsTask(),
            "hello");

        simulation.AtEnd("it is sent", sent => sent.Count == 1);
        Assert.That(simulation.RunSeed(0).Holds);
    }

    [Test]
    public void Code_that_does_not_come_back_to_its_context_and_works_side_by_side_stays_in_the_simulation()
    {
        var simulation = new HandlerSimulation<List<string>>(() => []);
        simulation.Calls(
            async (process, mail, cancellation) =>
                await new IdempotencyHandler(process.Store, options => options.TimeProvider = process.Time).HandleAsync(
                    "send",
                    mail,
                    async (text, _) =>
                    {
                        await Task.WhenAll(SendAsync(process, text + " 1"), SendAsync(process, text + " 2"))
                            .ConfigureAwait(false);
                        return true;
                    },
                    cancellation).ConfigureAwait(false),
            "hello",
            "hello");

        simulation.AtEnd(
            "all of it is sent",
            sent => sent.Distinct().Order().SequenceEqual(["hello 1", "hello 2"]));

        SimulationReport report = simulation.Run(300);
        Assert.That(report.Holds, report.ToString());
        Assert.That(report.Coverage.Crashes, Is.GreaterThan(10));

        static async Task SendAsync(SimulatedProcess<List<string>> process, string text)
        {
            await process.StepAsync("write").ConfigureAwait(false);
            await Task.Delay(TimeSpan.FromSeconds(1), process.Time).ConfigureAwait(false);
            await process.CallAsync("send", sent => sent.Add(text)).ConfigureAwait(false);
        }
    }

    [Test]
    public void Whoever_sends_whatever_each_order_is_charged_at_most_once() =>
        Prop.ForAll<NonEmptyArray<byte>, PositiveInt>((numbers, seed) =>
        {
            Order[] orders = [.. numbers.Get.Select(number => new Order($"A-{number % 3}", 49.90m))];
            var simulation = new HandlerSimulation<Gateway>(() => new Gateway());

            simulation.Calls(Workers.Fenced, orders);
            simulation.Expect<StaleTokenException>();
            simulation.Always(
                "an order is charged at most once",
                gateway => orders.All(order => gateway.TimesCharged(order.Id) <= 1));

            SimulationReport report = simulation.RunSeed(seed.Get);
            return report.Holds.Label(report.ToString());
        }).QuickCheckThrowOnFailure();
}
