// The canonical form of a JSON value (RFC 8785): members sorted by UTF-16 code units, numbers and strings in one
// spelling each, no white space. Two values are the same input exactly when their canonical forms are equal.
namespace Idempotency.Core

open System
open System.Text
open System.Text.Json

/// The canonical form of JSON: equal values have equal bytes (RFC 8785).
module Canonical =
    /// How deeply values may be nested, unless something else is asked for.
    [<Literal>]
    let DefaultMaxDepth = 64

    /// Reads JSON text in UTF-8. What is given back has its canonical form, until this thread reads another text.
    let internal read (maxDepth: int) (json: ReadOnlySpan<byte>) : Result<Canonicalizer, CanonicalProblem> =
        let canonicalizer = Canonicalizer.Own

        match canonicalizer.Read(json, maxDepth) with
        | ValueNone -> Ok canonicalizer
        | ValueSome problem -> Error problem

    /// The canonical form of JSON text, both in UTF-8, nested at most so deeply.
    let ofUtf8 (maxDepth: int) (json: ReadOnlySpan<byte>) : Result<byte[], CanonicalProblem> =
        read maxDepth json
        |> Result.map (fun canonicalizer -> canonicalizer.Written.ToArray())

    /// The canonical form of a value, in UTF-8.
    let ofElement (element: JsonElement) : Result<byte[], CanonicalProblem> =
        ofUtf8 DefaultMaxDepth (ReadOnlySpan(Encoding.UTF8.GetBytes(element.GetRawText())))
