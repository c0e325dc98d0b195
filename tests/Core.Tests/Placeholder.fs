// Holds the place of the core's tests until the first of them is here.
module Core.Tests.Placeholder

open NUnit.Framework
open Idempotency.Core

[<Test>]
let ``the core has a name`` () =
    Assert.That(Placeholder.name, Is.EqualTo "Idempotency")
