// Edges of the JSON layer: numbers that only their digits tell apart, halves of surrogate pairs in expressions, broken
// gzip, and what C# asks of a compiled expression.
module Core.Tests.Json.JsonEdgeTests

open System
open System.Buffers
open System.IO
open System.IO.Compression
open System.Runtime.CompilerServices
open System.Text
open System.Text.Json
open System.Text.Json.Serialization
open System.Text.Json.Serialization.Metadata
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.JmesPathSupport

// A double holds none of these apart: 0 for both signs, and infinity.
[<TestCase("`-1e-400` < `1e-400`", "true")>]
[<TestCase("`0` > `-1e-400`", "true")>]
[<TestCase("`0` == `-0.0`", "true")>]
[<TestCase("`1e-400` == `10e-401`", "true")>]
[<TestCase("`1e-99999999999999999999` < `1e-9999`", "true")>]
[<TestCase("`1e99999999999999999999` > `1e9999`", "true")>]
[<TestCase("`-1e99999999999999999999` < `-1e9999`", "true")>]
let ``numbers are compared by their decimal value, however far it is from any double's``
    (expression: string)
    (text: string)
    =
    Assert.That(evaluated expression "null", Is.EqualTo text)

// JMESPath: "If the value cannot be parsed as a number, then null is returned"; numbers are those of JSON.
[<TestCase("1-2")>]
[<TestCase("00")>]
[<TestCase("5x")>]
[<TestCase("x5")>]
[<TestCase("-")>]
[<TestCase("1e")>]
[<TestCase(" 5")>]
let ``to_number of a text that is no number of JSON is null`` (text: string) =
    Assert.That(evaluated $"to_number('{text}')" "null", Is.EqualTo "null")

[<Test>]
let ``the length of a long text is exact`` () =
    for length in [ 255; 256; 257; 70_000 ] do
        let document = "\"" + String('x', length) + "\""
        Assert.That(evaluated "length(@)" document, Is.EqualTo(string length))

let private half = string '\uD800'

let wrongExpressions =
    [ "\"" + half + "\"", "quoted name"
      "`\"" + half + "\"`", "backquotes"
      "a." + half, "double quotes"
      "\U0001F600", "double quotes"
      "a \u0001", "U+0001"
      "a.\u007F", "U+007F"
      "a - b", "digits"
      "a #", "#"
      "a['b']", "an index" ]
    |> List.map (fun (expression, said) ->
        TestCaseData(expression, said).SetArgDisplayNames(said, expression.Length.ToString()))

[<TestCaseSource(nameof wrongExpressions)>]
let ``a character that has no place in an expression is refused with what to do``
    (expression: string)
    (said: string)
    =
    let problem = refused expression
    Assert.That(problem.Kind, Is.EqualTo JmesProblemKind.Syntax)
    Assert.That(problem.Reason, Does.Contain said)

[<Test>]
let ``powertools_json of a text that is not Unicode fails`` () =
    let mine =
        JmesFunction.define "half" [] (fun _ -> Ok(JmesValue.ofText ("\"" + half + "\"")))

    match JmesPath.compile "powertools_json(half())" (FunctionTable.Powertools.With mine) with
    | Error problem -> Assert.Fail problem.Message
    | Ok path ->
        match CompiledPath.evaluate (JsonElement.Parse "null") path with
        | Ok value -> Assert.Fail(JmesValue.toJson value)
        | Error problem -> Assert.That(problem.Reason, Does.Contain "not Unicode")

[<Test>]
let ``a function of the user's own sees the text of a text, and none of what is no text`` () =
    let mine =
        JmesFunction.define "shown" [ JmesTypes.Any ] (fun values ->
            Ok(JmesValue.ofText (Option.defaultValue "no text" (JmesValue.tryText values[0]))))

    match
        JmesPath.compile "[shown(a), shown(b), shown(join('', [a]))]" (FunctionTable.Standard.With mine)
    with
    | Error problem -> Assert.Fail problem.Message
    | Ok path ->
        match CompiledPath.evaluate (JsonElement.Parse """{"a":"x","b":1}""") path with
        | Ok value -> Assert.That(JmesValue.toJson value, Is.EqualTo """["x","no text","x"]""")
        | Error problem -> Assert.Fail problem.Message

[<Test>]
let ``gzip data that is damaged in the middle fails, and gives nothing of it`` () =
    let packed = new MemoryStream()

    (use zip = new GZipStream(packed, CompressionLevel.Optimal, true)
     zip.Write(ReadOnlySpan(Encoding.UTF8.GetBytes(String.replicate 200 "payload "))))

    let damaged = packed.ToArray()

    for i in 10..14 do
        damaged[i] <- 0xFFuy

    let problem =
        failed "powertools_base64_gzip(@)" (JsonSerializer.Serialize(Convert.ToBase64String damaged))

    Assert.That(problem.Kind, Is.EqualTo JmesProblemKind.InvalidValue)
    Assert.That(problem.Reason, Does.Contain "gzip")

[<Test>]
let ``C# gets a compiled expression and its value without an exception`` () =
    match JmesPathExpression.TryCompile("a.b", FunctionTable.Standard) with
    | false, _, error -> Assert.Fail (Unchecked.nonNull error).Message
    | true, path, error ->
        Assert.That(isNull error)
        let path = Unchecked.nonNull path
        Assert.That(path.ToString(), Is.EqualTo "a.b")

        match path.TryEvaluate(JsonElement.Parse """{"a":{"b":1.50}}""") with
        | false, _, error -> Assert.Fail (Unchecked.nonNull error).Message
        | true, value, error ->
            Assert.That(isNull error)
            Assert.That(value.GetRawText(), Is.EqualTo "1.50")

[<Test>]
let ``C# is told when the document is no JSON`` () =
    let thrown =
        thrownBy<JmesPathException>(fun () ->
            JmesPathExpression.Compile("a").EvaluateUtf8(utf8 "{") |> ignore)

    Assert.That(thrown.Kind, Is.EqualTo JmesPathErrorKind.InvalidDocument)
    Assert.That(thrown.Expression, Is.EqualTo "a")

[<Test>]
let ``what an expression does not find is written as null`` () =
    let output = ArrayBufferWriter<byte>()

    (use writer = new Utf8JsonWriter(output)
     JmesPathExpression.Compile("[a, b]").EvaluateTo(JsonElement.Parse """{"b":1}""", writer))

    (use writer = new Utf8JsonWriter(output)
     JmesPathExpression.Compile("a").EvaluateTo(JsonElement.Parse "{}", writer))

    Assert.That(textOf (output.WrittenSpan.ToArray()), Is.EqualTo "[null,1]null")

// IBufferWriter: "returns at least sizeHint; if it is 0, a non-empty buffer".
[<Test>]
let ``a buffer gives the room that is asked for, and gives up what one large text needed`` () =
    let buffer = ByteBuffer 16
    let writer = buffer :> IBufferWriter<byte>
    Assert.That(writer.GetMemory(0).Length, Is.GreaterThan 0)
    Assert.That(writer.GetSpan(0).Length, Is.GreaterThan 0)
    buffer.Add "0123456789abcdef"B
    Assert.That(writer.GetMemory(1).Length, Is.GreaterThan 0)
    writer.GetMemory(100).Span[ 0 ] <- '!'B
    writer.Advance 1
    Assert.That(textOf (buffer.Written.ToArray()), Is.EqualTo "0123456789abcdef!")

    buffer.Add(ReadOnlySpan(Array.zeroCreate<byte> 1_000_000))
    buffer.Clear()
    Assert.That((buffer.Length, buffer.Bytes.Length), Is.EqualTo((0, 16)))

// The text lives no longer than this call.
[<MethodImpl(MethodImplOptions.NoInlining)>]
let private readOutOfOrder (canonicalizer: Canonicalizer) (length: int) =
    let text = "{ \"b\": 1, \"a\": \"" + String('x', length) + "\" }"
    canonicalizer.Read(ReadOnlySpan(Encoding.UTF8.GetBytes text), 64) |> ignore

[<Test>]
let ``what one large text out of order needed is given up with the next`` () =
    let canonicalizer = Canonicalizer()
    readOutOfOrder canonicalizer 1
    let before = GC.GetTotalMemory true
    readOutOfOrder canonicalizer 20_000_000
    // Nothing of this one needs the room in which members are put in order.
    canonicalizer.Read(ReadOnlySpan "{\"a\":1}"B, 64) |> ignore
    Assert.That(GC.GetTotalMemory true - before, Is.LessThan 10_000_000L)
    Assert.That(textOf (canonicalizer.Written.ToArray()), Is.EqualTo """{"a":1}""")

[<AllowNullLiteral>]
type Animal(name: string) =
    member _.Name = name

type Dog(name: string, tricks: int) =
    inherit Animal(name)
    member _.Tricks = tricks

[<AllowNullLiteral; JsonPolymorphic; JsonDerivedType(typeof<Cat>, "cat")>]
type Pet() =
    member _.IsTame = true

and Cat(lives: int) =
    inherit Pet()
    member _.Lives = lives

let private sourceOf<'T> () =
    let resolver =
        JsonSerializerOptions(TypeInfoResolver = DefaultJsonTypeInfoResolver())

    JsonSource<'T>.OfType(resolver.GetTypeInfo typeof<'T> :?> JsonTypeInfo<'T>)

[<Test>]
let ``a value of a derived class is refused where JSON would leave something out, and null never is`` () =
    let animals, pets = sourceOf<Animal>(), sourceOf<Pet>()
    Assert.That(textOf (animals.ToArray(Animal "Rex")), Is.EqualTo """{"Name":"Rex"}""")
    Assert.That(textOf (animals.ToArray null), Is.EqualTo "null")
    Assert.That(textOf (pets.ToArray(Cat 9)), Is.EqualTo """{"$type":"cat","Lives":9,"IsTame":true}""")

    let problem =
        thrownBy<NotSupportedException>(fun () -> animals.ToArray(Dog("Rex", 3)) |> ignore)

    Assert.That(problem.Message, Does.Contain "Dog")
