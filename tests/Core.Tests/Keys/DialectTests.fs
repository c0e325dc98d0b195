// Corners of the Powertools dialects that no recorded key has: the order of odd names, and numbers that are none.
module Core.Tests.DialectTests

open System
open NUnit.Framework
open Idempotency.Core

let private inOrder order (names: string list) =
    let members = [| for name in names -> struct (name, JsonTree.Null) |]
    let ordered: struct (string * JsonTree)[] = order members
    ordered |> Array.map (fun struct (name, _) -> name) |> String.concat " "

let private python = inOrder MemberOrder.python
let private typeScript = inOrder MemberOrder.typeScript

[<Test>]
let ``Python orders names by code points, not by the halves of them`` () =
    Assert.That(python [ "\U0001F600"; "\uFF5E"; "b"; "" ], Is.EqualTo " b \uFF5E \U0001F600")
    Assert.That(python [ "\U0001F601"; "\U0001F600" ], Is.EqualTo "\U0001F600 \U0001F601")
    Assert.That(python [ "ab"; "a"; "a" ], Is.EqualTo "a a ab")

[<Test>]
let ``TypeScript orders names in lower case, and a sigma that ends a word is another letter`` () =
    Assert.That(typeScript [ "οδοσ"; "ΟΔΟΣ"; "οδος" ], Is.EqualTo "ΟΔΟΣ οδος οδοσ")
    Assert.That(typeScript [ "ΑΣΑ"; "ασ"; "ας" ], Is.EqualTo "ας ασ ΑΣΑ")
    Assert.That(typeScript [ "Σ"; "ς" ], Is.EqualTo "ς Σ")
    Assert.That(typeScript [ "-Σ"; "-ς" ], Is.EqualTo "-ς -Σ")
    Assert.That(typeScript [ "j"; "\u0130"; "i" ], Is.EqualTo "i \u0130 j")
    Assert.That(typeScript [ "\U00010428"; "\U00010400"; "é" ], Is.EqualTo "é \U00010428 \U00010400")

[<Test>]
let ``TypeScript puts indices first, and has no member named __proto__`` () =
    Assert.That(
        typeScript [ "b"; "10"; "__proto__"; "2"; "01"; "4294967295"; "0"; "A" ],
        Is.EqualTo "0 2 10 01 4294967295 A b"
    )

[<Test>]
let ``half of a surrogate pair is a letter of its own`` () =
    let half = string '\uD800'
    Assert.That(typeScript [ "\uFFFD"; half + "é"; "a" ], Is.EqualTo("a " + half + "é \uFFFD"))

[<Test>]
let ``numbers that JSON does not have are written as each language does`` () =
    let texts =
        [ DialectNumbers.ofPythonFloat infinity
          DialectNumbers.ofPythonFloat -infinity
          DialectNumbers.ofPythonFloat -0.0
          DialectNumbers.ofEcmaScript infinity
          DialectNumbers.ofEcmaScript Double.NaN
          DialectNumbers.write PowertoolsLanguage.Python "-0"
          DialectNumbers.write PowertoolsLanguage.Python "1e400"
          DialectNumbers.write PowertoolsLanguage.TypeScript "-1e400" ]

    Assert.That(String.Join(' ', texts), Is.EqualTo "Infinity -Infinity -0.0 null null 0 Infinity null")
