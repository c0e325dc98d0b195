// How long a client of the SDK waits and how often it tries, so that it fits into the time in which a result is saved.
namespace Idempotency

open System
open Amazon.DynamoDBv2

/// <summary>Settings of the SDK's client that suit a store.</summary>
[<AbstractClass; Sealed>]
type DynamoDbClientSettings private () =
    /// <summary>Sets, for a client: 2 seconds for each try (<c>Timeout</c>), 1 second to connect (<c>ConnectTimeout</c>) and 2
    /// more tries (<c>MaxErrorRetry</c>).</summary>
    /// <remarks>
    /// The SDK's own defaults wait for 100 seconds, so that one request that hangs uses up the 10 seconds in which a result
    /// is saved (<c>CompletionBudget</c>), and the result ends as unsaved. With these, a request that hangs is given up after
    /// 2 seconds; the SDK sends it again, and after that the protocol does. No try is dangerous: a write that was applied,
    /// and whose reply was lost, is recognised when it is sent again.
    /// </remarks>
    /// <param name="config">The configuration of a client that is still to be made.</param>
    /// <returns>The same configuration.</returns>
    static member Apply(config: AmazonDynamoDBConfig) =
        config.Timeout <- Nullable(TimeSpan.FromSeconds 2.)
        config.ConnectTimeout <- Nullable(TimeSpan.FromSeconds 1.)
        config.MaxErrorRetry <- 2
        config
