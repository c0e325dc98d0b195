// From a function's result to what the record keeps, and back. The first caller gets its own object, every later one
// what the codec makes of the stored bytes: the two must be equal.
namespace Idempotency

open System
open System.Collections
open System.Collections.Generic
open System.IO
open System.Text.Json
open System.Text.Json.Serialization.Metadata
open System.Threading.Tasks
open Idempotency.Core

/// <summary>Turns results into bytes that a record can keep, and back. Shared between threads.</summary>
/// <typeparam name="TResult">The function's result.</typeparam>
type IResultCodec<'TResult> =
    /// <summary>The bytes of a result, or <c>Payload.Absent</c> for a function without one.</summary>
    /// <param name="value">The result; null is a result too.</param>
    abstract Encode: value: 'TResult -> Payload

    /// <summary>The result that was encoded. Throws when the bytes are not those of such a result.</summary>
    /// <param name="payload">What the record keeps.</param>
    abstract Decode: payload: Payload -> 'TResult

/// Types that hold no data yet, or that can be read only once: JSON would store something else in their place, and the
/// first caller would get what was used up by storing it.
module internal ResultType =
    let private isMadeOf (generic: Type) (t: Type) =
        t.IsGenericType && t.GetGenericTypeDefinition() = generic

    let private isA<'Base> (t: Type) = typeof<'Base>.IsAssignableFrom t

    /// By name, so that the assembly of expression trees is not loaded to ask.
    let private isQuery (t: Type) =
        t.Namespace = "System.Linq"
        && t.Name.StartsWith("IQueryable", StringComparison.Ordinal)

    let private problemOf (t: Type) : string | null =
        if
            isA<Task> t
            || t = typeof<ValueTask>
            || t |> isMadeOf typedefof<ValueTask<_>>
            || t |> isMadeOf typedefof<Async<_>>
        then
            "what has yet to run: pass the function to an asynchronous overload, or await it, so that what it comes to is stored"
        elif isA<Stream> t || isA<TextReader> t then
            "a stream, which can be read only once: read it, and return a byte[] or a string"
        elif
            t |> isMadeOf typedefof<IAsyncEnumerable<_>>
            || isA<IAsyncEnumerable<obj>> t
            || isA<IEnumerator> t
        then
            "a sequence that can be gone through only once: go through it, and return a list"
        elif isQuery t then
            "a query that has yet to run: run it, and return a list"
        elif isA<Delegate> t then
            "a function, which cannot be stored: return what it would give"
        else
            null

    /// <exception cref="T:System.ArgumentException">Its values are no results.</exception>
    let refuseUnlessData<'TResult> () =
        match problemOf typeof<'TResult> with
        | null -> ()
        | problem -> raise (ArgumentException(worded $"{typeof<'TResult>} is no result, but {problem}."))

/// <summary>Results as JSON, by System.Text.Json. A type that is no data (a stream, an asynchronous sequence, a task, a query, a
/// delegate) is refused.</summary>
/// <param name="typeInfo">How the type is written and read.</param>
[<Sealed>]
type JsonResultCodec<'TResult>(typeInfo: JsonTypeInfo<'TResult>) =
    let declared = DeclaredType typeInfo

    do
        ResultType.refuseUnlessData<'TResult>()

        if declared.IsNeverWhole then
            raise (
                ArgumentException(
                    worded
                        $"{typeof<'TResult>} is abstract, so that JSON cannot bring a result back as what it was. Declare what may \
                      be returned with [JsonDerivedType], return a type of its own, or give the operation a codec."
                )
            )

    interface IResultCodec<'TResult> with
        member _.Encode value =
            declared.Refuse value
            Payload(JsonSerializer.SerializeToUtf8Bytes(value, typeInfo))

        member _.Decode payload =
            match payload.Utf8 with
            | null ->
                raise (
                    JsonException(
                        worded
                            $"The record holds no result, as that of a function without one; {typeof<'TResult>} was expected."
                    )
                )
            | utf8 ->
                match JsonSerializer.Deserialize(ReadOnlySpan utf8, typeInfo :> JsonTypeInfo) with
                // Null is stored as JSON null, and 'TResult is then a type that has it.
                | null -> Unchecked.defaultof<'TResult>
                | result -> unbox<'TResult> result

/// <summary>The result of a function that has none.</summary>
/// <param name="nothing">The value that stands for it.</param>
[<Sealed>]
type NoResultCodec<'TResult>(nothing: 'TResult) =
    interface IResultCodec<'TResult> with
        member _.Encode _ = Payload.Absent
        member _.Decode _ = nothing

/// <summary>What is kept of an exception that was stored in the place of a result.</summary>
[<Sealed>]
type StoredFailure(exceptionType: string, message: string) =
    /// <summary>The full name of the exception's type.</summary>
    member _.ExceptionType = exceptionType

    /// <summary>The exception's message.</summary>
    member _.Message = message

module internal FailureCodec =
    let encode (error: exn) =
        let buffer = Buffers.ArrayBufferWriter<byte>()
        use writer = new Utf8JsonWriter(buffer)
        writer.WriteStartObject()
        writer.WriteString("type", error.GetType().FullName)
        writer.WriteString("message", error.Message)
        writer.WriteEndObject()
        writer.Flush()
        Payload(buffer.WrittenSpan.ToArray())

    let private textOf (name: string) (element: JsonElement) =
        match element.TryGetProperty name with
        | true, value ->
            match value.GetString() with
            | null -> ""
            | text -> text
        | false, _ -> ""

    let decode (payload: Payload) =
        match payload.Utf8 with
        | null -> StoredFailure("", "")
        | utf8 ->
            use document = JsonDocument.Parse(ReadOnlyMemory utf8)
            StoredFailure(textOf "type" document.RootElement, textOf "message" document.RootElement)
