// A batch with a duplicate and two bad messages. Run it: dotnet run --project examples/Queue.CSharp
using System.Text.Json;
using Idempotency;
using Queues;

var worker = new OrderWorker(new IdempotencyHandler(new InMemoryStore()));

var batch = new QueueBatch(
[
    new("m-1", """{"OrderId":"A-1001","Amount":49.90}"""),
    new("m-2", """{"OrderId":"A-1002","Amount":12.00}"""),
    new("m-3", """{"Amount":49.90,"OrderId":"A-1001"}"""), // the first one again, from a sender that retried
    new("m-4", "this is no order"),
    new("m-5", """{"OrderId":"A-1003","Amount":0}"""),
]);

BatchResponse response = await worker.HandleAsync(batch, CancellationToken.None);
Console.WriteLine($"5 messages, {worker.Charges} charges; to be delivered again:");
Console.WriteLine(JsonSerializer.Serialize(response, JsonSerializerOptions.Web));

response = await worker.HandleAsync(batch, CancellationToken.None);
Console.WriteLine($"the same batch again: {worker.Charges} charges");
