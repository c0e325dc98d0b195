// The canonical form of a JSON value (RFC 8785): members sorted by UTF-16 code units, numbers and strings in one
// spelling each, no white space. Two values are the same input exactly when their canonical forms are equal.
namespace Idempotency.Core

open System
open System.Buffers
open System.Collections.Generic
open System.Text
open System.Text.Json

/// Why a value has no canonical form.
[<RequireQualifiedAccess; NoComparison>]
type CanonicalProblem =
    /// An object has two members of the same name, so that its readers may disagree about its value.
    | DuplicateMember
    /// A text holds half of a surrogate pair, which is no character.
    | LoneSurrogate
    /// A number's exponent is beyond a million.
    | NumberOutOfRange
    /// It is not JSON, or nested too deeply.
    | NotJson of detail: string

    /// The problem, as the end of a sentence that begins with "the value".
    member this.Text =
        match this with
        | DuplicateMember ->
            "has an object with two members of the same name; give each member a name of its own"
        | LoneSurrogate -> "has a text with half of a surrogate pair; send well-formed Unicode"
        | NumberOutOfRange -> "has a number with an exponent beyond a million; send it as text"
        | NotJson detail -> $"is not JSON that can be read ({detail})"

module Canonical =
    /// How deeply values may be nested.
    [<Literal>]
    let MaxDepth = 256

    exception private Unfit of CanonicalProblem

    let private options = JsonDocumentOptions(MaxDepth = MaxDepth)

    let private byName =
        Comparer<struct (string * JsonElement)>.Create(fun (struct (a, _)) (struct (b, _)) ->
            String.CompareOrdinal(a, b))

    let inline private raw (output: IBufferWriter<byte>) (text: byte[]) = output.Write(ReadOnlySpan text)

    let private shortEscape c =
        match c with
        | '"' -> "\\\""B
        | '\\' -> "\\\\"B
        | '\b' -> "\\b"B
        | '\t' -> "\\t"B
        | '\n' -> "\\n"B
        | '\f' -> "\\f"B
        | '\r' -> "\\r"B
        | control -> Encoding.ASCII.GetBytes $"\\u%04x{int control}"

    let private mustEscape c = c < ' ' || c = '"' || c = '\\'

    let private writeText (output: IBufferWriter<byte>) (text: string) =
        raw output "\""B
        let mutable from = 0

        for i in 0 .. text.Length do
            if i = text.Length || mustEscape text[i] then
                Encoding.UTF8.GetBytes(text.AsSpan(from, i - from), output) |> ignore
                from <- i + 1

                if i < text.Length then raw output (shortEscape text[i])

        raw output "\""B

    /// The text of a string or a name; JSON may escape halves of surrogate pairs, which no UTF-8 can hold.
    let private textOf (read: unit -> string | null) =
        try
            match read () with
            | null -> ""
            | text -> text
        with :? InvalidOperationException ->
            raise (Unfit CanonicalProblem.LoneSurrogate)

    let rec private write (output: IBufferWriter<byte>) (element: JsonElement) =
        match element.ValueKind with
        | JsonValueKind.Object ->
            let members = List<struct (string * JsonElement)>()

            for property in element.EnumerateObject() do
                members.Add(struct (textOf (fun () -> property.Name), property.Value))

            members.Sort byName
            raw output "{"B

            for i in 0 .. members.Count - 1 do
                let struct (name, value) = members[i]

                if i > 0 then
                    let struct (previous, _) = members[i - 1]

                    if String.Equals(previous, name, StringComparison.Ordinal) then
                        raise (Unfit CanonicalProblem.DuplicateMember)

                    raw output ","B

                writeText output name
                raw output ":"B
                write output value

            raw output "}"B
        | JsonValueKind.Array ->
            raw output "["B
            let mutable first = true

            for item in element.EnumerateArray() do
                if not first then raw output ","B

                first <- false
                write output item

            raw output "]"B
        | JsonValueKind.String -> writeText output (textOf element.GetString)
        | JsonValueKind.Number ->
            let text = Encoding.UTF8.GetBytes(element.GetRawText())

            if not (CanonicalNumber.write output (ReadOnlySpan text)) then
                raise (Unfit CanonicalProblem.NumberOutOfRange)
        | JsonValueKind.True -> raw output "true"B
        | JsonValueKind.False -> raw output "false"B
        | JsonValueKind.Null
        | JsonValueKind.Undefined
        | _ -> raw output "null"B

    /// The canonical form of a value, in UTF-8.
    let ofElement (element: JsonElement) : Result<ReadOnlyMemory<byte>, CanonicalProblem> =
        let output = ArrayBufferWriter<byte>()

        try
            write output element
            Ok output.WrittenMemory
        with Unfit problem ->
            Error problem

    /// Reads JSON text in UTF-8, and hands the value to a function while it can be read.
    let read
        (utf8: byte[])
        (next: JsonElement -> Result<'T, CanonicalProblem>)
        : Result<'T, CanonicalProblem> =
        try
            use document = JsonDocument.Parse(ReadOnlyMemory utf8, options)
            next document.RootElement
        with :? JsonException as problem ->
            Error(CanonicalProblem.NotJson $"line {problem.LineNumber}, byte {problem.BytePositionInLine}")
