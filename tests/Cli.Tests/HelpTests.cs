// The help, the version, and calls that name no command.
using NUnit.Framework;

namespace Cli.Tests;

public class HelpTests
{
    [TestCase("idempotency key --operation charge-order --path id")]
    [TestCase("idempotency key event.json", "key")]
    [TestCase("idempotency jmespath 'powertools_json(body).id'", "jmespath")]
    public void The_help_has_examples(string example, params string[] command)
    {
        Said said = Tool.Ask("", [.. command, "--help"]);

        Assert.That(said.Out, Does.Contain("Usage:\n  idempotency").And.Contain(example));
    }

    [TestCase("--path")]
    [TestCase("--payload-path")]
    [TestCase("--operation")]
    [TestCase("--scope")]
    [TestCase("--prefix")]
    [TestCase("--hash")]
    [TestCase("--format")]
    [TestCase("--own-missing-rule")]
    [TestCase("--json")]
    [TestCase("--batch")]
    public void The_help_names_every_option(string option) =>
        Assert.That(Tool.Ask("", "key", "-h").Out, Does.Match($"\n  {option} "));

    [Test]
    public void The_version_is_printed() => Assert.That(Tool.Ask("", "--version").Lines, Has.Length.EqualTo(1));

    [Test]
    public void A_call_without_a_command_is_refused() => Tool.Run("").IsRefused(2, "Try `idempotency --help`.");

    [Test]
    public void An_unknown_command_is_refused() => Tool.Run("", "keys").IsRefused(2, "keys");
}
