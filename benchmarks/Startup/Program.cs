// One call, and the end: by the library, or by the floor's code. Whoever starts it measures how long it is there.
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Idempotency;
using Startup;

var order = new Order("A-17", 19.95m);
Receipt receipt = args is ["floor"] ? Floor.Run(order) : await Library.RunAsync(order);
return receipt.Number == "R-A-17" ? 0 : 1;

namespace Startup
{
    internal sealed record Order(string Id, decimal Amount);

    internal sealed record Receipt(string Number, decimal Amount);

    [JsonSerializable(typeof(Order))]
    [JsonSerializable(typeof(Receipt))]
    internal sealed partial class Shop : JsonSerializerContext;

    internal static class Library
    {
        public static async Task<Receipt> RunAsync(Order order)
        {
            var charge = new IdempotencyHandler(new InMemoryStore())
                .Operation("charge-order", Shop.Default.Order, Shop.Default.Receipt, options =>
                {
                    options.KeyFrom(o => o.Id);
                    options.CheckPayload = false;
                });

            return await charge.HandleAsync(order, (o, _) => Task.FromResult(new Receipt($"R-{o.Id}", o.Amount)));
        }
    }

    /// <summary>What the same work takes without a library between.</summary>
    internal static class Floor
    {
        public static Receipt Run(Order order)
        {
            var records = new Dictionary<string, byte[]>();
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(order.Id, Shop.Default.String);
            string key = "charge-order#" + Convert.ToHexStringLower(SHA256.HashData(json));

            if (records.TryGetValue(key, out byte[]? known))
            {
                return JsonSerializer.Deserialize(known, Shop.Default.Receipt)!;
            }

            var receipt = new Receipt($"R-{order.Id}", order.Amount);
            records[key] = JsonSerializer.SerializeToUtf8Bytes(receipt, Shop.Default.Receipt);
            return receipt;
        }
    }
}
