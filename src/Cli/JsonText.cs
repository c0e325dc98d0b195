// JSON as the tool writes it: on one line, with the characters of every language as they are.
using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Idempotency.Cli;

internal static class JsonText
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An object with these members.</summary>
    public static string Write(Action<Utf8JsonWriter> members)
    {
        var output = new ArrayBufferWriter<byte>();

        using (var writer = new Utf8JsonWriter(output, Options))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>JSON without the white space between its tokens. Nothing else changes: no number, no escape.</summary>
    public static string OnOneLine(string json)
    {
        var kept = new StringBuilder(json.Length);
        bool quoted = false, escaped = false;

        foreach (char c in json)
        {
            if (quoted || c is not (' ' or '\t' or '\r' or '\n'))
            {
                kept.Append(c);
            }

            quoted ^= c == '"' && !escaped;
            escaped = quoted && c == '\\' && !escaped;
        }

        return kept.ToString();
    }
}
