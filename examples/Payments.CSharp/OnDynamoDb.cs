// The same payment over DynamoDB: two processes, of which one is killed in the middle, and a transfer that is committed with
// its result. Run it: dotnet run --project examples/Payments.CSharp -- --store dynamodb [--endpoint-url URL] [--region NAME]
using System.Diagnostics;
using Amazon;
using Amazon.DynamoDBv2;
using Idempotency;

namespace Payments;

public static class OnDynamoDb
{
    private const string Records = "payments-idempotency";
    private const string Worker = "--worker";

    private static readonly Order Order = new("A-2001", 49.90m);

    public static async Task RunAsync(string[] args)
    {
        using AmazonDynamoDBClient client = Client(args);

        if (args.Contains(Worker))
        {
            await ChargeAsWorkerAsync(client, args[^1]);
            return;
        }

        TableReport report = await DynamoDbTable.CreateAsync(client, Records);
        report.ThrowIfUnusable();

        // Each run of the example has an operation of its own, so that it begins with nothing.
        string operation = $"charge-{Guid.NewGuid():N}";

        Show.Scene(1, "Another process starts to charge, and is killed");
        await StartAndKillAsync(args, operation);

        Show.Scene(2, "This process waits for the lease to end, and takes over");
        var gateway = new Gateway();
        var charge = Handler(client).Operation<Order, Receipt>(operation, options => options.KeyFrom(order => order.Id));
        var watch = Stopwatch.StartNew();

        var result = await charge.TryHandleAsync(Order, (order, context, token) =>
        {
            Show.Line($"it has the key after {watch.Elapsed.TotalSeconds:0.0} s, take-over: {context.IsTakeOver}");
            return gateway.ChargeAsync(order, token);
        });
        Show.Line($"{result.Outcome}: {result.GetValueOrThrow().Number}");

        var again = await charge.TryHandleAsync(Order, gateway.ChargeAsync);
        Show.Line($"{again.Outcome}: {again.GetValueOrThrow().Number}; the gateway was called {Show.Times(gateway.Calls)} here");

        Show.Scene(3, "A transfer moves the money in one step with its record: exactly once");
        await Transfers.RunAsync(client, Handler(client), operation);
        Console.WriteLine();
    }

    /// <summary>The other process: it gets the key, says so, and hangs until it is killed.</summary>
    private static async Task ChargeAsWorkerAsync(AmazonDynamoDBClient client, string operation)
    {
        var charge = Handler(client).Operation<Order, Receipt>(operation, options => options.KeyFrom(order => order.Id));

        await charge.HandleAsync(Order, async (_, context, token) =>
        {
            Console.WriteLine($"started with fencing token {context.FencingToken}");
            await Task.Delay(Timeout.Infinite, token);
            return new Receipt("never", 0);
        });
    }

    private static async Task StartAndKillAsync(string[] args, string operation)
    {
        using Process worker = Process.Start(new ProcessStartInfo(
            "dotnet",
            ["exec", typeof(OnDynamoDb).Assembly.Location, .. args, Worker, operation])
        {
            RedirectStandardOutput = true,
        })!;

        Show.Line($"the other process {await worker.StandardOutput.ReadLineAsync()}");
        worker.Kill();
        await worker.WaitForExitAsync();
        Show.Line("it was killed before it had a result");
    }

    private static IdempotencyHandler Handler(AmazonDynamoDBClient client) =>
        new(new DynamoDbStore(client, Records), options =>
        {
            options.Lease = TimeSpan.FromSeconds(2);
            options.SkewPad = TimeSpan.FromMilliseconds(100);
            options.InProgress = InProgressBehavior.Wait;
        });

    private static AmazonDynamoDBClient Client(string[] args)
    {
        AmazonDynamoDBConfig config = DynamoDbClientSettings.Apply(new AmazonDynamoDBConfig());

        if (Value(args, "--region") is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        if (Value(args, "--endpoint-url") is not { } endpoint)
        {
            return new AmazonDynamoDBClient(config);
        }

        config.ServiceURL = endpoint;
        config.AuthenticationRegion = "eu-central-1";

        // DynamoDB Local takes any credentials.
        return new AmazonDynamoDBClient("any", "any", config);
    }

    private static string? Value(string[] args, string option) =>
        args.SkipWhile(arg => arg != option).Skip(1).FirstOrDefault();
}
