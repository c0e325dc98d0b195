// The commands on a table, against the real engine: as users call them.
using DynamoDb.Testing;
using Idempotency;
using NUnit.Framework;

namespace Cli.Tests;

public sealed class DynamoDbCommandTests
{
    private static readonly string[] Credentials = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    private LocalEngine _engine = null!;

    [OneTimeSetUp]
    public void FindTheEngine()
    {
        var shared = LocalEngine.Shared;

        if (shared.IsError)
        {
            Assert.Ignore($"NOT RUN: there is no DynamoDB Local ({shared.ErrorValue})");
        }

        _engine = shared.ResultValue;

        // As in a shell: the tool finds its credentials where the SDK looks for them.
        foreach (string name in Credentials)
        {
            Environment.SetEnvironmentVariable(name, "local");
        }
    }

    [OneTimeTearDown]
    public void ForgetTheCredentials()
    {
        foreach (string name in Credentials)
        {
            Environment.SetEnvironmentVariable(name, null);
        }

        LocalEngine.StopShared();
    }

    private Said Run(string table, params string[] args) =>
        Tool.Run("", [.. args, "--table", table, "--endpoint-url", _engine.Endpoint, "--region", "eu-central-1"]);

    private static string NewTable() => $"idempotency-{Guid.NewGuid():N}";

    private sealed class Ago(TimeSpan length) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - length;
    }

    /// <summary>Makes a table with a record of a call that returned a while ago, and of one that was cut off then: keys of
    /// both.</summary>
    private async Task<(string Table, string Finished, string Locked)> WithRecordsAsync(TimeSpan ago)
    {
        string table = NewTable();
        Assert.That(Run(table, "table", "create").Code, Is.Zero);
        using var client = _engine.Client();

        var handler = new IdempotencyHandler(new DynamoDbStore(client, table), options =>
        {
            options.TimeProvider = new Ago(ago);
            options.Expiry = TimeSpan.FromHours(5);
            options.OnFailure = _ => FailureAction.Hold;
        });
        var charge = handler.Operation<string, string>("charge");
        await charge.HandleAsync("A-1", (_, _) => Task.FromResult("receipt-1"));

        try
        {
            await charge.HandleAsync("A-2", (_, _) => throw new InvalidOperationException("cut off"));
        }
        catch (InvalidOperationException)
        {
            // Its lock is kept.
        }

        charge.TryGetKey("A-1", out string? finished);
        charge.TryGetKey("A-2", out string? locked);
        return (table, finished!, locked!);
    }

    [Test]
    public void A_table_is_missing_then_made_then_right()
    {
        string table = NewTable();
        Run(table, "table", "check").IsRefused(1, "does not exist");
        Assert.That(Run(table, "table", "create"), Is.EqualTo(new Said(0, $"Table '{table}' is as it should be.\n", "")));
        Assert.That(Run(table, "table", "create").Code, Is.Zero, "It is there now, and right.");
        Assert.That(Run(table, "table", "check").Code, Is.Zero);
        Run(table, "table", "check", "--sort-key", "sk", "--partition-value", "p").IsRefused(1, "sort key 'sk'");
    }

    [Test]
    public void A_table_with_a_sort_key_can_be_made()
    {
        string table = NewTable();
        string[] layout = ["--sort-key", "sk", "--partition-value", "idempotency#payments"];
        Assert.That(Run(table, ["table", "create", .. layout]).Code, Is.Zero);
        Assert.That(Run(table, ["table", "check", .. layout]).Code, Is.Zero);
        Run(table, "table", "check").IsRefused(1, "partition key 'id'");
    }

    [Test]
    public void Half_a_layout_is_a_wrong_call() =>
        Run(NewTable(), "table", "check", "--sort-key", "sk").IsRefused(2, "--partition-value");

    [Test]
    public async Task A_record_is_shown_and_its_result_only_when_asked_for()
    {
        var (table, finished, _) = await WithRecordsAsync(TimeSpan.Zero);
        Said shown = Run(table, "show", finished);
        Assert.That(shown.Code, Is.Zero, shown.Error);
        Assert.That(shown.Row("key"), Is.EqualTo(finished));
        Assert.That(shown.Row("status"), Is.EqualTo("Completed"));
        Assert.That(shown.Row("expires"), Does.EndWith("Z"));
        Assert.That(shown.Out, Does.Not.Contain("receipt-1"));
        Assert.That(Run(table, "show", finished, "--data").Lines[^1], Is.EqualTo("\"receipt-1\""));
        Run(table, "show", "charge#no").IsRefused(1, "no record");
    }

    [Test]
    public async Task A_lock_is_released_when_its_lease_has_ended()
    {
        var (table, finished, locked) = await WithRecordsAsync(TimeSpan.FromMinutes(2));
        Assert.That(Run(table, "show", locked).Row("status"), Is.EqualTo("InProgress"));
        Assert.That(Run(table, "release", locked).Code, Is.Zero);
        Run(table, "release", locked).IsRefused(1, "no record");
        Run(table, "release", finished).IsRefused(1, "finished");
        Run(table, "release", finished, "--force").IsRefused(1, "finished");
        Assert.That(Run(table, "show", finished).Code, Is.Zero, "A finished record is never touched.");
    }

    [Test]
    public async Task A_live_lock_is_released_only_by_force()
    {
        var (table, _, locked) = await WithRecordsAsync(TimeSpan.Zero);
        Run(table, "release", locked).IsRefused(1, "--force");
        Assert.That(Run(table, "show", locked).Code, Is.Zero);
        Assert.That(Run(table, "release", locked, "--force").Code, Is.Zero);
        Run(table, "show", locked).IsRefused(1, "no record");
    }

    [Test]
    public void An_endpoint_that_does_not_answer_is_said_so() =>
        Tool.Run("", "show", "k", "--table", "t", "--endpoint-url", "http://127.0.0.1:1", "--region", "eu-central-1")
            .IsRefused(1, "Table 't'");
}
