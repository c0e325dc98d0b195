// Runs what a command asks of DynamoDB, and says in a sentence what kept it from an answer.
using System.CommandLine;
using Amazon.DynamoDBv2;
using Amazon.Runtime;

namespace Idempotency.Cli;

internal static class DynamoDb
{
    /// <summary>Uses a client for one command.</summary>
    /// <returns>The exit code of the command, or that of a failure.</returns>
    public static async Task<int> Use(
        TableOptions options,
        ParseResult parsed,
        Streams streams,
        Func<AmazonDynamoDBClient, Task<int>> ask)
    {
        try
        {
            using AmazonDynamoDBClient client = options.Client(parsed);
            return await ask(client).ConfigureAwait(false);
        }
        catch (ArgumentException problem)
        {
            streams.Error.WriteLine(problem.Message);
            return ExitCodes.Misused;
        }
        catch (Exception problem)
            when (problem is DynamoDbStoreException or AmazonClientException or AmazonServiceException
                or HttpRequestException or IOException or TimeoutException)
        {
            streams.Error.WriteLine(problem.Message);
            return ExitCodes.Failed;
        }
    }
}
