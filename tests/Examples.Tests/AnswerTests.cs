// Each ending of a call as an answer to a client: its status, and when to come back.
using Idempotency;
using Idempotency.Store.Conformance;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;
using WebApi;

namespace Examples.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AnswerTests
{
    private readonly InMemoryStore _store = new(1);
    private readonly ManualTime _time = new();
    private readonly DefaultHttpContext _http = new();

    [Test]
    public void A_result_is_OK_and_a_replay_says_so()
    {
        Assert.That(Status(Call(_ => 1)), Is.EqualTo(200));
        Assert.That(_http.Response.Headers, Does.Not.ContainKey("Idempotent-Replayed"));

        Assert.That(Status(Call(_ => 2)), Is.EqualTo(200));
        Assert.That(_http.Response.Headers["Idempotent-Replayed"].ToString(), Is.EqualTo("true"));
    }

    [Test]
    public void A_store_that_fails_is_unavailable_for_now()
    {
        Call(_ => 1);

        Assert.That(Status(Call(_ => 1, input: "another, for which there is no room")), Is.EqualTo(503));
        Assert.That(_http.Response.Headers.RetryAfter.ToString(), Is.EqualTo("1"));
    }

    [Test]
    public void A_stored_failure_will_not_change_and_is_the_clients()
    {
        Assert.That(
            () => Call<int>(_ => throw new FormatException("bad"), options => options.OnFailure = _ => FailureAction.Store),
            Throws.TypeOf<FormatException>());

        Assert.That(Status(Call(_ => 1)), Is.EqualTo(422));
        Assert.That(_http.Response.Headers.RetryAfter.ToString(), Is.Empty);
    }

    [Test]
    public void A_held_key_is_a_conflict()
    {
        var hold = (OperationOptions<string> options) =>
        {
            options.Abandoned = AbandonedBehavior.Hold;
            options.OnFailure = _ => FailureAction.Hold;
        };
        Assert.That(() => Call<int>(_ => throw new FormatException("?"), hold), Throws.TypeOf<FormatException>());
        _time.Advance(TimeSpan.FromMinutes(2));

        IdempotencyResult<int> held = Call(_ => 1, hold);

        Assert.That((held.Outcome, Status(held)), Is.EqualTo((IdempotencyOutcome.Held, 409)));
    }

    [Test]
    public void A_result_that_could_not_be_saved_is_an_answer_all_the_same()
    {
        IdempotencyResult<Later> unsaved = Call(_ => new Later(() => 1));

        Assert.That((unsaved.Outcome, Status(unsaved)), Is.EqualTo((IdempotencyOutcome.CompletedUnsaved, 200)));
    }

    [Test]
    public void A_stored_result_that_cannot_be_read_is_an_error_of_the_server()
    {
        Call(_ => "text");

        Assert.That(Status(Call(_ => 1)), Is.EqualTo(500));
    }

    private IdempotencyResult<T> Call<T>(
        Func<string, T> function,
        Action<OperationOptions<string>>? configure = null,
        string input = "A") =>
        new IdempotencyHandler(_store, options => options.TimeProvider = _time)
            .Operation<string, T>("pay", configure)
            .TryHandle(input, function);

    private int? Status<T>(IdempotencyResult<T> result) => ((IStatusCodeHttpResult)Answer.To(_http, result)).StatusCode;

    private sealed record Later(Func<int> Amount);
}
