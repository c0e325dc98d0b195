// The text of a value that each language hashes: its JSON, or for a bare value of Java and .NET what its ToString gives.
namespace Idempotency.Core

open System
open System.Globalization
open System.Text
open System.Text.Json

module internal DialectText =
    let private escape (output: StringBuilder) (format: string) (c: char) =
        output.Append("\\u").Append((int c).ToString(format, CultureInfo.InvariantCulture))
        |> ignore

    let private quoteWith (escapes: string -> int -> bool) (format: string) (text: string) =
        let output = StringBuilder(text.Length + 2).Append '"'

        for i in 0 .. text.Length - 1 do
            match text[i] with
            | '"' -> output.Append "\\\"" |> ignore
            | '\\' -> output.Append "\\\\" |> ignore
            | '\b' -> output.Append "\\b" |> ignore
            | '\t' -> output.Append "\\t" |> ignore
            | '\n' -> output.Append "\\n" |> ignore
            | '\012' -> output.Append "\\f" |> ignore
            | '\r' -> output.Append "\\r" |> ignore
            | c when c < ' ' || escapes text i -> escape output format c
            | c -> output.Append c |> ignore

        output.Append('"').ToString()

    /// Whether a half of a surrogate pair stands there alone.
    let private isAlone (text: string) i =
        Char.IsSurrogate text[i]
        && not (i + 1 < text.Length && Char.IsSurrogatePair(text[i], text[i + 1]))
        && not (i > 0 && Char.IsSurrogatePair(text[i - 1], text[i]))

    let private quote (language: PowertoolsLanguage) (text: string) =
        match language with
        | PowertoolsLanguage.Python -> quoteWith (fun text i -> text[i] > '~') "x4" text
        | PowertoolsLanguage.TypeScript -> quoteWith isAlone "x4" text
        | PowertoolsLanguage.Java -> quoteWith (fun _ _ -> false) "X4" text
        | PowertoolsLanguage.DotNet -> $"\"{JsonEncodedText.Encode(text).Value}\""

    /// Java's Jackson quotes what is no number in JSON; JSON.stringify has written null.
    let private number (language: PowertoolsLanguage) (text: string) =
        let written = DialectNumbers.write language text

        match language with
        | PowertoolsLanguage.Java when written.EndsWith 'y' -> $"\"{written}\""
        | PowertoolsLanguage.Java
        | PowertoolsLanguage.Python
        | PowertoolsLanguage.TypeScript
        | PowertoolsLanguage.DotNet -> written

    let private membersOf (language: PowertoolsLanguage) sorted (members: struct (string * JsonTree)[]) =
        match language with
        | PowertoolsLanguage.DotNet -> members
        | PowertoolsLanguage.Java -> JsonTree.distinct members
        | PowertoolsLanguage.Python ->
            let members = JsonTree.distinct members
            if sorted then MemberOrder.python members else members
        | PowertoolsLanguage.TypeScript ->
            let members = JsonTree.distinct members |> MemberOrder.ofJavaScript
            if sorted then MemberOrder.typeScript members else members

    /// The value as JSON: in the order in which its hash is made, with that one's separators, or compact as it is.
    let rec private write
        (language: PowertoolsLanguage)
        forHash
        (output: StringBuilder)
        (tree: JsonTree)
        : unit =
        let isSpaced = forHash && language.IsPython
        let comma = if isSpaced then ", " else ","
        let colon = if isSpaced then ": " else ":"

        match tree with
        | JsonTree.Null -> output.Append "null" |> ignore
        | JsonTree.Boolean value -> output.Append(if value then "true" else "false") |> ignore
        | JsonTree.Number text -> output.Append(number language text) |> ignore
        | JsonTree.Text text -> output.Append(quote language text) |> ignore
        | JsonTree.Items items ->
            output.Append '[' |> ignore

            for i in 0 .. items.Length - 1 do
                if i > 0 then output.Append comma |> ignore

                write language forHash output items[i]

            output.Append ']' |> ignore
        | JsonTree.Members members ->
            let members = membersOf language forHash members
            output.Append '{' |> ignore

            for i in 0 .. members.Length - 1 do
                let struct (name, value) = members[i]

                if i > 0 then output.Append comma |> ignore

                output.Append(quote language name).Append(colon) |> ignore
                write language forHash output value

            output.Append '}' |> ignore

    let private json language forHash tree =
        let output = StringBuilder()
        write language forHash output tree
        output.ToString()

    /// The value as the language's to_string() has it.
    let compact (language: PowertoolsLanguage) (tree: JsonTree) : string = json language false tree

    /// The text that is hashed.
    let hashed (language: PowertoolsLanguage) (tree: JsonTree) : string =
        match language, tree with
        | PowertoolsLanguage.Python, _
        | PowertoolsLanguage.TypeScript, _ -> json language true tree
        | (PowertoolsLanguage.Java | PowertoolsLanguage.DotNet), JsonTree.Text text -> text
        | PowertoolsLanguage.DotNet, JsonTree.Null -> ""
        | PowertoolsLanguage.DotNet, JsonTree.Boolean value -> if value then "True" else "False"
        | PowertoolsLanguage.Java, JsonTree.Number text -> DialectNumbers.write language text
        | PowertoolsLanguage.Java,
          (JsonTree.Null | JsonTree.Boolean _ | JsonTree.Items _ | JsonTree.Members _)
        | PowertoolsLanguage.DotNet, (JsonTree.Number _ | JsonTree.Items _ | JsonTree.Members _) ->
            json language true tree

    /// Java's encoder writes a question mark for half of a surrogate pair; elsewhere none is left by now.
    let private utf8 =
        Encoding.GetEncoding("utf-8", EncoderReplacementFallback "?", DecoderExceptionFallback())

    let encode (text: string) : byte[] = utf8.GetBytes text
