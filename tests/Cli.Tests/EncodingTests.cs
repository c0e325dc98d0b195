// Bytes in and out: UTF-8 without a byte order mark, and events in files.
using System.Text;
using Idempotency.Cli;
using NUnit.Framework;

namespace Cli.Tests;

public class EncodingTests
{
    private string _file = "";

    [SetUp]
    public void MakeAFile() => _file = Path.GetTempFileName();

    [TearDown]
    public void DeleteIt() => File.Delete(_file);

    private Said KeyOf(params byte[] bytes)
    {
        File.WriteAllBytes(_file, bytes);
        return Tool.Run("", "key", _file, "--prefix", "a");
    }

    [Test]
    public void An_event_can_stand_in_a_file() =>
        Assert.That(KeyOf("\"\u00e9\ud83d\ude00\""u8.ToArray()).Row("hashed"), Is.EqualTo("\"\u00e9\ud83d\ude00\""));

    [Test]
    public void A_byte_order_mark_is_passed_over() =>
        Assert.That(KeyOf([0xEF, 0xBB, 0xBF, (byte)'1']).Row("hashed"), Is.EqualTo("1"));

    [Test]
    public void Bytes_that_are_no_UTF_8_give_no_key() =>
        KeyOf((byte)'"', 0xFF, (byte)'"').IsRefused(1, "not UTF-8");

    [Test]
    public void A_replacement_character_that_was_sent_is_a_character() =>
        Assert.That(KeyOf("\"\uFFFD\""u8.ToArray()).Row("hashed"), Is.EqualTo("\"\uFFFD\""));

    [Test]
    public void A_batch_can_stand_in_a_file_and_a_line_that_is_no_UTF_8_does_not_stop_it()
    {
        byte[] good = "{\"name\":\"n\",\"payload_text\":\"1\"}\n"u8.ToArray();
        File.WriteAllBytes(_file, [.. good, (byte)'"', 0xFF, (byte)'"', (byte)'\n', .. good]);

        Said said = Tool.Ask("", "key", "--batch", _file);

        Assert.That(
            Enumerable.Range(0, said.Lines.Length).Select(line => said.Json(line).GetProperty("status").GetString()),
            Is.EqualTo(new[] { "key", "error", "key" }));
    }

    [Test]
    public void A_file_that_is_not_there_is_named()
    {
        File.Delete(_file);

        Tool.Run("1", "key", _file, "--prefix", "a").IsRefused(1, Path.GetFileName(_file));
    }

    [Test]
    public void A_folder_is_no_event() =>
        Tool.Run("1", "key", Path.GetTempPath(), "--prefix", "a").IsRefused(1, "cannot be read");

    [Test]
    public void What_is_written_has_no_byte_order_mark_and_ends_lines_as_JSON_lines_do()
    {
        using var bytes = new MemoryStream();
        using TextWriter writer = Utf8.Writer(bytes);

        writer.WriteLine("\u00e9");

        Assert.That(bytes.ToArray(), Is.EqualTo(Encoding.UTF8.GetBytes("\u00e9\n")));
    }
}
