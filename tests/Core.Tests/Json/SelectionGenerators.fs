// Random documents whose texts hold JSON, well and badly written, and random expressions of the shapes that go the short
// way.
module Core.Tests.Json.SelectionGenerators

open System
open System.Text
open FsCheck
open FsCheck.FSharp

/// Few names, spelled in several ways, so that they often meet.
let private nameInDocument =
    Gen.elements
        [ "a"
          "b"
          "c"
          "\\u0061"
          "\\u0062"
          "long name"
          "\\ud83d\\ude00"
          "😀"
          "\\ud800"
          "" ]

let private space =
    Gen.frequency [ 5, Gen.constant ""; 1, Gen.elements [ " "; "\n\t"; "\r\n " ] ]

/// One way of writing a text between quotes, of the many.
let private escaped (dice: Random) (text: string) =
    let output = StringBuilder()

    let short c =
        match c with
        | '\n' -> "\\n"
        | '\t' -> "\\t"
        | '\r' -> "\\r"
        | _ -> $"\\{c}"

    for c in text do
        if dice.Next 12 = 0 then
            output.Append $"\\u%04x{int c}"
        elif c < ' ' || c = '"' || c = '\\' || (c = '/' && dice.Next 2 = 0) then
            output.Append(short c)
        else
            output.Append c
        |> ignore

    output.ToString()

/// What is wrong with some texts: nothing can be read from them, or something else than one might think.
let private damaged (text: string) =
    gen {
        let! place = Gen.choose (0, text.Length)

        let! what =
            Gen.elements
                [ ""
                  "}"
                  "]"
                  ","
                  "\\\""
                  "\\ud800"
                  "\\udc00x"
                  "\\ufeff"
                  "\\x"
                  "\\u00g0"
                  "\\\\"
                  "x"
                  "{" ]

        return text.Insert(place, what)
    }

let rec private document size : Gen<string> =
    let leaf =
        Gen.elements
            [ "null"
              "true"
              "false"
              "0"
              "-1.50"
              "1e400"
              "\"\""
              "\"x\""
              "\"\\ud800 \\\" }\""
              "\"a / b \\/ \\b\\f\\t\\u00e9\"" ]

    let spaced text =
        Gen.map2 (fun before after -> before + text + after) space space

    let joined opening closing (items: Gen<string>) =
        gen {
            let! count = Gen.choose (0, 4)
            let! items = Gen.listOfLength count items
            return! spaced (opening + String.concat "," items + closing)
        }

    if size = 0 then
        Gen.bind spaced leaf
    else
        let inner = document (size - 1)

        let pair =
            gen {
                let! name = nameInDocument
                let! before = space
                let! value = inner
                return $"{before}\"{name}\"{before}:{value}"
            }

        Gen.frequency
            [ 2, Gen.bind spaced leaf
              5, joined "{" "}" pair
              2, joined "[" "]" inner
              3, textOf inner ]

/// A string that holds JSON, most often.
and private textOf (json: Gen<string>) =
    gen {
        let! json = json
        let! seed = Gen.choose (0, Int32.MaxValue)
        let text = escaped (Random seed) json
        let! text = Gen.frequency [ 12, Gen.constant text; 1, damaged text ]
        return "\"" + text + "\""
    }

/// A string that holds JSON in base64, most often, and more often so written than not.
let private base64Of (json: Gen<string>) =
    gen {
        let! json = json
        let encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes json)
        let! place = Gen.choose (0, encoded.Length)

        let! what =
            Gen.frequency [ 9, Gen.constant ""; 3, Gen.elements [ " "; "\\n"; "="; "-"; "\\u0041" ] ]

        return "\"" + encoded.Insert(place, what) + "\""
    }

/// An object with members that are there, and hold what is asked for.
let private event =
    gen {
        let! body = document 3
        let! inner = textOf (Gen.constant $"{{\"c\":1,\"a\":{body},\"b\":{body}}}")

        let! text =
            textOf (Gen.constant $"{{\"b\":{inner},\"a\":{body},\"c\":{{\"a\":null,\"b\":2}}}}")

        let! more = document 2
        let! encoded = base64Of (Gen.constant $"{{\"a\":{inner},\"b\":{body}}}")
        return $"{{\"b\":{more},\"long name\":{encoded},\"a\":{text},\"c\":{{\"a\":{text},\"c\":{inner}}}}}"
    }

let private nameInExpression =
    Gen.elements [ "a"; "b"; "c"; "\"long name\""; "\"😀\""; "\"\"" ]

let private names =
    gen {
        let! names = Gen.nonEmptyListOf nameInExpression

        let! names =
            Gen.elements [ List.truncate 1 names; List.truncate 2 names; List.truncate 3 names ]

        let! separator = Gen.frequency [ 4, Gen.constant "."; 1, Gen.constant " | " ]
        return String.concat separator names
    }

let private usualCall =
    Gen.elements
        [ "powertools_json(a)"
          "c.powertools_json(a)"
          "powertools_json(c.a)"
          "a | powertools_json(@)"
          "powertools_json(powertools_json(a).b)"
          "powertools_json(a).powertools_json(b)"
          "powertools_json(powertools_base64(\"long name\"))"
          "\"long name\" | powertools_json(powertools_base64(@)).powertools_json(a)" ]

let private call =
    Gen.frequency
        [ 4, usualCall
          1, names |> Gen.map (fun names -> $"powertools_json({names})")
          1, Gen.constant "powertools_json(@)" ]

let private path =
    Gen.frequency
        [ 3, names
          1, call
          3, Gen.map2 (fun call names -> $"{call}.{names}") call names ]

let rec private selection size =
    if size = 0 then
        Gen.frequency [ 8, path; 1, Gen.constant "@" ]
    else
        let inner = selection (size - 1)
        let some = Gen.choose (1, 3) |> Gen.bind (fun count -> Gen.listOfLength count inner)
        let list = some |> Gen.map (fun items -> "[" + String.concat ", " items + "]")

        let hash =
            gen {
                let! items = some
                let! names = Gen.listOfLength items.Length nameInExpression
                let members = List.map2 (fun name item -> $"{name}: {item}") names items
                return "{" + String.concat ", " members + "}"
            }

        let after =
            gen {
                let! before = Gen.frequency [ 5, path; 1, Gen.constant "@" ]
                let! what = Gen.oneof [ list; hash ]
                return $"{before}.{what}"
            }

        Gen.oneof [ selection 0; list; hash; after ]

/// A document, and an expression that goes the short way.
let pairs: Gen<string * string> =
    gen {
        let! document = Gen.frequency [ 1, document 4; 1, event ]
        let! expression = selection 2
        return document, expression
    }

/// The same with a document that may no longer be JSON.
let brokenPairs: Gen<string * string> =
    gen {
        let! document, expression = pairs
        let! place = Gen.choose (0, max 0 (document.Length - 1))
        let! what = Gen.elements [ ""; "}"; "]"; ","; "\""; "x"; "1"; "{"; "\\"; ":"; "\n" ]
        return document.Remove(place, min 1 document.Length).Insert(place, what), expression
    }
