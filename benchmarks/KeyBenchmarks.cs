// What a key costs, against the hash of the same bytes and against parsing them: what no library can do without, and what
// most do besides.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Idempotency;

namespace Benchmarks;

[MemoryDiagnoser]
public class KeyBenchmarks
{
    private byte[] _event = [];
    private IdempotentOperation<ReadOnlyMemory<byte>, int> _whole = null!;
    private IdempotentOperation<ReadOnlyMemory<byte>, int> _path = null!;
    private IdempotentOperation<ReadOnlyMemory<byte>, int> _list = null!;
    private IdempotentOperation<ReadOnlyMemory<byte>, int> _body = null!;

    [Params(200, 4_000, 64_000)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _event = Event(Bytes);
        _whole = Prepare(null);
        _path = Prepare("path");
        _list = Prepare("[path, httpMethod, requestContext.requestId]");
        _body = Prepare("powertools_json(body).[user, cart]");
    }

    [Benchmark(Baseline = true)]
    public int Sha256_of_the_bytes()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        return SHA256.HashData(_event, digest);
    }

    [Benchmark]
    public int Parsing_the_bytes()
    {
        using JsonDocument document = JsonDocument.Parse(_event);
        return document.RootElement.GetPropertyCount();
    }

    [Benchmark]
    public string Key_of_the_whole() => KeyOf(_whole);

    [Benchmark]
    public string Key_of_a_path() => KeyOf(_path);

    [Benchmark]
    public string Key_of_three_paths() => KeyOf(_list);

    [Benchmark]
    public string Key_of_a_parsed_body() => KeyOf(_body);

    private string KeyOf(IdempotentOperation<ReadOnlyMemory<byte>, int> operation) =>
        operation.TryGetKey(_event, out string? key) ? key : throw new InvalidOperationException("The event has no key.");

    /// <summary>The event's text is there already, as in a web server or a function's host.</summary>
    private static IdempotentOperation<ReadOnlyMemory<byte>, int> Prepare(string? path) =>
        new IdempotencyHandler(new InMemoryStore()).Operation<ReadOnlyMemory<byte>, int>("charge-order", options =>
        {
            options.InputJson = text => text;
            options.KeyPath = path;
            options.CheckPayload = false;
        });

    /// <summary>An API Gateway event, filled up to a size by its headers.</summary>
    private static byte[] Event(int bytes)
    {
        var text = new StringBuilder("""{"path":"/orders","httpMethod":"POST","requestContext":{"requestId":"c6af9ac6"},""");
        text.Append(""""body":"{\"user\":\"u-1\",\"cart\":[1,2,3]}","headers":{"""");

        for (int i = 0; text.Length < bytes - 40; i++)
        {
            text.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"\"x-header-{i:0000}\":\"value {i * 7919}\"");
        }

        return Encoding.UTF8.GetBytes(text.Append("}}").ToString());
    }
}
