// A client that has every answer at once: what is left of a call is what we do ourselves.
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;

namespace Benchmarks.Store;

internal sealed class CannedClient(Dictionary<string, AttributeValue> item)
    : AmazonDynamoDBClient(new BasicAWSCredentials("none", "none"), new AmazonDynamoDBConfig { ServiceURL = "http://localhost" })
{
    private readonly GetItemResponse _got = new() { Item = item };
    private readonly PutItemResponse _put = new();
    private readonly UpdateItemResponse _updated = new();

    public override Task<GetItemResponse> GetItemAsync(GetItemRequest request, CancellationToken cancellationToken = default) =>
        Task.FromResult(_got);

    public override Task<PutItemResponse> PutItemAsync(PutItemRequest request, CancellationToken cancellationToken = default) =>
        Task.FromResult(_put);

    public override Task<UpdateItemResponse> UpdateItemAsync(
        UpdateItemRequest request, CancellationToken cancellationToken = default) =>
        Task.FromResult(_updated);
}
