// The engine that all tests here share. Without it, or without Node, they do not run, and say so.
namespace Interop.Tests

open System
open DynamoDb.Testing
open NUnit.Framework

[<SetUpFixture>]
type StopsTheEngine() =
    [<OneTimeTearDown>]
    member _.Stop() = LocalEngine.StopShared()

module Engine =
    let shared () =
        match LocalEngine.Shared with
        | Ok engine -> engine
        | Error reason -> raise (IgnoreException $"NOT RUN: there is no DynamoDB Local ({reason})")

    /// So long may something take that comes from another thread or process.
    let patience = TimeSpan.FromMinutes 1.
