// A table of its own in DynamoDB Local: the one at DYNAMODB_ENDPOINT, or one that is started for this.
using Amazon.DynamoDBv2;
using DynamoDb.Testing;

namespace Benchmarks.Store;

internal sealed class Table : IDisposable
{
    private Table(LocalEngine engine, string name)
    {
        Endpoint = engine.Endpoint;
        Name = name;
        Client = engine.Client();
    }

    public string Endpoint { get; }

    public string Name { get; }

    public AmazonDynamoDBClient Client { get; }

    public static Table Create()
    {
        var found = LocalEngine.Shared;

        return found.IsOk
            ? new Table(found.ResultValue, found.ResultValue.CreateTable(TableKeyModule.simple, false).Result)
            : throw new InvalidOperationException($"There is no DynamoDB Local: {found.ErrorValue}");
    }

    public void Dispose()
    {
        Client.Dispose();
        LocalEngine.StopShared();
    }
}
