// What goes wrong in libraries of this kind, and does not here: calls within each other, results that their callers change, keys
// that depend on where a function runs.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class PeerHabitTests : OnManualTime
{
    private const string FunctionName = "AWS_LAMBDA_FUNCTION_NAME";

    private static readonly Order A = new("A");

    private readonly Till _till = new();

    [Test]
    public async Task Calls_within_each_other_over_one_store_do_not_meet()
    {
        IdempotencyHandler handler = Handler();
        var inner = handler.Operation<Order, Receipt>("inner");
        var outer = handler.Operation<Order, string>("outer");

        Task<string> Call() => outer.HandleAsync(
            A,
            async (order, token) => $"outer of {(await inner.HandleAsync(order, _till.ChargeAsync, token)).Number}").AsTask();

        string[] both = [await Call(), await Call()];
        Receipt replayed = await inner.HandleAsync(A, _till.ChargeAsync);

        Assert.That(both, Is.All.EqualTo("outer of A-1"));
        Assert.That((replayed.Number, Store.Count, _till.Runs), Is.EqualTo(("A-1", 2, 1)));
    }

    [Test]
    public async Task What_a_caller_does_to_its_result_changes_no_replay()
    {
        var operation = Handler(store: new CachedStore(Store)).Operation<Order, List<int>>("list");

        for (int i = 0; i < 3; i++)
        {
            List<int> result = await operation.HandleAsync(A, (_, _) => Task.FromResult(new List<int> { 1, 2 }));
            Assert.That(result, Is.EqualTo(new[] { 1, 2 }));
            result.Add(3);
        }
    }

    [Test]
    public void Keys_do_not_depend_on_the_environment()
    {
        string? before = Environment.GetEnvironmentVariable(FunctionName);

        try
        {
            Environment.SetEnvironmentVariable(FunctionName, null);
            string? bare = Key();
            Environment.SetEnvironmentVariable(FunctionName, "shop-function");
            Assert.That(Key(), Is.EqualTo(bare));
        }
        finally
        {
            Environment.SetEnvironmentVariable(FunctionName, before);
        }
    }

    private string? Key()
    {
        Handler().Operation<Order, Receipt>("charge").TryGetKey(A, out string? key);
        return key;
    }
}
