// From an expression's text to tokens with their places.
namespace Idempotency.Core

open System
open System.Collections.Generic
open System.Text
open System.Text.Json

module internal Lexer =
    let private fail position reason : 'T =
        JmesFailure.raiseAt JmesProblemKind.Syntax position reason

    let private isIdentifierStart c = Char.IsAsciiLetter c || c = '_'
    let private isIdentifierPart c = Char.IsAsciiLetterOrDigit c || c = '_'

    /// The place behind the closing delimiter of what opens at `start`. A backslash takes the next character with it.
    let private closing (text: string) start (what: string) =
        let delimiter = text[start]
        let mutable i = start + 1

        while i < text.Length && text[i] <> delimiter do
            i <- i + (if text[i] = '\\' then 2 else 1)

        if i < text.Length then
            i + 1
        else
            fail start (worded $"this {what} has no closing {delimiter}")

    /// Takes the backslash away from an escaped delimiter; every other escape stays as it is.
    let private unescape (delimiter: char) (text: string) =
        if not (text.Contains '\\') then
            text
        else
            let result = StringBuilder(text.Length)
            let mutable i = 0

            while i < text.Length do
                if text[i] = '\\' && i + 1 < text.Length then
                    if text[i + 1] <> delimiter then result.Append '\\' |> ignore

                    result.Append text[i + 1] |> ignore
                    i <- i + 2
                else
                    result.Append text[i] |> ignore
                    i <- i + 1

            result.ToString()

    let private isWellFormed (text: string) =
        let mutable i = 0
        let mutable good = true

        while good && i < text.Length do
            if not (Char.IsSurrogate text[i]) then
                i <- i + 1
            elif i + 1 < text.Length && Char.IsSurrogatePair(text[i], text[i + 1]) then
                i <- i + 2
            else
                good <- false

        good

    let private quotedIdentifier (text: string) start stop =
        try
            match JsonElement.Parse(text.AsSpan(start, stop - start)).GetString() with
            | null -> fail start "this quoted name is empty"
            | name -> name
        with
        | :? JsonException
        | :? InvalidOperationException
        | :? ArgumentException -> fail start "this quoted name is not a JSON string: look for a wrong escape"

    let private literal (text: string) start stop =
        let json = unescape '`' (text.Substring(start + 1, stop - start - 2))

        try
            JsonElement.Parse json
        with
        | :? JsonException
        | :? ArgumentException ->
            fail start "what stands between backquotes must be JSON; write text as 'text' or `\"text\"`"

    let private rawString (text: string) start stop =
        let value = unescape '\'' (text.Substring(start + 1, stop - start - 2))

        if isWellFormed value then
            Token.Literal(JsonElement.Parse(JmesText.quote value))
        else
            fail start "this text is not Unicode: it holds half of a surrogate pair"

    let private number (text: string) start stop =
        let mutable value = 0

        if Int32.TryParse(text.AsSpan(start, stop - start), &value) then value
        elif text[start] = '-' then -Int32.MaxValue
        else Int32.MaxValue

    let private skipWhile (text: string) start (test: char -> bool) =
        let mutable i = start

        while i < text.Length && test text[i] do
            i <- i + 1

        i

    /// The token that begins at a place which is not white space, and the place behind it.
    let private next (text: string) start : struct (Token * int) =
        let second = if start + 1 < text.Length then text[start + 1] else '\000'

        let either follower long short : struct (Token * int) =
            if second = follower then
                struct (long, start + 2)
            else
                struct (short, start + 1)

        match text[start] with
        | '.' -> struct (Token.Dot, start + 1)
        | '*' -> struct (Token.Star, start + 1)
        | ',' -> struct (Token.Comma, start + 1)
        | ':' -> struct (Token.Colon, start + 1)
        | '@' -> struct (Token.Current, start + 1)
        | '(' -> struct (Token.LeftParenthesis, start + 1)
        | ')' -> struct (Token.RightParenthesis, start + 1)
        | '{' -> struct (Token.LeftBrace, start + 1)
        | '}' -> struct (Token.RightBrace, start + 1)
        | ']' -> struct (Token.RightBracket, start + 1)
        | '[' when second = ']' -> struct (Token.Flatten, start + 2)
        | '[' -> either '?' Token.Filter Token.LeftBracket
        | '|' -> either '|' Token.Or Token.Pipe
        | '&' -> either '&' Token.And Token.Reference
        | '!' -> either '=' (Token.Comparator Comparator.NotEqual) Token.Not
        | '<' -> either '=' (Token.Comparator Comparator.LessOrEqual) (Token.Comparator Comparator.Less)
        | '>' -> either '=' (Token.Comparator Comparator.GreaterOrEqual) (Token.Comparator Comparator.Greater)
        | '=' when second = '=' -> struct (Token.Comparator Comparator.Equal, start + 2)
        | '=' -> fail start "a single = means nothing; compare with =="
        | '"' ->
            let stop = closing text start "quoted name"
            struct (Token.QuotedIdentifier(quotedIdentifier text start stop), stop)
        | '\'' ->
            let stop = closing text start "text"
            struct (rawString text start stop, stop)
        | '`' ->
            let stop = closing text start "literal"
            struct (Token.Literal(literal text start stop), stop)
        | c when isIdentifierStart c ->
            let stop = skipWhile text start isIdentifierPart
            struct (Token.Identifier(text.Substring(start, stop - start)), stop)
        | c when Char.IsAsciiDigit c || (c = '-' && Char.IsAsciiDigit second) ->
            let stop = skipWhile text (start + 1) Char.IsAsciiDigit
            struct (Token.Number(number text start stop), stop)
        | '-' -> fail start "a - must be followed by digits; put a name that holds it in double quotes"
        | c when Char.IsSurrogate c || c > '\127' ->
            fail start "this character must stand in double quotes to be part of a name"
        | c when Char.IsControl c ->
            fail start (worded $"the control character U+{int c:X4} has no place here")
        | c ->
            fail
                start
                (worded $"the character {c} has no meaning here; put a name that holds it in double quotes")

    let private isWhiteSpace c =
        c = ' ' || c = '\t' || c = '\n' || c = '\r'

    /// The tokens of an expression; the last one is `End`.
    let tokens (text: string) : List<Lexeme> =
        let found = List<Lexeme>(min 64 (text.Length / 2 + 2))
        let mutable place = skipWhile text 0 isWhiteSpace

        while place < text.Length do
            let struct (token, stop) = next text place

            found.Add
                { Token = token
                  Start = place
                  Stop = stop }

            place <- skipWhile text stop isWhiteSpace

        found.Add
            { Token = Token.End
              Start = text.Length
              Stop = text.Length }

        found
