// Which table of which DynamoDB: the options that the commands on a table share.
using System.CommandLine;
using Amazon;
using Amazon.DynamoDBv2;

namespace Idempotency.Cli;

internal sealed class TableOptions
{
    private readonly Option<string> _table = new("--table")
    {
        Description = "The name, or the ARN, of the table.",
        Required = true,
    };

    private readonly Option<string?> _region = new("--region")
    {
        Description = "The region, such as eu-central-1. Without it that of the environment or the profile.",
    };

    private readonly Option<string?> _endpoint = new("--endpoint-url")
    {
        Description = "Another DynamoDB, such as http://localhost:8000 for DynamoDB Local.",
    };

    private readonly Option<string?> _sortKey = new("--sort-key")
    {
        Description = "The name of the sort key, if the table has one.",
    };

    private readonly Option<string?> _partition = new("--partition-value")
    {
        Description = "With --sort-key: the text of the partition key of every record.",
    };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _table, _region, _endpoint, _sortKey, _partition })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(given =>
        {
            if (given.GetValue(_sortKey) is null != given.GetValue(_partition) is null)
            {
                given.AddError("--sort-key and --partition-value go together.");
            }
        });
    }

    public string Table(ParseResult parsed) => parsed.GetValue(_table)!;

    public DynamoDbStoreOptions Layout(ParseResult parsed) => new()
    {
        Attributes = new DynamoDbAttributes { SortKey = parsed.GetValue(_sortKey) },
        PartitionValue = parsed.GetValue(_partition),
    };

    public AmazonDynamoDBClient Client(ParseResult parsed)
    {
        AmazonDynamoDBConfig config = DynamoDbClientSettings.Apply(new AmazonDynamoDBConfig());

        if (parsed.GetValue(_endpoint) is { } endpoint)
        {
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = parsed.GetValue(_region);
        }
        else if (parsed.GetValue(_region) is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        return new AmazonDynamoDBClient(config);
    }
}
