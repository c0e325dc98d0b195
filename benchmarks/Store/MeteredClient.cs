// A client that counts the requests and the capacity that they use up. What a refused write costs is not in its answer:
// by DynamoDB's documentation as much as one of the item that is there.
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;

namespace Benchmarks.Store;

internal sealed class MeteredClient(string endpoint)
    : AmazonDynamoDBClient(
        new BasicAWSCredentials("local", "local"),
        new AmazonDynamoDBConfig { ServiceURL = endpoint, AuthenticationRegion = "eu-central-1" })
{
    public int Requests { get; private set; }

    public double ReadUnits { get; private set; }

    public double WriteUnits { get; private set; }

    public void Reset() => (Requests, ReadUnits, WriteUnits) = (0, 0, 0);

    public override async Task<GetItemResponse> GetItemAsync(
        GetItemRequest request, CancellationToken cancellationToken = default)
    {
        Requests++;
        request.ReturnConsumedCapacity = ReturnConsumedCapacity.TOTAL;
        GetItemResponse response = await base.GetItemAsync(request, cancellationToken).ConfigureAwait(false);
        ReadUnits += response.ConsumedCapacity.CapacityUnits ?? 0;
        return response;
    }

    public override async Task<PutItemResponse> PutItemAsync(
        PutItemRequest request, CancellationToken cancellationToken = default)
    {
        Requests++;
        request.ReturnConsumedCapacity = ReturnConsumedCapacity.TOTAL;

        try
        {
            PutItemResponse response = await base.PutItemAsync(request, cancellationToken).ConfigureAwait(false);
            WriteUnits += response.ConsumedCapacity.CapacityUnits ?? 0;
            return response;
        }
        catch (ConditionalCheckFailedException refused)
        {
            WriteUnits += Math.Ceiling(refused.Item.Sum(one => one.Key.Length + (one.Value.S ?? one.Value.N).Length) / 1024.0);
            throw;
        }
    }

    public override async Task<UpdateItemResponse> UpdateItemAsync(
        UpdateItemRequest request, CancellationToken cancellationToken = default)
    {
        Requests++;
        request.ReturnConsumedCapacity = ReturnConsumedCapacity.TOTAL;
        UpdateItemResponse response = await base.UpdateItemAsync(request, cancellationToken).ConfigureAwait(false);
        WriteUnits += response.ConsumedCapacity.CapacityUnits ?? 0;
        return response;
    }
}
