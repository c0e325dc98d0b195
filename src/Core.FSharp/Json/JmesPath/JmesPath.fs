// What F# code calls: an expression is compiled once, and evaluated as often as needed.
namespace Idempotency.Core

open System
open System.Buffers
open System.Text
open System.Text.Json
open Idempotency

/// A compiled expression. It never changes, and can be shared by all threads.
[<Sealed>]
type CompiledPath
    internal (expression: string, evaluation: JmesValue -> JmesValue, selection: Selection voption) =

    let invalid reason cause : JmesProblem =
        { Kind = JmesProblemKind.InvalidDocument
          Expression = expression
          Position = 0
          Reason = reason
          Cause = cause }

    let evaluateText (json: ReadOnlyMemory<byte>) (maxDepth: int) (output: IBufferWriter<byte>) =
        use document = JsonDocument.Parse(json, JsonDocumentOptions(MaxDepth = maxDepth))
        let buffer = ByteBuffer 256
        JmesWriting.write buffer (evaluation (JmesValue document.RootElement))
        output.Write buffer.Written

    /// The expression's text.
    member _.Expression = expression

    /// Whether it is evaluated straight from UTF-8, without a document: it is a member path, or a list or hash of such, in
    /// the document or in JSON that powertools_json finds in its texts.
    member _.IsSelection = selection.IsSome

    /// The value for a document. It is a part of the document where it can be, and valid as long as that is.
    member _.Evaluate(document: JsonElement) : Result<JmesValue, JmesProblem> =
        JmesFailure.protect expression (fun () -> evaluation (JmesValue document))

    /// Writes the value for a JSON text in UTF-8, nested at most so deeply, as JSON text. What comes from the document
    /// is copied as it stands there, with its spelling and white space. Nothing is written when there is a problem.
    member _.EvaluateUtf8
        (json: ReadOnlyMemory<byte>, maxDepth: int, output: IBufferWriter<byte>)
        : Result<unit, JmesProblem> =
        try
            match selection with
            | ValueSome known when SelectionReader.tryEvaluate known json maxDepth output -> Ok()
            | ValueSome _
            | ValueNone -> JmesFailure.protect expression (fun () -> evaluateText json maxDepth output)
        with :? JsonException as cause ->
            Error(
                invalid
                    (worded
                        $"the document is not JSON, or is nested more than {maxDepth} levels deep (line {cause.LineNumber}, byte {cause.BytePositionInLine}, both from 0)")
                    cause
            )

    override _.ToString() = expression

/// What a compiled expression gives for a document.
module CompiledPath =
    /// The value for a document.
    let evaluate (document: JsonElement) (path: CompiledPath) = path.Evaluate document

    /// The value for a JSON text in UTF-8, as JSON text.
    let evaluateUtf8 (json: ReadOnlyMemory<byte>) (path: CompiledPath) : Result<byte[], JmesProblem> =
        let output = ArrayBufferWriter<byte>()

        path.EvaluateUtf8(json, Canonical.DefaultMaxDepth, output)
        |> Result.map (fun () -> output.WrittenSpan.ToArray())

/// JMESPath expressions for F#: errors are values.
module JmesPath =
    /// Compiles an expression that calls functions of this table.
    let compile (expression: string) (functions: FunctionTable) : Result<CompiledPath, JmesProblem> =
        JmesFailure.protect expression (fun () ->
            let node = Parser.parse expression
            let evaluation = Evaluator.compile functions node
            CompiledPath(expression, evaluation, Selection.ofNode functions node))

/// What F# code can ask of a value, and make values of.
[<CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module JmesValue =
    /// A value of a document.
    let ofElement (element: JsonElement) = JmesValue element

    /// A string.
    let ofText (text: string) = JmesValue.OfText text

    /// `true` or `false`.
    let ofBool (condition: bool) = JmesValues.ofBool condition

    /// The text of a string; nothing for a value of another type.
    let tryText (value: JmesValue) : string option =
        if value.Type = JmesTypes.String then Some(JmesValues.text value) else None

    /// The value as an element: the document's own where it is a part of one, or else a new one.
    let toElement (value: JmesValue) : JsonElement = JmesWriting.toElement value

    /// Writes the value as JSON. What comes from the document is copied as it stands there.
    let write (output: IBufferWriter<byte>) (value: JmesValue) : unit =
        let buffer = ByteBuffer 256
        JmesWriting.write buffer value
        output.Write buffer.Written

    /// Writes the value as JSON, in the way that the writer is set to.
    let writeTo (writer: Utf8JsonWriter) (value: JmesValue) : unit = JmesWriting.writeTo writer value

    /// The value as JSON text.
    let toJson (value: JmesValue) : string =
        let buffer = ByteBuffer 256
        JmesWriting.write buffer value
        Encoding.UTF8.GetString buffer.Written

    /// Whether two values are the same, as == has it: numbers by value, objects whatever the order of their members.
    let equal (a: JmesValue) (b: JmesValue) : bool = JmesEquality.equal a b
