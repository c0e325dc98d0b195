// The requests of a call, sent by hand: what nobody can do without who keeps the same records in the same table.
using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace Benchmarks.Store;

internal sealed class RawCalls(IAmazonDynamoDB client, string table)
{
    private static readonly Dictionary<string, string> FreeNames = new()
    {
        ["#pk"] = "id",
        ["#st"] = "status",
        ["#exp"] = "expiration",
        ["#ipe"] = "in_progress_expiration",
        ["#own"] = "owner",
    };

    private static readonly Dictionary<string, string> MineNames = new()
    {
        ["#st"] = "status",
        ["#exp"] = "expiration",
        ["#data"] = "data",
        ["#v"] = "v",
        ["#own"] = "owner",
    };

    public PutItemResponse Put(string key, string owner)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

        return client.PutItemAsync(new PutItemRequest
        {
            TableName = table,
            Item = new()
            {
                ["id"] = new(key),
                ["status"] = new("INPROGRESS"),
                ["expiration"] = Number(now / 1000 + 3600),
                ["owner"] = new(owner),
                ["in_progress_expiration"] = Number(now + 61_000),
            },
            ConditionExpression =
                "attribute_not_exists(#pk) OR #st <> :inp AND #exp < :now_s OR #st = :inp AND "
                + "(attribute_exists(#own) AND #ipe < :now_ms OR attribute_not_exists(#own) AND #ipe < :peer_ms "
                + "OR attribute_not_exists(#ipe) AND #exp < :now_s)",
            ExpressionAttributeNames = FreeNames,
            ExpressionAttributeValues = new()
            {
                [":inp"] = new("INPROGRESS"),
                [":now_s"] = Number(now / 1000),
                [":now_ms"] = Number(now),
                [":peer_ms"] = Number(now - 1000),
            },
            ReturnValues = ReturnValue.ALL_OLD,
            ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
        }).GetAwaiter().GetResult();
    }

    public void Update(string key, string owner, string data) =>
        client.UpdateItemAsync(new UpdateItemRequest
        {
            TableName = table,
            Key = new() { ["id"] = new(key) },
            UpdateExpression = "SET #st = :st, #exp = :exp, #v = :v, #data = :data",
            ConditionExpression = "#st = :inp AND #own = :me",
            ExpressionAttributeNames = MineNames,
            ExpressionAttributeValues = new()
            {
                [":inp"] = new("INPROGRESS"),
                [":me"] = new(owner),
                [":st"] = new("COMPLETED"),
                [":exp"] = Number(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600),
                [":v"] = Number(1),
                [":data"] = new(data),
            },
            ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
        }).GetAwaiter().GetResult();

    public string RefusedPut(string key, string owner)
    {
        try
        {
            Put(key, owner);
        }
        catch (ConditionalCheckFailedException refused)
        {
            return refused.Item["data"].S;
        }

        throw new InvalidOperationException("The put was not refused.");
    }

    public string Get(string key) =>
        client.GetItemAsync(new GetItemRequest
        {
            TableName = table,
            Key = new() { ["id"] = new(key) },
            ConsistentRead = true,
        }).GetAwaiter().GetResult().Item["data"].S;

    private static AttributeValue Number(long value) => new() { N = value.ToString(CultureInfo.InvariantCulture) };
}
