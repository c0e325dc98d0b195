// Handles batches from a queue that delivers at least once: each order is charged once, whatever is delivered twice, and one
// bad message does not hold up the others.
using System.Text.Json;
using Idempotency;

namespace Queues;

public sealed record Order(string OrderId, decimal Amount);

public sealed record Charged(string OrderId, int Number);

public sealed class OrderWorker
{
    private readonly IdempotentOperation<QueueMessage, Charged> _charge;
    private int _charges;

    public OrderWorker(IdempotencyHandler handler) =>
        _charge = handler.Operation<QueueMessage, Charged>("charge-order", options =>
        {
            // The key is the order, not the message: a sender that retries makes two messages of one order.
            options.KeyPath = "powertools_json(Body).OrderId";
            options.PayloadPath = "powertools_json(Body)";
        });

    /// <summary>How often something was charged.</summary>
    public int Charges => Volatile.Read(ref _charges);

    public async Task<BatchResponse> HandleAsync(QueueBatch batch, CancellationToken cancellationToken)
    {
        var items = await _charge.HandleManyAsync(
            batch.Records, ChargeAsync, maxConcurrency: 4, cancellationToken: cancellationToken);

        return new BatchResponse(
            [.. items.Where(item => !item.Succeeded).Select(item => new BatchItemFailure(item.Input.MessageId))]);
    }

    private Task<Charged> ChargeAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        Order order = JsonSerializer.Deserialize<Order>(message.Body)!;

        return order.Amount <= 0
            ? throw new InvalidOperationException($"Order {order.OrderId} has no amount.")
            : Task.FromResult(new Charged(order.OrderId, Interlocked.Increment(ref _charges)));
    }
}
