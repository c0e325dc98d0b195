// Six scenes of a payment that is charged once, whatever happens to its callers. Run it: dotnet run --project
// examples/Payments.CSharp (and with -- --store dynamodb over DynamoDB)
using Idempotency;
using Payments;

if (args is ["--store", "dynamodb", ..])
{
    await OnDynamoDb.RunAsync(args);
    return;
}

var gateway = new Gateway();
var handler = new IdempotencyHandler(new InMemoryStore());

// The key is the order's number; the rest of the order is the payload.
Func<Order, CancellationToken, Task<Receipt>> charge = handler.Wrap<Order, Receipt>(
    "charge-order", gateway.ChargeAsync, options => options.KeyFrom(order => order.Id));

var order = new Order("A-1001", 49.90m);

Show.Scene(1, "The first call runs the function");
Receipt first = await charge(order, CancellationToken.None);
Show.Line($"charged {first.Amount} as {first.Number}; the gateway was called {Show.Times(gateway.Calls)}");

Show.Scene(2, "A retry gets the same receipt");
Receipt again = await charge(order, CancellationToken.None);
Show.Line($"got {again.Number}; the gateway was called {Show.Times(gateway.Calls)}");

Show.Scene(3, "A hundred callers at once, one charge");
await Scenes.HundredCallersAsync();

Show.Scene(4, "The same order with another amount is refused");
try
{
    await charge(order with { Amount = 4990m }, CancellationToken.None);
}
catch (IdempotencyValidationException refusal)
{
    Show.Line($"{refusal.GetType().Name}");
    Show.Line($"the gateway was called {Show.Times(gateway.Calls)}: nothing was charged");
}

Show.Scene(5, "A worker stalls past its lease, another takes over");
await Scenes.StalledWorkerAsync();

Show.Scene(6, "A failed run gives its key back, and the retry runs");
await Scenes.FailedRunAsync(handler);
Console.WriteLine();
