// The first caller gets its own object, every later one what was stored: F# values of all shapes come back equal.
module Core.Tests.Runtime.RoundTripTests

open System
open System.Threading
open System.Threading.Tasks
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open FsCheck.NUnit
open Idempotency
open Idempotency.Core
open Core.Tests.Runtime.Harness

type Size =
    | Small
    | Large

type Shape =
    | Point
    | Circle of radius: float
    | Box of width: int * height: int
    | Group of Shape list
    | Sized of Size

[<Struct>]
type Money = { Amount: decimal; Currency: string }

type Id = Id of int64

/// One of everything that F# code returns.
type Everything =
    { Id: Id
      Name: string
      Price: Money
      Shapes: Shape list
      Comment: string option
      Discount: decimal voption
      Choice: Result<int, string>
      Anonymous: {| Key: string; Count: int |}
      Pair: int * string
      Triple: struct (bool * decimal * char)
      Tags: Set<string>
      Stock: Map<string, int>
      ById: Map<int, Size>
      Scores: float array
      Moment: DateTimeOffset
      Length: TimeSpan
      Token: Guid
      Big: uint64
      Small: sbyte
      Done: Result<unit, Size>
      Flags: bool list list }

/// JSON has no NaN and no infinities, and text is well-formed Unicode.
type JsonValues =
    static member String() =
        Gen.elements [ "a"; "B"; " "; "\""; "\\"; "é"; "😂"; "\u0000"; "\uffff"; "null"; "" ]
        |> Gen.listOf
        |> Gen.resize 6
        |> Gen.map (String.concat "")
        |> Arb.fromGen

    static member Char() =
        Gen.elements [ 'a'; '"'; '\u0000'; 'é'; '\uffff' ] |> Arb.fromGen

    static member Float() =
        ArbMap.defaults
        |> ArbMap.generate<NormalFloat>
        |> Gen.map (fun value -> value.Get)
        |> Arb.fromGen

    static member Decimal() =
        Gen.map3
            (fun low high (negative, scale) -> Decimal(low, low, high, negative, byte scale))
            (Gen.choose (Int32.MinValue, Int32.MaxValue))
            (Gen.elements [ 0; 1; -1 ])
            (Gen.zip (Gen.elements [ false; true ]) (Gen.choose (0, 28)))
        |> Arb.fromGen

    static member Unit() = Arb.fromGen (Gen.constant ())

/// Runs a call and its duplicate through a store, and gives both results.
let private twice (operation: Operation<int, 'T>) (value: 'T) =
    let call value =
        (Idempotent.run operation 1 (fun _ _ -> Task.FromResult value) CancellationToken.None).Result

    match call value, call Unchecked.defaultof<'T> with
    | Outcome.Executed first, Outcome.Replayed second -> first, second
    | first, second -> failwith $"{show first}, {show second}"

let private comesBack (value: 'T) =
    let handler = Idempotent.handler (InMemoryStore())
    let first, second = twice (Idempotent.operation<int, 'T> handler "echo") value
    first = value && second = value

[<Property(Arbitrary = [| typeof<JsonValues> |], MaxTest = 200)>]
let ``every later caller gets what the first one got`` (value: Everything) = comesBack value

[<Property(Arbitrary = [| typeof<JsonValues> |], MaxTest = 100)>]
let ``unions come back as they are`` (value: Shape) = comesBack value

[<Property(Arbitrary = [| typeof<JsonValues> |], MaxTest = 100)>]
let ``options come back as they are`` (value: int option) = comesBack value

[<Property(Arbitrary = [| typeof<JsonValues> |], MaxTest = 100)>]
let ``value options come back as they are`` (value: string voption) = comesBack value

[<Property(Arbitrary = [| typeof<JsonValues> |], MaxTest = 100)>]
let ``tuples come back as they are`` (value: int * string option * Size) = comesBack value

[<Property(Arbitrary = [| typeof<JsonValues> |], MaxTest = 100)>]
let ``maps come back as they are`` (value: Map<string, Shape list>) = comesBack value

[<Test>]
let ``decimals come back with all their digits`` () =
    for text in
        [ "79228162514264337593543950335"
          "0.1234567890123456789012345678"
          "1.10"
          "-0.50" ] do
        let value = Decimal.Parse(text, Globalization.CultureInfo.InvariantCulture)
        let handler = Idempotent.handler (InMemoryStore())
        let _, second = twice (Idempotent.operation<int, decimal> handler "echo") value
        Assert.That(second.ToString Globalization.CultureInfo.InvariantCulture, Is.EqualTo text)

[<Test>]
let ``null and the empty string are two results`` () =
    let texts: (string | null) list = [ null; "" ]

    for value in texts do
        Assert.That(comesBack value, Is.True)

[<Test>]
let ``a function without a result leaves none, and its replay has none`` () =
    let store = InMemoryStore()
    let operation = Idempotent.operation<int, unit> (Idempotent.handler store) "nothing"
    let mutable key = ""

    let call () =
        (Idempotent.run
            operation
            1
            (fun context _ ->
                key <- context.Key
                Task.FromResult())
            CancellationToken.None)
            .Result

    Assert.That(Outcome.isReplay (call ()), Is.False)
    Assert.That(Outcome.isReplay (call ()), Is.True)

    match (store :> IIdempotencyStore).Get(key, CancellationToken.None).Result with
    | null -> Assert.Fail "there is no record"
    | record -> Assert.That(record.Payload, Is.EqualTo Payload.Absent)

/// A codec that loses something on the way.
let private lossy (lose: Everything -> Everything) : IResultCodec<Everything> =
    let whole = (Idempotent.handler (InMemoryStore())).Codec<Everything> "everything"

    { new IResultCodec<Everything> with
        member _.Encode value = whole.Encode(lose value)
        member _.Decode payload = whole.Decode payload }

let private losses: (string * (Everything -> Everything)) list =
    [ "the order of a list",
      (fun value ->
          { value with
              Shapes = List.sort value.Shapes })
      "an empty text in an option",
      (fun value ->
          { value with
              Comment = Option.filter ((<>) "") value.Comment })
      "the precision of a decimal",
      (fun value ->
          { value with
              Price =
                  { value.Price with
                      Amount = decimal (float value.Price.Amount) } })
      "the seconds' fractions",
      (fun value ->
          { value with
              Length = TimeSpan.FromSeconds(Math.Floor value.Length.TotalSeconds) }) ]

let private lossNames = List.map fst losses

[<TestCaseSource(nameof lossNames)>]
let ``a codec that loses anything is rejected`` (name: string) =
    let lose = losses |> List.find (fst >> (=) name) |> snd

    let keeps (value: Everything) =
        let handler = Idempotent.handler (InMemoryStore())

        let first, second =
            twice (handler.Prepare<int, Everything>("echo", KeyChoice.whole, lossy lose)) value

        first = second

    // A generator alone: one counterexample is enough, it need not be shrunk.
    let values =
        ArbMap.defaults
        |> ArbMap.mergeWith<JsonValues>
        |> ArbMap.generate<Everything>
        |> Arb.fromGen

    let verdict =
        messageThrownBy (fun () ->
            Check.One(Config.QuickThrowOnFailure.WithMaxTest 500, Prop.forAll values keeps))

    Assert.That(verdict, Does.Contain "Falsifiable")
