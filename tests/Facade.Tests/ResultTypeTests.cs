// Results that are no data are refused before the function ever runs; those that are too large, or lazy, are told of.
using System.Text.Json;
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class ResultTypeTests : OnManualTime
{
    private static readonly Order A = new("A");

    /// <summary>Each makes an operation, and says what its message has to name.</summary>
    private static IEnumerable<TestCaseData> Refused =>
    [
        Refuses<Stream>("a stream"),
        Refuses<MemoryStream>("a stream"),
        Refuses<StreamReader>("a stream"),
        Refuses<IAsyncEnumerable<int>>("a list"),
        Refuses<IAsyncEnumerable<string>>("a list"),
        Refuses<IAsyncEnumerator<int>>("abstract"),
        Refuses<IEnumerator<int>>("a list"),
        Refuses<List<int>.Enumerator>("a list"),
        Refuses<IQueryable>("a query"),
        Refuses<IQueryable<int>>("a query"),
        Refuses<Task>("await it"),
        Refuses<Task<int>>("await it"),
        Refuses<ValueTask<int>>("await it"),
        Refuses<Func<int>>("a function"),
        Refuses<Action>("a function"),
        Refuses<Delegate>("a function"),
    ];

    [TestCaseSource(nameof(Refused))]
    public void A_result_that_is_no_data_is_refused_when_the_operation_is_made(
        Action<IdempotencyHandler> make,
        string named) =>
        Assert.That(() => make(Handler()), Throws.ArgumentException.With.Message.Contains(named));

    [Test]
    public void A_codec_of_JSON_refuses_it_too() =>
        Assert.That(
            () => new JsonResultCodec<Stream>(
                (System.Text.Json.Serialization.Metadata.JsonTypeInfo<Stream>)JsonSerializerOptions.Default
                    .GetTypeInfo(typeof(Stream))),
            Throws.ArgumentException.With.Message.Contains("a stream"));

    [Test]
    public async Task A_lazy_sequence_is_stored_as_a_list()
    {
        int counted = 0;
        IEnumerable<int> Count()
        {
            counted++;
            yield return 1;
            yield return 2;
        }

        var operation = Handler().Operation<Order, IEnumerable<int>>("count");
        IEnumerable<int> first = await operation.HandleAsync(A, (_, _) => Task.FromResult(Count()));
        IEnumerable<int> again = await operation.HandleAsync(A, (_, _) => Task.FromResult(Count()));

        Assert.That(again, Is.EqualTo(first));
        Assert.That(counted, Is.EqualTo(2), "gone through once to store it, and once more by the first caller");
    }

    [Test]
    public async Task A_function_in_a_result_leaves_it_unsaved_and_in_the_callers_hands()
    {
        var result = new Later("A", () => 1);

        var ended = await Handler().Operation<Order, Later>("later").TryHandleAsync(A, (_, _) => Task.FromResult(result));

        Assert.That(ended.Outcome, Is.EqualTo(IdempotencyOutcome.CompletedUnsaved));
        Assert.That(((IdempotencyUnsavedResultException)ended.Refusal!).OwnResult, Is.SameAs(result));
    }

    [Test]
    public async Task A_store_in_memory_takes_a_result_of_any_size()
    {
        string large = new('x', 8_000_000);
        var operation = Handler().Operation<Order, string>("large");

        await operation.HandleAsync(A, (_, _) => Task.FromResult(large));
        var again = await operation.TryHandleAsync(A, (_, _) => Task.FromResult(""));

        Assert.That((again.IsReplay, again.GetValueOrThrow().Length), Is.EqualTo((true, large.Length)));
    }

    private static TestCaseData Refuses<T>(string named) =>
        new TestCaseData((Action<IdempotencyHandler>)(handler => handler.Operation<Order, T>("bad")), named)
            .SetArgDisplayNames(typeof(T).ToString());

    private sealed record Later(string Id, Func<int> Amount);
}
