// A program as users publish it, trimmed or compiled ahead of time: a first call, a replay, and the keys of some inputs.
using System.Text.Json.Serialization;
using Idempotency;
using Published;

var handler = new IdempotencyHandler(new InMemoryStore());
int charges = 0;

var charge = handler.Operation(
    "charge-order",
    ShopJson.Default.Order,
    ShopJson.Default.Receipt,
    options => options.KeyFrom(order => order.Id));

for (int call = 0; call < 2; call++)
{
    IdempotencyResult<Receipt> result = await charge.TryHandleAsync(
        new Order("A-17", "Zoë", [new Line("tea", 2, 3.5m), new Line("cup", 1, 12m)]),
        (order, _) => Task.FromResult(new Receipt($"R-{++charges}", order.Lines.Sum(line => line.Count * line.Price))));

    Console.WriteLine($"{result.Outcome}: {result.GetValueOrThrow()}");
}

// Keys must be the same wherever the program runs: numbers and texts are written by us, not by the runtime.
string[] notes =
[
    """{"b":1e2,"a":null}""",
    "[1e21,0.1,-0.0,5e-324,1.7976931348623157e308,123456789012345678,0.000001,1e-7]",
    "[\"\\u00e9\\ud83d\\ude00\",\"e\\u0301\",\"\\u0000\\u2028/\"]",
];

foreach (string note in notes)
{
    ShowKey("powertools_json(note)", note);
}

foreach (string expression in (string[])["id", "[id, lines[].name]", "lines[?price > `4`] | [0]", "sum(lines[].price)", "@"])
{
    ShowKey(expression, "");
}

void ShowKey(string expression, string note)
{
    var operation = handler.Operation(
        "key",
        ShopJson.Default.Order,
        ShopJson.Default.Receipt,
        options => options.KeyPath = expression);

    operation.TryGetKey(
        new Order("A-17", "Zoë", [new Line("tea", 2, 3.5m), new Line("cup", 1, 12m)], note),
        out string? key);

    Console.WriteLine($"{expression} of {note}: {key}");
}

namespace Published
{
    internal sealed record Line(string Name, int Count, decimal Price);

    internal sealed record Order(string Id, string Customer, Line[] Lines, string? Note = null);

    internal sealed record Receipt(string Number, decimal Total);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Order))]
    [JsonSerializable(typeof(Receipt))]
    internal sealed partial class ShopJson : JsonSerializerContext;
}
