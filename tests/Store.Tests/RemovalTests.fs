// What a person may do with a record: remove it.
namespace Store.Tests

open Idempotency
open NUnit.Framework

open Requests

[<TestFixture>]
type RemovalTests() =
    [<Test>]
    member _.``a record that a person removes is gone, and its key is free``() =
        let store = InMemoryStore()
        Assert.That(acquire store (call "key") 0)
        Assert.That(store.Remove "key")
        Assert.That(store.Remove "key", Is.False)
        Assert.That(store.Count, Is.Zero)
        Assert.That(acquire store (call "key") 0)
