// The events that keys are made of.
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Benchmarks.Quick;

internal static class Events
{
    /// <summary>An API Gateway event as its JSON text, filled up to a size by its headers. The body is text that holds
    /// JSON.</summary>
    /// <param name="bytes">About how long the text is to be.</param>
    public static byte[] ApiGateway(int bytes)
    {
        var text = new StringBuilder("""{"path":"/orders","httpMethod":"POST","requestContext":{"requestId":"c6af9ac6"},""");
        text.Append(
            """
            "body":"{\"user\":\"u-1\",\"cart\":[1,2,3]}","headers":{
            """);

        for (int i = 0; text.Length < bytes - 40; i++)
        {
            text.Append(i == 0 ? "" : ",")
                .Append(CultureInfo.InvariantCulture, $"\"x-header-{i:0000}\":\"value {i * 7919}\"");
        }

        return Encoding.UTF8.GetBytes(text.Append("}}").ToString());
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
