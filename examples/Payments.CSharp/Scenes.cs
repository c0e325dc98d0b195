// The scenes that need more than a line.
using Idempotency;

namespace Payments;

public static class Scenes
{
    public static async Task HundredCallersAsync()
    {
        var gateway = new Gateway();

        // Duplicates that come while the first call runs wait for its result.
        var handler = new IdempotencyHandler(
            new InMemoryStore(), options => options.InProgress = InProgressBehavior.Wait);

        var order = new Order("A-1002", 12.00m);
        var callers = Enumerable.Range(0, 100).Select(_ => Task.Run(async () =>
            await handler.TryHandleAsync("charge-order", order, gateway.ChargeAsync)));

        IdempotencyResult<Receipt>[] results = await Task.WhenAll(callers);
        int executed = results.Count(result => result.Outcome == IdempotencyOutcome.Executed);
        int receipts = results.Select(result => result.GetValueOrThrow().Number).Distinct().Count();
        Show.Line($"{executed} executed, {results.Count(result => result.IsReplay)} replayed, {receipts} receipt");
        Show.Line($"the gateway was called {Show.Times(gateway.Calls)}");
    }

    public static async Task StalledWorkerAsync()
    {
        var ledger = new Ledger();
        var handler = new IdempotencyHandler(new InMemoryStore(), options =>
        {
            options.Lease = TimeSpan.FromMilliseconds(300);
            options.SkewPad = TimeSpan.Zero; // one process, one clock
        });

        var payout = handler.Operation<string, string>("pay-out");
        var order = "A-1003";

        async Task<string> PayOut(string worker, int takesMilliseconds, IdempotencyContext context)
        {
            string how = context.IsTakeOver ? "takes over" : "starts";
            Show.Line($"{worker} {how} with fencing token {context.FencingToken}");
            await Task.Delay(takesMilliseconds);
            string lost = context.LeaseLost.IsCancellationRequested ? " (it was told that its lease is lost)" : "";
            string posted = ledger.Post(context.FencingToken) ? "accepts it" : "refuses it: the token is too old";
            Show.Line($"{worker} posts to the ledger{lost}, which {posted}");
            return $"paid by {worker}";
        }

        var slow = payout.TryHandleAsync(order, (_, context, _) => PayOut("slow worker", 700, context)).AsTask();
        await Task.Delay(400);
        var fast = await payout.TryHandleAsync(order, (_, context, _) => PayOut("fast worker", 50, context));
        Show.Line($"fast worker: {fast.Outcome}, \"{fast.GetValueOrThrow()}\"");

        var late = await slow;
        Show.Line($"slow worker: {late.Outcome}, \"{late.GetValueOrThrow()}\": the result that everybody gets");
    }

    public static async Task FailedRunAsync(IdempotencyHandler handler)
    {
        int attempts = 0;
        var refund = handler.Wrap<string, string>("refund-order", async (order, _) =>
        {
            attempts++;
            await Task.Yield();
            return attempts == 1 ? throw new InvalidOperationException("the card was declined") : $"refunded {order}";
        });

        try
        {
            await refund("A-1001", CancellationToken.None);
        }
        catch (InvalidOperationException failure)
        {
            Show.Line($"attempt {attempts} failed: {failure.Message}");
        }

        Show.Line($"attempt {attempts + 1}: {await refund("A-1001", CancellationToken.None)}");
        Show.Line($"and once more: {await refund("A-1001", CancellationToken.None)}, after {Show.Times(attempts)} in all");
    }
}
