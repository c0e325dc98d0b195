// What a queue hands over and takes back, in the shapes of Amazon SQS and AWS Lambda: a batch of messages, and the ids of those
// that are to be delivered again.
namespace Queues;

public sealed record QueueMessage(string MessageId, string Body);

public sealed record QueueBatch(IReadOnlyList<QueueMessage> Records);

public sealed record BatchItemFailure(string ItemIdentifier);

public sealed record BatchResponse(IReadOnlyList<BatchItemFailure> BatchItemFailures);
