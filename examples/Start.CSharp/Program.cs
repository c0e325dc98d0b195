// A first run and a replay, over DynamoDB Local. Run it twice: dotnet run --project examples/Start.CSharp
using Amazon.DynamoDBv2;
using Idempotency;

AmazonDynamoDBConfig config = DynamoDbClientSettings.Apply(new AmazonDynamoDBConfig
{
    ServiceURL = args.ElementAtOrDefault(0) ?? "http://localhost:8000",
    AuthenticationRegion = "eu-central-1",
});
using var client = new AmazonDynamoDBClient("any", "any", config); // DynamoDB Local takes any credentials

TableReport report = await DynamoDbTable.CreateAsync(client, "idempotency");
report.ThrowIfUnusable();

var handler = new IdempotencyHandler(new DynamoDbStore(client, "idempotency"));
var charge = handler.Operation<Order, Receipt>("charge-order", options => options.KeyFrom(order => order.Id));

var order = new Order(args.ElementAtOrDefault(1) ?? "A-1001", 49.90m);
IdempotencyResult<Receipt> result = await charge.TryHandleAsync(order, ChargeAsync);
Console.WriteLine($"{result.Outcome}: {result.GetValueOrThrow().Number}");

static Task<Receipt> ChargeAsync(Order order, CancellationToken cancellationToken)
{
    Console.WriteLine($"charging {order.Amount} for {order.Id}");
    return Task.FromResult(new Receipt($"receipt-{Guid.NewGuid():N}"));
}

internal sealed record Order(string Id, decimal Amount);

internal sealed record Receipt(string Number);
