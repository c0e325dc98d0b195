// Many items at once: each ends as it would alone, duplicates run once, and the order is kept.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class BatchTests : OnManualTime
{
    private readonly Till _till = new();

    private IdempotentOperation<Order, Receipt> Operation(Action<OperationOptions<Order>>? configure = null) =>
        Handler().Operation<Order, Receipt>("charge", options =>
        {
            options.KeyFrom(order => order.Id);
            configure?.Invoke(options);
        });

    private static Order[] Orders(params string[] ids) => [.. ids.Select(id => new Order(id))];

    private static IEnumerable<IdempotencyOutcome> Outcomes(IEnumerable<BatchItem<Order, Receipt>> items) =>
        items.Select(item => item.Result.Outcome);

    [Test]
    public async Task Each_item_ends_as_it_would_alone_in_the_order_of_the_items()
    {
        IdempotentOperation<Order, Receipt> operation = Operation();
        await operation.HandleAsync(new Order("B"), _till.ChargeAsync);
        var declined = new InvalidOperationException("declined");
        Order[] orders = [new("A"), new("B"), new("C"), new(""), new("B", 2), new("D")];

        var items = await operation.HandleManyAsync(
            orders,
            (order, token) => order.Id == "C" ? throw declined : _till.ChargeAsync(order, token));

        Assert.Multiple(() =>
        {
            Assert.That(items.Select(item => item.Input), Is.EqualTo(orders));
            Assert.That(Outcomes(items), Is.EqualTo(new[]
            {
                IdempotencyOutcome.Executed,
                IdempotencyOutcome.Replayed,
                IdempotencyOutcome.None,
                IdempotencyOutcome.KeyRejected,
                IdempotencyOutcome.PayloadMismatch,
                IdempotencyOutcome.Executed,
            }));
            Assert.That(items.Select(item => item.Succeeded), Is.EqualTo(new[] { true, true, false, false, false, true }));
            Assert.That(items[2].Error, Is.SameAs(declined));
            Assert.That(items[2].Failure, Is.SameAs(declined));
            Assert.That(items[4].Error, Is.Null);
            Assert.That(items[4].Failure, Is.TypeOf<IdempotencyValidationException>());
            Assert.That(items[0].Failure, Is.Null);
        });
    }

    [TestCase(1)]
    [TestCase(8)]
    public async Task Duplicates_run_once_though_a_running_duplicate_is_refused(int maxConcurrency)
    {
        async Task<Receipt> Slowly(Order order, CancellationToken token)
        {
            await Task.Yield();
            return await _till.ChargeAsync(order, token);
        }

        var items = await Operation(options => options.InProgress = InProgressBehavior.Reject)
            .HandleManyAsync(Orders("A", "B", "A", "A", "B"), Slowly, maxConcurrency);

        Assert.That(Outcomes(items), Is.EqualTo(new[]
        {
            IdempotencyOutcome.Executed,
            IdempotencyOutcome.Executed,
            IdempotencyOutcome.Replayed,
            IdempotencyOutcome.Replayed,
            IdempotencyOutcome.Replayed,
        }));
        Assert.That(_till.Runs, Is.EqualTo(2));
        Assert.That(items[3].Result.GetValueOrThrow(), Is.EqualTo(items[0].Result.GetValueOrThrow()));
    }

    [Test]
    public async Task A_duplicate_of_an_item_that_failed_tries_again()
    {
        int runs = 0;

        var items = await Operation().HandleManyAsync(
            Orders("A", "A"),
            (order, token) => ++runs == 1 ? throw new InvalidOperationException() : _till.ChargeAsync(order, token));

        Assert.That(items.Select(item => item.Succeeded), Is.EqualTo(new[] { false, true }));
        Assert.That(items[1].Result.Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
    }

    [Test]
    public async Task An_item_that_its_duplicate_changes_is_still_the_same_item()
    {
        var shared = new Mutable { Id = "A" };
        int runs = 0;

        var items = await Handler().Operation<Mutable, int>("charge").HandleManyAsync(
            [shared, shared],
            (input, _) =>
            {
                input.Id += "!";
                return Task.FromResult(++runs);
            });

        Assert.That(runs, Is.EqualTo(1));
        Assert.That(items[1].Result.IsReplay, Is.True);
    }

    [Test]
    public async Task No_more_items_are_handled_at_the_same_time_than_was_said()
    {
        var job = new Job<Order, Receipt>();
        Task pending = Operation().HandleManyAsync(Orders("A", "B", "C", "D", "E"), job.RunAsync, maxConcurrency: 2);
        var running = new Queue<Job<Order, Receipt>.Run>([await job.Started(), await job.Started()]);

        for (int started = 2; running.TryDequeue(out var run); started++)
        {
            Assert.That(job.Runs, Is.EqualTo(Math.Min(started, 5)), "a third one starts only when one has ended");
            run.Return(new Receipt("1", 1));

            if (started < 5)
            {
                running.Enqueue(await job.Started());
            }
        }

        await pending.Soon();
    }

    [Test]
    public async Task A_cancellation_leaves_what_has_ended_and_starts_nothing_more()
    {
        using var caller = new CancellationTokenSource();
        IdempotentOperation<Order, Receipt> operation = Operation();

        var items = await operation.HandleManyAsync(
            Orders("A", "B", "C"),
            async (order, token) =>
            {
                if (order.Id == "B")
                {
                    await caller.CancelAsync();
                    token.ThrowIfCancellationRequested();
                }

                return await _till.ChargeAsync(order, CancellationToken.None);
            },
            maxConcurrency: 1,
            cancellationToken: caller.Token);

        Assert.Multiple(() =>
        {
            Assert.That(items[0].Result.Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
            Assert.That(items[1].Error, Is.InstanceOf<OperationCanceledException>());
            Assert.That(items[2].Error, Is.InstanceOf<OperationCanceledException>());
            Assert.That(_till.Runs, Is.EqualTo(1));
        });
        Assert.That((await operation.TryHandleAsync(new Order("A"), _till.ChargeAsync)).IsReplay, Is.True);
    }

    [Test]
    public async Task Each_item_has_a_context_of_its_own()
    {
        var items = await Operation().HandleManyAsync(
            Orders("A", "B"),
            (_, context, _) => Task.FromResult(new Receipt(context.Key, 1)));

        Assert.That(items.Select(item => item.Result.GetValueOrThrow().Number), Is.Unique);
    }

    [Test]
    public async Task A_batch_may_be_empty() =>
        Assert.That(await Operation().HandleManyAsync([], _till.ChargeAsync), Is.Empty);

    [Test]
    public void At_least_one_item_must_be_handled_at_a_time() =>
        Assert.That(
            () => Operation().HandleManyAsync([], _till.ChargeAsync, maxConcurrency: 0),
            Throws.TypeOf<ArgumentOutOfRangeException>());

    private sealed class Mutable
    {
        public string Id { get; set; } = "";
    }
}
