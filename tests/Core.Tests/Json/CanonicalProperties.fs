// What holds of the canonical form for every value. Each property is also put to a canonical form that is wrong in
// one way, and must reject it.
module Core.Tests.Json.CanonicalProperties

open System
open System.Globalization
open System.Text
open System.Text.Json
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open FsCheck.NUnit
open Idempotency.Core
open Core.Tests.Json.JsonModel

let private canonical (json: string) =
    match Canonical.ofUtf8 Canonical.DefaultMaxDepth (ReadOnlySpan(Encoding.UTF8.GetBytes json)) with
    | Ok utf8 -> Encoding.UTF8.GetString utf8
    | Error problem -> failwith problem.Text

/// The properties, each over the form that it judges.
module private Always =
    let spellingNeverMatters form (json: Json) seed =
        form (spell (Random seed) json) = form (spell (Random(seed + 1)) json)

    let meaningAlwaysMatters form (pair: Pair) seed =
        let text json = form (spell (Random seed) json)
        (text pair.One = text pair.Other) = (meaning pair.One = meaning pair.Other)

    let isItsOwnForm form (json: Json) seed =
        let once: string = form (spell (Random seed) json)
        form once = once

    let keepsTheMeaning form (json: Json) seed =
        meaningOf (form (spell (Random seed) json)) = meaning json

    /// What JavaScript writes of a double, worked out by way of System.Decimal.
    let javaScript (value: float) =
        let shortest = value.ToString("R", CultureInfo.InvariantCulture)
        let size = abs value

        if size = 0.0 then
            "0"
        elif size >= 1e-6 && size < 1e21 then
            Decimal
                .Parse(shortest, NumberStyles.Float, CultureInfo.InvariantCulture)
                .ToString("0.############################", CultureInfo.InvariantCulture)
        else
            let parts = shortest.Split 'E'
            let exponent = Int32.Parse(parts[1], CultureInfo.InvariantCulture)
            parts[0] + "e" + exponent.ToString "+0;-0"

    let writesDoublesAsJavaScript form (bits: int64) =
        let value = BitConverter.Int64BitsToDouble bits

        not (Double.IsFinite value)
        || form (value.ToString("R", CultureInfo.InvariantCulture)) = javaScript value

[<Property(Arbitrary = [| typeof<Generators> |], MaxTest = 500)>]
let ``the order of members, white space, escapes and exponents never matter`` (json: Json) (seed: int) =
    Always.spellingNeverMatters canonical json seed

[<Property(Arbitrary = [| typeof<Generators> |], MaxTest = 1000)>]
let ``order in arrays, value and type always matter, and nothing else does`` (pair: Pair) (seed: int) =
    Always.meaningAlwaysMatters canonical pair seed

[<Property(Arbitrary = [| typeof<Generators> |], MaxTest = 500)>]
let ``the canonical form of a canonical form is itself`` (json: Json) (seed: int) =
    Always.isItsOwnForm canonical json seed

[<Property(Arbitrary = [| typeof<Generators> |], MaxTest = 500)>]
let ``the canonical form means what the value means`` (json: Json) (seed: int) =
    Always.keepsTheMeaning canonical json seed

/// Bit patterns of doubles: any at all, and those of sizes that people write.
let private doubles =
    Gen.oneof
        [ Gen.choose64 (Int64.MinValue, Int64.MaxValue)
          Gen.choose (-1000000, 1000000)
          |> Gen.map (fun hundredths -> BitConverter.DoubleToInt64Bits(float hundredths / 100.0))
          Gen.map2
              (fun (digits: int64) power ->
                  BitConverter.DoubleToInt64Bits(float digits * 10.0 ** float power))
              (Gen.choose64 (-99999999999999999L, 99999999999999999L))
              (Gen.choose (-30, 10)) ]
    |> Arb.fromGen

[<Property(MaxTest = 2000)>]
let ``a double's shortest text comes out as JavaScript writes it`` () =
    Prop.forAll doubles (Always.writesDoublesAsJavaScript canonical)

/// Canonical forms that are wrong in one way.
module private Wrong =
    let private rewrite (text: string) (change: JsonElement -> string) =
        use document = JsonDocument.Parse text
        change document.RootElement

    let rec private write
        (members: JsonProperty list -> JsonProperty list)
        (items: string list -> string list)
        (number: string -> string)
        (element: JsonElement)
        : string =
        let inner = write members items number

        match element.ValueKind with
        | JsonValueKind.Object ->
            let fields =
                element.EnumerateObject()
                |> List.ofSeq
                |> members
                |> List.map (fun field -> JsonSerializer.Serialize field.Name + ":" + inner field.Value)

            "{" + String.Join(",", fields) + "}"
        | JsonValueKind.Array ->
            "["
            + String.Join(",", element.EnumerateArray() |> Seq.map inner |> List.ofSeq |> items)
            + "]"
        | JsonValueKind.Number -> number (canonical (element.GetRawText()))
        | JsonValueKind.String -> JsonSerializer.Serialize(element.GetString())
        | _ -> element.GetRawText()

    let private sorted =
        List.sortWith (fun (a: JsonProperty) b -> String.CompareOrdinal(a.Name, b.Name))

    /// Members stay as they come.
    let unsorted text = rewrite text (write id id id)

    /// Members turn round each time.
    let turning text = rewrite text (write List.rev id id)

    /// Arrays are sorted as if they were sets.
    let setLike text =
        rewrite text (write sorted List.sort id)

    /// Numbers pass through a double.
    let throughDouble text =
        rewrite text (write sorted id (fun number -> canonical ((Double.Parse number).ToString("R"))))

    /// A number and the same text are one.
    let typeless text =
        (rewrite text (write sorted id id)).Replace("\"", "")

    /// Members that are null count as absent.
    let withoutNulls text =
        let keep =
            List.filter (fun (field: JsonProperty) -> field.Value.ValueKind <> JsonValueKind.Null)

        rewrite text (write (keep >> sorted) id id)

    /// Doubles are written as .NET writes them.
    let asDotNet (text: string) = text

/// Whether a property finds a counterexample.
let private rejects (property: Property) =
    try
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000).WithQuietOnSuccess(true), property)
        false
    with problem ->
        problem.Message.Contains "Falsifiable"

let private rejectsForm holds form =
    rejects (
        Prop.forAll (Generators.Json()) (fun json ->
            Prop.forAll (Arb.fromGen (Gen.choose (0, 1000))) (fun seed -> holds form json seed))
    )

let private rejectsPairs form =
    rejects (Prop.forAll (Generators.Pair()) (fun pair -> Always.meaningAlwaysMatters form pair 1))

[<Test>]
let ``a form that does not sort its members is rejected`` () =
    Assert.That(rejectsForm Always.spellingNeverMatters Wrong.unsorted, Is.True)

[<Test>]
let ``a form that changes again when it is made again is rejected`` () =
    Assert.That(rejectsForm Always.isItsOwnForm Wrong.turning, Is.True)

[<Test>]
let ``a form that leaves nulls out is rejected`` () =
    Assert.That(rejectsForm Always.keepsTheMeaning Wrong.withoutNulls, Is.True)

[<Test>]
let ``a form that sorts arrays, passes numbers through doubles, or forgets types is rejected`` () =
    Assert.That(rejectsPairs Wrong.setLike, Is.True, "sorted arrays")
    Assert.That(rejectsPairs Wrong.throughDouble, Is.True, "doubles")
    Assert.That(rejectsPairs Wrong.typeless, Is.True, "types")

[<Test>]
let ``a form that writes doubles as .NET does is rejected`` () =
    Assert.That(rejects (Prop.forAll doubles (Always.writesDoublesAsJavaScript Wrong.asDotNet)), Is.True)

[<Test>]
let ``what rejects wrong forms accepts the right one`` () =
    Assert.That(rejectsForm Always.spellingNeverMatters canonical, Is.False)
    Assert.That(rejectsForm Always.isItsOwnForm canonical, Is.False)
    Assert.That(rejectsForm Always.keepsTheMeaning canonical, Is.False)
    Assert.That(rejectsPairs canonical, Is.False)
