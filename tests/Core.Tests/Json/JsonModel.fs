// JSON values as the canonical form's properties see them: how they are made up, in how many ways each can be spelled,
// and when two of them are equal.
module Core.Tests.Json.JsonModel

open System
open System.Globalization
open System.Numerics
open System.Text
open System.Text.Json
open FsCheck
open FsCheck.FSharp

/// A decimal number: a whole number times a power of ten.
type Number = { Whole: int64; Power: int }

type Json =
    | Null
    | Bool of bool
    | Number of Number
    | Text of string
    | List of Json list
    | Object of (string * Json) list

/// Equal values are equal here, and nothing else is: members without order, numbers without spelling.
type Meaning =
    | IsNull
    | IsBool of bool
    | IsNumber of BigInteger * int
    | IsText of string
    | IsList of Meaning list
    | IsObject of Map<string, Meaning>

let private numberMeaning (whole: BigInteger) power =
    let mutable whole = whole
    let mutable power = power

    while not whole.IsZero && (whole % 10I).IsZero do
        whole <- whole / 10I
        power <- power + 1

    if whole.IsZero then IsNumber(0I, 0) else IsNumber(whole, power)

let rec meaning json =
    match json with
    | Null -> IsNull
    | Bool value -> IsBool value
    | Number number -> numberMeaning (BigInteger number.Whole) number.Power
    | Text text -> IsText text
    | List items -> IsList(List.map meaning items)
    | Object members ->
        members
        |> List.map (fun (name, value) -> name, meaning value)
        |> Map
        |> IsObject

/// The meaning of JSON text, read without the code under test.
let meaningOf (text: string) =
    let numberOf (raw: string) =
        let mantissa, exponent =
            match raw.IndexOfAny [| 'e'; 'E' |] with
            | -1 -> raw, 0
            | at -> raw.Substring(0, at), Int32.Parse(raw.Substring(at + 1), CultureInfo.InvariantCulture)

        let behindPoint =
            match mantissa.IndexOf '.' with
            | -1 -> 0
            | at -> mantissa.Length - at - 1

        let whole =
            BigInteger.Parse(mantissa.Replace(".", ""), CultureInfo.InvariantCulture)

        numberMeaning whole (exponent - behindPoint)

    let rec read (element: JsonElement) =
        match element.ValueKind with
        | JsonValueKind.True -> IsBool true
        | JsonValueKind.False -> IsBool false
        | JsonValueKind.Number -> numberOf (element.GetRawText())
        | JsonValueKind.String -> IsText(string (element.GetString()))
        | JsonValueKind.Array -> element.EnumerateArray() |> Seq.map read |> List.ofSeq |> IsList
        | JsonValueKind.Object ->
            element.EnumerateObject()
            |> Seq.map (fun field -> field.Name, read field.Value)
            |> Map
            |> IsObject
        | _ -> IsNull

    use document = JsonDocument.Parse text
    read document.RootElement

/// One way of writing a value, of the many: the dice decide about order, white space, escapes and exponents.
let spell (dice: Random) (json: Json) =
    let output = StringBuilder()
    let add (text: string) = output.Append text |> ignore

    let space () =
        for _ in 1 .. dice.Next 3 do
            output.Append(" \t\n\r"[dice.Next 4]) |> ignore

    let character (c: char) =
        if c < ' ' || c = '"' || c = '\\' || dice.Next 4 = 0 then
            add $"\\u%04x{int c}"
        else
            output.Append c |> ignore

    let text (value: string) =
        add "\""
        // A pair is escaped as a whole or not at all: text in UTF-8 cannot hold one half.
        for rune in value.EnumerateRunes() do
            if rune.IsBmp then
                character (char rune.Value)
            elif dice.Next 2 = 0 then
                for unit in rune.ToString() do
                    add $"\\u%04X{int unit}"
            else
                add (rune.ToString())

        add "\""

    let number (value: Number) =
        let digits = string (abs (BigInteger value.Whole))
        let sign = if value.Whole < 0L then "-" else ""
        let zeros = String('0', dice.Next 3)

        match dice.Next 3 with
        | 0 when value.Whole <> 0L -> add $"{sign}{digits}{zeros}e{value.Power - zeros.Length}"
        | 1 ->
            let behind = digits.Substring 1 + zeros + "0"
            let exponent = value.Power + digits.Length - 1
            add (sign + digits.Substring(0, 1) + "." + behind + "E" + exponent.ToString "+0;-0")
        | _ -> add $"{sign}{digits}e{value.Power}"

    let inOrder items write =
        items
        |> List.iteri (fun i item ->
            if i > 0 then add ","
            space ()
            write item
            space ())

    let rec write json =
        match json with
        | Null -> add "null"
        | Bool true -> add "true"
        | Bool false -> add "false"
        | Number value -> number value
        | Text value -> text value
        | List items ->
            add "["
            inOrder items write
            add "]"
        | Object members ->
            let shuffled = Array.ofList members
            dice.Shuffle shuffled
            add "{"

            inOrder (List.ofArray shuffled) (fun (name, value) ->
                text name
                space ()
                add ":"
                space ()
                write value)

            add "}"

    space ()
    write json
    space ()
    output.ToString()

let private characters =
    [ "a"
      "b"
      "Z"
      "0"
      "\""
      "\\"
      "/"
      "\n"
      "\u0001"
      "\u007f"
      "é"
      "\u20ac"
      "\ufb33"
      "😂"
      "𐀀"
      "\uffff" ]

let private textGen =
    Gen.elements characters
    |> Gen.listOf
    |> Gen.resize 4
    |> Gen.map (String.concat "")

let private numberGen =
    Gen.map2
        (fun whole power -> { Whole = whole; Power = power })
        (Gen.oneof
            [ Gen.choose (-20, 20) |> Gen.map int64
              Gen.choose64 (9007199254740990L, 9007199254740996L)
              Gen.choose64 (Int64.MinValue + 1L, Int64.MaxValue) ])
        (Gen.frequency [ 3, Gen.constant 0; 3, Gen.choose (-8, 8); 1, Gen.choose (-400, 400) ])

let rec private valueGen size =
    let leaf =
        Gen.oneof
            [ Gen.constant Null
              Gen.elements [ Bool true; Bool false ]
              Gen.map Number numberGen
              Gen.map Text textGen ]

    if size <= 1 then
        leaf
    else
        let smaller = valueGen (size / 3)

        Gen.frequency
            [ 1, leaf
              1, Gen.listOf smaller |> Gen.resize 4 |> Gen.map List
              2,
              Gen.zip textGen smaller
              |> Gen.listOf
              |> Gen.resize 5
              |> Gen.map (List.distinctBy fst >> Object) ]

/// A value like another one in all but one place: a number, a text, an order of items, a type.
let rec private changed json =
    match json with
    | Null -> Gen.elements [ Text "null"; Bool false; List []; Object [] ]
    | Bool value -> Gen.elements [ Bool(not value); Text(string value) ]
    | Number value ->
        Gen.elements
            [ Number { value with Whole = value.Whole + 1L }
              Number { value with Power = value.Power + 1 }
              Text(string value.Whole) ]
    | Text value -> Gen.elements [ Text(value + "a"); List [ Text value ]; Null ]
    | List [] -> Gen.constant (Object [])
    | List items ->
        Gen.oneof
            [ Gen.constant (List(List.rev items))
              changed items.Head |> Gen.map (fun h -> List(h :: items.Tail)) ]
    | Object [] -> Gen.constant (List [])
    | Object((name, value) :: rest) ->
        Gen.oneof
            [ Gen.constant (Object rest)
              changed value |> Gen.map (fun other -> Object((name, other) :: rest)) ]

/// A value, and another one that is the same or nearly so.
type Pair = { One: Json; Other: Json }

type Generators =
    static member Json() =
        Arb.fromGen (Gen.sized (min 30 >> valueGen))

    static member Pair() =
        gen {
            let! one = Gen.sized (min 30 >> valueGen)
            let! other = Gen.oneof [ Gen.constant one; changed one ]
            return { One = one; Other = other }
        }
        |> Arb.fromGen

/// Changes a few bytes of a text, to some of those that are given.
let damaged (meaningful: string) (random: Random) (json: byte[]) =
    let choices = Encoding.UTF8.GetBytes meaningful
    let bytes = ResizeArray json

    for _ in 0 .. random.Next 3 do
        let place = random.Next(bytes.Count + 1)
        let choice = choices[random.Next choices.Length]

        match random.Next 3 with
        | 0 -> bytes.Insert(place, choice)
        | 1 when place < bytes.Count -> bytes.RemoveAt place
        | _ when place < bytes.Count -> bytes[place] <- choice
        | _ -> bytes.Add choice

    bytes.ToArray()
