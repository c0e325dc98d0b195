// Holds the place of the conformance suites until the first of them is here.
namespace Idempotency.Store.Conformance

open NUnit.Framework

/// Stands for a suite: a store's test project inherits it.
[<AbstractClass>]
type PlaceholderConformance() =
    /// The store under test.
    abstract Open: unit -> string

    [<FsCheck.NUnit.Property>]
    member this.``gives the same answer twice``() = this.Open() = this.Open()

    [<Test>]
    member this.``opens``() = Assert.That(this.Open(), Is.Not.Empty)
