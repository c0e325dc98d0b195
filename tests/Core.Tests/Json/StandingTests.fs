// What is copied as it stands must be in its form already, and what nearly every text consists of must be found to stand.
// The order of names is that of their UTF-16 code units, though it is told by their bytes.
module Core.Tests.Json.StandingTests

open System
open System.Text
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open Idempotency.Core
open Core.Tests.Json.JsonModel

let private utf8 (text: string) = Encoding.UTF8.GetBytes text

let private formOf (json: string) =
    let canonicalizer = Canonicalizer()

    match canonicalizer.ReadCarefully(ReadOnlySpan(utf8 json), 64) with
    | ValueNone -> ValueSome(Encoding.UTF8.GetString canonicalizer.Written)
    | ValueSome _ -> ValueNone

let private after (json: string) =
    StandingValues.after (ReadOnlySpan(utf8 json)) 0

/// Numbers and texts, of which some stand, some are to be written anew, and some are wrong.
let private values =
    let pieces = [ "0"; "1"; "9"; "00"; "123456789"; "."; "e"; "E"; "-"; "+"; "5" ]

    let numbers =
        Gen.elements pieces |> Gen.listOf |> Gen.resize 8 |> Gen.map (String.concat "")

    Gen.oneof
        [ numbers
          Gen.map2
              (fun seed json -> spell (Random seed) json)
              (Gen.choose (0, 1000))
              (Generators.Json().Generator)
          Gen.map (fun seed -> NearlyCanonical.make (Random seed)) (Gen.choose (0, 100_000)) ]
    |> Arb.fromGen

/// What is passed over whole is its own form.
let private standsInItsForm (after: string -> int) =
    Prop.forAll values (fun json -> after json <> (utf8 json).Length || formOf json = ValueSome json)

let private rejects (property: Property) =
    try
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000).WithQuietOnSuccess(true), property)
        false
    with problem ->
        problem.Message.Contains "Falsifiable"

[<FsCheck.NUnit.Property(MaxTest = 20_000)>]
let ``a value that stands is in its form`` () = standsInItsForm after

[<Test>]
let ``broken twins: that all numbers stand, or all that is JSON, is rejected`` () =
    let numbersStand (json: string) =
        if
            json <> ""
            && json |> Seq.forall (fun c -> Char.IsAsciiDigit c || c = '.' || c = '-')
        then
            json.Length
        else
            after json

    let allStands (json: string) =
        match formOf json with
        | ValueSome _ -> (utf8 json).Length
        | ValueNone -> -1

    Assert.That(rejects (standsInItsForm numbersStand), Is.True)
    Assert.That(rejects (standsInItsForm allStands), Is.True)

[<TestCase("0")>]
[<TestCase("-1")>]
[<TestCase("123456789012345678901")>]
[<TestCase("12.5")>]
[<TestCase("-0.5")>]
[<TestCase("100.01")>]
[<TestCase("true")>]
[<TestCase("false")>]
[<TestCase("null")>]
[<TestCase("\"\"")>]
[<TestCase("\"text of more than sixteen bytes\"")>]
[<TestCase("\"Grüße, 早上好\"")>]
[<TestCase("\"a \\\"quoted\\\" word\\n\"")>]
let ``these stand`` (json: string) =
    Assert.That(after json, Is.EqualTo (utf8 json).Length)
    Assert.That(formOf json, Is.EqualTo(ValueSome json))

[<TestCase("-0")>]
[<TestCase("01")>]
[<TestCase("1.50")>]
[<TestCase("0.05")>]
[<TestCase("1.")>]
[<TestCase("1e5")>]
[<TestCase("1.5e1")>]
[<TestCase("1234567890123456789012")>]
[<TestCase("-")>]
[<TestCase("tru")>]
[<TestCase("x")>]
[<TestCase("")>]
[<TestCase("\"\\/\"")>]
[<TestCase("\"a")>]
let ``these do not`` (json: string) = Assert.That(after json, Is.LessThan 0)

/// Two names that begin alike, and the texts that they begin.
let private pairs =
    gen {
        let text =
            Gen.elements [ "a"; "b"; " "; "!"; "é"; "\u0800"; "\ud7ff"; "\ue000"; "\uffff"; "😂"; "𐀀" ]

        let! start = text |> Gen.listOf |> Gen.resize 8
        let! one = text |> Gen.listOf |> Gen.resize 3
        let! other = text |> Gen.listOf |> Gen.resize 3
        let! following = Gen.elements [ ""; "\":1"; "\":\"and so on, for a while\"" ]
        return String.concat "" (start @ one), String.concat "" (start @ other), following
    }
    |> Arb.fromGen

let private comparesAsUtf16 (compare: string -> string -> string -> int) =
    Prop.forAll pairs (fun (one, other, following) ->
        sign (compare one other following) = sign (String.CompareOrdinal(one, other)))

let private ofBytes (one: string) (other: string) (following: string) =
    MemberNames.comparePlain
        (ReadOnlySpan(utf8 (one + following)))
        (utf8 one).Length
        (ReadOnlySpan(utf8 (other + following)))
        (utf8 other).Length

[<FsCheck.NUnit.Property(MaxTest = 10_000)>]
let ``names are compared by their UTF-16 code units, whatever follows them`` () = comparesAsUtf16 ofBytes

[<Test>]
let ``broken twins: to compare bytes, or what follows a name as well, is rejected`` () =
    let bytesOnly (one: string) (other: string) _ =
        (ReadOnlySpan(utf8 one)).SequenceCompareTo(ReadOnlySpan(utf8 other))

    let withWhatFollows (one: string) (other: string) following =
        ofBytes (one + following) (other + following) ""

    Assert.That(rejects (comparesAsUtf16 bytesOnly), Is.True)
    Assert.That(rejects (comparesAsUtf16 withWhatFollows), Is.True)
    Assert.That(rejects (comparesAsUtf16 ofBytes), Is.False)
