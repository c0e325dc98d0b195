// Holds the place of the stores' tests until the first of them is here.
namespace Store.Tests

open Idempotency.Core
open Idempotency.Store.Conformance

type InMemoryConformance() =
    inherit PlaceholderConformance()
    override _.Open() = Placeholder.name
