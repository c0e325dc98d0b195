// The example of a queue does what it says.
using Idempotency;
using NUnit.Framework;
using Queues;

namespace Facade.Tests;

public class QueueExampleTests
{
    [Test]
    public async Task Bad_messages_are_sent_back_and_each_order_is_charged_once()
    {
        var worker = new OrderWorker(new IdempotencyHandler(new InMemoryStore()));
        var batch = new QueueBatch(
        [
            new("m-1", """{"OrderId":"A","Amount":1}"""),
            new("m-2", "this is no order"),
            new("m-3", """{"Amount":1,"OrderId":"A"}"""),
            new("m-4", """{"OrderId":"B","Amount":0}"""),
            new("m-5", """{"OrderId":"C","Amount":2}"""),
        ]);

        BatchResponse first = await worker.HandleAsync(batch, CancellationToken.None);
        BatchResponse second = await worker.HandleAsync(batch, CancellationToken.None);

        string[] failed = ["m-2", "m-4"];
        Assert.That(first.BatchItemFailures.Select(failure => failure.ItemIdentifier), Is.EqualTo(failed));
        Assert.That(second.BatchItemFailures.Select(failure => failure.ItemIdentifier), Is.EqualTo(failed));
        Assert.That(worker.Charges, Is.EqualTo(2));
    }
}
