// The events that keys are made of.
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Benchmarks.Quick;

internal static class Events
{
    /// <summary>An API Gateway event as its JSON text. The body is a text that holds JSON; up to 8,000 bytes the headers fill
    /// the event up to its size, beyond that the body does.</summary>
    /// <param name="bytes">About how long the text is to be.</param>
    public static byte[] ApiGateway(int bytes)
    {
        const string start = """{"path":"/orders","httpMethod":"POST","requestContext":{"requestId":"c6af9ac6"},""";
        var headers = new StringBuilder();
        var body = new StringBuilder("""{"user":"u-1","cart":[1,2,3],"lines":[""");
        int most = Math.Min(bytes, 8_000) - start.Length - 100;

        for (int i = 0; headers.Length < most; i++)
        {
            headers.Append(i == 0 ? "" : ",")
                .Append(CultureInfo.InvariantCulture, $"\"x-header-{i:0000}\":\"value {i * 7919}\"");
        }

        for (int i = 0; body.Length < (bytes - headers.Length) * 4 / 5 - 100; i++)
        {
            body.Append(i == 0 ? "" : ",")
                .Append(CultureInfo.InvariantCulture, $"{{\"article\":\"A-{i:00000}\",\"pieces\":{i % 7},\"price\":{i}.99}}");
        }

        body.Append("]}");
        var escaped = JsonEncodedText.Encode(body.ToString(), JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        return Encoding.UTF8.GetBytes($"{start}\"body\":\"{escaped}\",\"headers\":{{{headers}}}}}");
    }

    /// <summary>The same as an object.</summary>
    /// <param name="bytes">About how long its JSON is to be.</param>
    public static GatewayEvent Typed(int bytes) =>
        JsonSerializer.Deserialize<GatewayEvent>(ApiGateway(bytes), JsonSerializerOptions.Web)!;
}

internal sealed record RequestContext(string RequestId);

internal sealed record GatewayEvent(
    string Path,
    string HttpMethod,
    RequestContext RequestContext,
    string Body,
    Dictionary<string, string> Headers);
