// Random documents, and random expressions that are likely to find something in them.
module Core.Tests.JmesPathGenerators

open FsCheck
open FsCheck.FSharp

let private names = [ "a"; "b"; "c"; "d"; "e f" ]

let private scalar =
    Gen.frequency
        [ 1, Gen.elements [ "null"; "true"; "false" ]
          3, Gen.elements [ "0"; "1"; "2"; "10"; "-3"; "1.5"; "-0.25"; "1000000" ]
          3,
          Gen.elements
              [ "\"\""
                "\"a\""
                "\"B\""
                "\"b\""
                "\"é\""
                "\"10\""
                "\"2.5\""
                "\"x y\""
                "\"😀\"" ] ]

let private joined opening closing (items: string list) =
    opening + String.concat "," items + closing

let rec private value size =
    if size = 0 then
        scalar
    else
        let inner = value (size - 1)

        let array items =
            Gen.choose (0, 4)
            |> Gen.bind (fun count -> Gen.listOfLength count items)
            |> Gen.map (joined "[" "]")

        Gen.frequency
            [ 2, scalar
              1, array (Gen.elements [ "3"; "1"; "2.5"; "-1"; "10" ])
              1, array (Gen.elements [ "\"b\""; "\"a\""; "\"c\""; "\"\"" ])
              3, array (object (size - 1))
              1, array inner
              4, object (size - 1) ]

and private object size =
    gen {
        let! names = Gen.subListOf names
        let! values = Gen.listOfLength names.Length (value size)

        return
            List.map2 (fun name value -> $"\"{name}\":{value}") (List.ofSeq names) values
            |> joined "{" "}"
    }

/// The text of an object, nested a few levels deep.
let document: Gen<string> = object 3

let private name = Gen.elements [ "a"; "b"; "c"; "d"; "\"e f\""; "missing" ]

let private literal =
    Gen.frequency
        [ 3, scalar |> Gen.map (fun text -> $"`{text}`")
          1, value 1 |> Gen.map (fun text -> $"`{text}`")
          1, Gen.elements [ "'a'"; "'x y'"; "'é'"; "''" ] ]

let private index = Gen.choose (-3, 3) |> Gen.map (fun index -> $"[{index}]")

let private slice =
    let part =
        Gen.frequency [ 2, Gen.constant ""; 3, Gen.choose (-4, 4) |> Gen.map string ]

    gen {
        let! start = part
        let! stop = part
        let! step = Gen.elements [ ""; ":"; ":1"; ":2"; ":-1"; ":-2" ]
        return $"[{start}:{stop}{step}]"
    }

let private operator =
    Gen.elements [ " || "; " && "; " == "; " != "; " < "; " <= "; " > "; " >= "; " | " ]

let rec private expression size : Gen<string> =
    if size = 0 then
        Gen.frequency [ 6, name; 1, Gen.constant "@"; 1, literal ]
    else
        let inner = expression (size - 1)

        let after (parts: (int * Gen<string>) list) =
            Gen.map2 (+) inner (Gen.frequency parts)

        Gen.frequency
            [ 8,
              after
                  [ 4, Gen.map ((+) ".") name
                    2, index
                    1, slice
                    2, Gen.constant "[*]"
                    2, Gen.constant "[]"
                    1, Gen.constant ".*"
                    2, Gen.map (fun condition -> $"[?{condition}]") inner
                    1, Gen.map2 (fun one two -> $".[{one}, {two}]") inner inner
                    1, Gen.map (fun one -> $".{{x: {one}, \"y z\": @}}") inner ]
              1, Gen.map2 (fun one two -> $"[{one}, {two}]") inner inner
              1, Gen.map (fun one -> $"{{x: {one}}}") inner
              2, Gen.map3 (fun left operator right -> left + operator + right) inner operator inner
              1, Gen.map (fun one -> $"!{one}") inner
              1, Gen.map (fun one -> $"({one})") inner
              4, call inner ]

and private call (inner: Gen<string>) =
    let likely =
        Gen.elements [ "*"; "*[]"; "a"; "a[]"; "*.a"; "b[*].a"; "*[].b[]"; "*[].*[]"; "*[] | [0]" ]

    gen {
        let! one = Gen.oneof [ inner; likely ]
        let! two = inner
        let! text = Gen.elements [ "'a'"; "'b'"; "''"; "','" ]

        return!
            Gen.elements
                [ $"abs({one})"
                  $"avg({one})"
                  $"ceil({one})"
                  $"contains({one}, {two})"
                  $"ends_with({one}, {text})"
                  $"floor({one})"
                  $"join({text}, {one})"
                  $"keys({one})"
                  $"length({one})"
                  $"map(&{two}, {one})"
                  $"max({one})"
                  $"max_by({one}, &{two})"
                  $"merge({one}, {two})"
                  $"min({one})"
                  $"min_by({one}, &{two})"
                  $"not_null({one}, {two})"
                  $"reverse({one})"
                  $"sort({one})"
                  $"sort_by({one}, &{two})"
                  $"starts_with({one}, {text})"
                  $"sum({one})"
                  $"to_array({one})"
                  $"to_number({one})"
                  $"to_string({one})"
                  $"type({one})"
                  $"values({one})" ]
    }

/// An expression of at most three levels.
let anyExpression: Gen<string> = Gen.choose (1, 3) |> Gen.bind expression

/// Expressions with documents, the same ones for the same seed.
let pairs (seed: uint64) (count: int) : (string * string)[] =
    Gen.zip anyExpression document
    |> Gen.sampleWithSeed (Rnd(seed, 1UL)) 50 count
    |> Array.ofSeq
