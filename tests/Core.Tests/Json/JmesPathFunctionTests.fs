// The functions of Powertools, and a user's own, made as C# and as F# make them.
module Core.Tests.JmesPathFunctionTests

open System
open System.IO
open System.IO.Compression
open System.Reflection
open System.Text
open System.Text.Json
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.JmesPathSupport

let private gzip (bytes: byte[]) =
    use packed = new MemoryStream()

    (use zip = new GZipStream(packed, CompressionLevel.Fastest, true)
     zip.Write(bytes, 0, bytes.Length))

    packed.ToArray()

let private quoted (text: string) = JsonSerializer.Serialize text
let private base64 (bytes: byte[]) = quoted (Convert.ToBase64String bytes)

[<Test>]
let ``powertools_json reads text as JSON`` () =
    Assert.That(
        evaluated "powertools_json(body).[a, b]" """{"body": "{\"a\": 1.50, \"b\": [2]}"}""",
        Is.EqualTo "[1.50,[2]]"
    )

    Assert.That(evaluated "powertools_json(@)" "\"12345678901234567890\"", Is.EqualTo "12345678901234567890")

[<Test>]
let ``powertools_json fails on what is not text, and on text that is not JSON`` () =
    Assert.That((failed "powertools_json(@)" "null").Kind, Is.EqualTo JmesProblemKind.InvalidType)
    let problem = failed "a || powertools_json(b)" """{"b": "{\"a\":"}"""
    Assert.That(problem.Kind, Is.EqualTo JmesProblemKind.InvalidValue)
    Assert.That(problem.Position, Is.EqualTo 5)
    Assert.That(problem.Reason, Does.Contain "powertools_json() needs JSON")

[<Test>]
let ``powertools_base64 decodes to text`` () =
    Assert.That(
        evaluated "powertools_base64(@)" (base64 (Encoding.UTF8.GetBytes "é{}")),
        Is.EqualTo "\"é{}\""
    )

    Assert.That(
        evaluated "powertools_json(powertools_base64(@)).a" (base64 (Encoding.UTF8.GetBytes """{"a": 7}""")),
        Is.EqualTo "7"
    )

[<TestCase("\"a\"")>]
[<TestCase("\"!!!!\"")>]
[<TestCase("\"/////w==\"")>] // Not UTF-8.
let ``powertools_base64 fails on what is not base64 or no text`` (document: string) =
    Assert.That((failed "powertools_base64(@)" document).Kind, Is.EqualTo JmesProblemKind.InvalidValue)

[<Test>]
let ``powertools_base64_gzip unpacks to text, line ends and all`` () =
    let text = "{\"a\": \"x\"}\r\n" + String('y', 100_000)
    let document = base64 (gzip (Encoding.UTF8.GetBytes text))

    Assert.That(
        evaluated "powertools_base64_gzip(@)" document,
        Is.EqualTo(JmesValue.toJson (JmesValue.ofText text))
    )

[<Test>]
let ``powertools_base64_gzip fails on data that is not gzip, or not all of it`` () =
    let packed = gzip (Encoding.UTF8.GetBytes(String('y', 100_000) + "z"))
    let random = Array.init 10_000 (fun i -> byte ((i * 7919) ^^^ (i >>> 3)) &&& 0x7Fuy)
    let packedRandom = gzip random

    for wrong in
        [ [||]
          [| 1uy; 2uy; 3uy |]
          packed[.. packed.Length - 5]
          packedRandom[.. packedRandom.Length / 2]
          packedRandom[.. packedRandom.Length - 9]
          Array.append packed [| 1uy; 2uy; 3uy; 4uy |] ] do
        Assert.That(
            (failed "powertools_base64_gzip(@)" (base64 wrong)).Kind,
            Is.EqualTo JmesProblemKind.InvalidValue
        )

[<Test>]
let ``a gzip bomb is an error, and is not unpacked`` () =
    let bomb =
        use packed = new MemoryStream()

        (use zip = new GZipStream(packed, CompressionLevel.SmallestSize, true)

         for _ in 1..256 do
             zip.Write(ReadOnlySpan(Array.zeroCreate<byte>(1024 * 1024))))

        packed.ToArray()

    let before = GC.GetAllocatedBytesForCurrentThread()
    let problem = failed "powertools_base64_gzip(@)" (base64 bomb)
    let allocated = GC.GetAllocatedBytesForCurrentThread() - before
    Assert.That(problem.Kind, Is.EqualTo JmesProblemKind.InvalidValue)
    Assert.That(problem.Reason, Does.Contain "10485760 bytes")
    Assert.That(allocated, Is.LessThan(64L * 1024L * 1024L))

[<Test>]
let ``a function of F# takes values and says what it needs`` () =
    let day =
        JmesFunction.define "day_of" [ JmesTypes.String ] (fun values ->
            match values |> List.choose JmesValue.tryText with
            | [ text ] when text.Length >= 10 -> Ok(JmesValue.ofText (text.Substring(0, 10)))
            | _ -> Error "needs a date and time")

    let run (document: string) =
        JmesPath.compile "[id, day_of(at)]" (FunctionTable.Powertools.With day)
        |> Result.bind (CompiledPath.evaluate (JsonElement.Parse document))
        |> function
            | Ok value -> JmesValue.toJson value
            | Error problem -> problem.Summary

    Assert.That(run """{"id": 1, "at": "2026-11-21T10:00:00Z"}""", Is.EqualTo """[1,"2026-11-21"]""")

    Assert.That(
        run """{"id": 1, "at": "?"}""",
        Is.EqualTo "invalid-value, column 6: day_of() needs a date and time"
    )

    Assert.That(
        run """{"id": 1}""",
        Is.EqualTo "invalid-type, column 6: day_of() takes string as argument 1, not null"
    )

[<Test>]
let ``a function of C# takes elements, and what it throws is an error`` () =
    let body =
        Func<JsonElement[], JsonElement>(fun elements ->
            JsonSerializer.SerializeToElement $"{elements[0].GetString()}!{elements[1].GetInt32()}")

    let shout =
        JmesFunction.Create("shout", [| JmesTypes.String; JmesTypes.Any |], body)

    let path =
        JmesPathExpression.Compile("shout(a, b)", FunctionTable.Standard.With shout)

    Assert.That((path.Evaluate(JsonElement.Parse """{"a": "x", "b": 3}""")).GetString(), Is.EqualTo "x!3")

    let thrown =
        thrownBy<JmesPathException>(fun () ->
            path.Evaluate(JsonElement.Parse """{"a": "x", "b": []}""") |> ignore)

    Assert.That(thrown.Kind, Is.EqualTo JmesPathErrorKind.InvalidValue)
    Assert.That(thrown.InnerException, Is.InstanceOf<InvalidOperationException>())

[<Test>]
let ``a function of the user's own can take the place of one of ours`` () =
    let length =
        JmesFunction.define "length" [ JmesTypes.Any ] (fun _ -> Ok(JmesValue.ofBool true))

    let path =
        JmesPathExpression.Compile("length(@)", FunctionTable.Standard.With length)

    Assert.That(path.Evaluate(JsonElement.Parse "1").GetBoolean())

    Assert.That(FunctionTable.Standard.Names.Count, Is.EqualTo 26)
    Assert.That(FunctionTable.Powertools.Names.Count, Is.EqualTo 29)

[<TestCase("")>]
[<TestCase("1a")>]
[<TestCase("a-b")>]
[<TestCase("é")>]
let ``a name that cannot be written in an expression is refused`` (name: string) =
    thrownBy<ArgumentException>(fun () -> JmesFunction.define name [] (fun _ -> Error "") |> ignore)
    |> ignore

[<TestCase(typeof<JmesPathExpression>)>]
[<TestCase(typeof<JmesPathException>)>]
[<TestCase(typeof<JmesFunction>)>]
[<TestCase(typeof<FunctionTable>)>]
let ``C# sees no type of F#`` (seen: Type) =
    let typesOf (one: MethodBase) =
        [ for parameter in one.GetParameters() do
              parameter.ParameterType

          match one with
          | :? MethodInfo as returning -> returning.ReturnType
          | _ -> () ]

    let fsharp =
        seen.GetMembers()
        |> Seq.collect (function
            | :? MethodBase as one -> typesOf one
            | _ -> [])
        |> Seq.filter (fun one -> one.ToString().Contains "FSharp")

    Assert.That(fsharp, Is.Empty)
