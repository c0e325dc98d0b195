// What C# code calls. No F# type stands in a signature here.
namespace Idempotency

open System
open System.Buffers
open System.Runtime.InteropServices
open System.Text.Json
open Idempotency.Core

/// <summary>A compiled JMESPath expression. Compile it once; it never changes, and can be shared by all
/// threads.</summary>
[<Sealed>]
type JmesPathExpression private (path: CompiledPath) =
    static let orThrow (result: Result<'T, JmesProblem>) : 'T =
        match result with
        | Ok value -> value
        | Error problem -> raise (JmesPathException problem)

    /// <value>How deeply a document in UTF-8 may be nested unless something else is asked for: 64 levels.</value>
    static member DefaultMaxDepth: int = Canonical.DefaultMaxDepth

    /// <summary>Compiles an expression that can call the functions of the specification and of Powertools.</summary>
    /// <param name="expression">The expression's text.</param>
    /// <returns>The compiled expression.</returns>
    /// <exception cref="T:Idempotency.JmesPathException">The text is not an expression, or calls an unknown function,
    /// or a known one wrongly.</exception>
    static member Compile(expression: string) : JmesPathExpression =
        JmesPathExpression.Compile(expression, FunctionTable.Powertools)

    /// <summary>Compiles an expression that can call the functions of a table.</summary>
    /// <param name="expression">The expression's text.</param>
    /// <param name="functions">The functions, such as
    /// <c>FunctionTable.Powertools.With(JmesFunction.Create(...))</c>.</param>
    /// <returns>The compiled expression.</returns>
    /// <exception cref="T:Idempotency.JmesPathException">The text is not an expression, or calls an unknown function,
    /// or a known one wrongly.</exception>
    static member Compile(expression: string, functions: FunctionTable) : JmesPathExpression =
        ArgumentNullException.ThrowIfNull(expression, nameof expression)
        ArgumentNullException.ThrowIfNull(functions, nameof functions)
        JmesPathExpression(orThrow (JmesPath.compile expression functions))

    /// <summary>Compiles an expression, or says what is wrong with it.</summary>
    /// <param name="expression">The expression's text.</param>
    /// <param name="functions">The functions that it can call.</param>
    /// <param name="compiled">The compiled expression, or null.</param>
    /// <param name="error">What is wrong, not thrown, or null.</param>
    /// <returns>Whether it was compiled.</returns>
    static member TryCompile
        (
            expression: string,
            functions: FunctionTable,
            [<Out>] compiled: byref<JmesPathExpression | null>,
            [<Out>] error: byref<JmesPathException | null>
        ) : bool =
        ArgumentNullException.ThrowIfNull(expression, nameof expression)
        ArgumentNullException.ThrowIfNull(functions, nameof functions)

        match JmesPath.compile expression functions with
        | Ok path ->
            compiled <- JmesPathExpression path
            error <- null
            true
        | Error problem ->
            compiled <- null
            error <- JmesPathException problem
            false

    /// <summary>The value for a document.</summary>
    /// <param name="document">The document, or a part of one.</param>
    /// <returns>A part of the document where it can be: then it is valid as long as the document is not disposed of.
    /// JSON's null where the expression finds nothing.</returns>
    /// <exception cref="T:Idempotency.JmesPathException">A function does not take what it is given, or
    /// failed.</exception>
    member _.Evaluate(document: JsonElement) : JsonElement =
        JmesValue.toElement (orThrow (path.Evaluate document))

    /// <summary>The value for a document, or what is wrong.</summary>
    /// <param name="document">The document, or a part of one.</param>
    /// <param name="value">The value, as <c>Evaluate</c> gives it; undefined when there is none.</param>
    /// <param name="error">What is wrong, not thrown, or null.</param>
    /// <returns>Whether there is a value, which can be null.</returns>
    member _.TryEvaluate
        (
            document: JsonElement,
            [<Out>] value: byref<JsonElement>,
            [<Out>] error: byref<JmesPathException | null>
        ) : bool =
        match path.Evaluate document with
        | Ok found ->
            value <- JmesValue.toElement found
            error <- null
            true
        | Error problem ->
            value <- Unchecked.defaultof<JsonElement>
            error <- JmesPathException problem
            false

    /// <summary>Writes the value for a document as JSON, without making an element of it.</summary>
    /// <param name="document">The document, or a part of one.</param>
    /// <param name="writer">Where to; its options say how.</param>
    /// <exception cref="T:Idempotency.JmesPathException">A function does not take what it is given, or
    /// failed.</exception>
    member _.EvaluateTo(document: JsonElement, writer: Utf8JsonWriter) : unit =
        JmesValue.writeTo writer (orThrow (path.Evaluate document))

    /// <summary>Writes the value for a JSON text as JSON text, both in UTF-8. For a member path, and a list or hash of
    /// member paths, no document is built, nor for <c>powertools_json</c> of one.</summary>
    /// <param name="json">The document's text.</param>
    /// <param name="output">Where to; what comes from the document is copied as it stands there.</param>
    /// <param name="maxDepth">How deeply the document may be nested, in levels.</param>
    /// <exception cref="T:Idempotency.JmesPathException">The document is not JSON, or nested too deeply; a function
    /// does not take what it is given, or failed. Then nothing is written.</exception>
    member _.EvaluateUtf8(json: ReadOnlyMemory<byte>, output: IBufferWriter<byte>, maxDepth: int) : unit =
        orThrow (path.EvaluateUtf8(json, maxDepth, output))

    /// <summary>The value for a JSON text as JSON text, both in UTF-8. For a member path, and a list or hash of member
    /// paths, no document is built, nor for <c>powertools_json</c> of one.</summary>
    /// <param name="json">The document's text, nested at most 64 levels deep.</param>
    /// <returns>The value's text; what comes from the document is copied as it stands there.</returns>
    /// <exception cref="T:Idempotency.JmesPathException">The document is not JSON, or nested too deeply; a function
    /// does not take what it is given, or failed.</exception>
    member _.EvaluateUtf8(json: ReadOnlyMemory<byte>) : byte[] =
        orThrow (CompiledPath.evaluateUtf8 json path)

    /// <returns>The text of the expression.</returns>
    override _.ToString() = path.Expression
