// UTF-8 without a byte order mark, both ways. Bytes that are none must not become a key: each is read as a control
// character that JSON has nowhere, so that the text is refused, or the one line of a batch.
using System.Text;

namespace Idempotency.Cli;

internal static class Utf8
{
    /// <summary>What a byte that is no UTF-8 is read as. Not NUL: that ends a replacement.</summary>
    private const char Invalid = '\u0001';

    private static readonly Encoding ForOutput = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    private static readonly Encoding ForInput = Encoding.GetEncoding(
        "utf-8",
        EncoderFallback.ExceptionFallback,
        new DecoderReplacementFallback(Invalid.ToString()));

    public static TextReader Reader(Stream stream) =>
        new StreamReader(stream, ForInput, detectEncodingFromByteOrderMarks: false);

    /// <summary>Lines end as in JSON lines on any system, and are written out one by one.</summary>
    public static TextWriter Writer(Stream stream) =>
        new StreamWriter(stream, ForOutput) { NewLine = "\n", AutoFlush = true };

    /// <summary>The bytes of a text that has been checked.</summary>
    public static byte[] Bytes(string text) => ForOutput.GetBytes(text);

    /// <summary>What is wrong with a text that was read, or null.</summary>
    public static string? ProblemOf(string text) =>
        text.Contains(Invalid) ? "the input is not UTF-8, or has a control character in it" : null;
}
