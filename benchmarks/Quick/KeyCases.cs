// What a key costs, against the hash of the same bytes: what no library can do without. Parsing them into a document, which
// most do besides, stands beside it.
using System.Security.Cryptography;
using System.Text.Json;
using Idempotency;

namespace Benchmarks.Quick;

internal static class KeyCases
{
    private const string Floor = "SHA-256 of the bytes";

    public static IEnumerable<Case> All() => [.. Raw(200), .. Raw(4_000), .. Raw(64_000), .. Typed(200), .. Typed(4_000)];

    private static Case[] Raw(int bytes)
    {
        byte[] text = Events.ApiGateway(bytes);
        string table = $"key of {bytes:N0} bytes of JSON text";

        Case Of(string name, string? path)
        {
            var operation = new IdempotencyHandler(new InMemoryStore())
                .Operation<ReadOnlyMemory<byte>, int>("charge-order", options =>
                {
                    options.InputJson = json => json;
                    options.KeyPath = path;
                    options.CheckPayload = false;
                });

            return new Case(table, name, Floor, count =>
            {
                for (int i = 0; i < count; i++)
                {
                    if (!operation.TryGetKey(text, out _))
                    {
                        throw new InvalidOperationException("The event has no key.");
                    }
                }
            });
        }

        return
        [
            new(table, Floor, Floor, count =>
            {
                Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];

                for (int i = 0; i < count; i++)
                {
                    SHA256.HashData(text, digest);
                }
            }),
            new(table, "JsonDocument.Parse of the bytes", Floor, count =>
            {
                for (int i = 0; i < count; i++)
                {
                    JsonDocument.Parse(text).Dispose();
                }
            }),
            Walk(table, text),
            Of("whole", null),
            Of("`path`", "path"),
            Of("`[path, httpMethod, requestContext.requestId]`", "[path, httpMethod, requestContext.requestId]"),
            Of("`powertools_json(body).[user, cart]`", "powertools_json(body).[user, cart]"),
        ];
    }

    private static Case Walk(string table, byte[] text) =>
        new(table, "Utf8JsonReader walk of the bytes", Floor, count =>
        {
            for (int i = 0; i < count; i++)
            {
                var reader = new Utf8JsonReader(text);

                while (reader.Read())
                {
                }
            }
        });

    private static Case[] Typed(int bytes)
    {
        GatewayEvent typed = Events.Typed(bytes);
        string table = $"key of an object of {bytes:N0} bytes of JSON";
        const string floor = "serialise, SHA-256";
        var operation = new IdempotencyHandler(new InMemoryStore()).Operation<GatewayEvent, int>("charge-order");

        return
        [
            new(table, floor, floor, count =>
            {
                Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];

                for (int i = 0; i < count; i++)
                {
                    SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(typed), digest);
                }
            }),
            new(table, "whole", floor, count =>
            {
                for (int i = 0; i < count; i++)
                {
                    operation.TryGetKey(typed, out _);
                }
            }),
        ];
    }
}
