// Holds the place of the stores' tests until the first of them is here.
namespace Store.Tests

open Idempotency.Store.Conformance
open NUnit.Framework

// The attribute is needed: NUnit looks only into assemblies that refer to it, and a bare subclass does not.
[<TestFixture>]
type InMemoryConformance() =
    inherit PlaceholderConformance()
    override _.Open() = "in memory"
