// Text as JMESPath sees it: a sequence of code points, which .NET keeps as UTF-16.
namespace Idempotency.Core

open System
open System.Text

module internal JmesText =
    /// Writes a text as JSON, with the escapes that it must have and no others.
    let writeQuoted (output: ByteBuffer) (text: string) =
        let utf8 = Encoding.UTF8.GetBytes text
        output.Add '"'B
        CanonicalText.writeEscaped output (Span utf8)
        output.Add '"'B

    /// A text as JSON.
    let quote (text: string) : string =
        let output = ByteBuffer(text.Length + 2)
        writeQuoted output text
        Encoding.UTF8.GetString output.Written

    /// Lifts surrogates above the characters from U+E000, where their code points are.
    let private rank (c: char) =
        if c >= '\uE000' then int c - 0x800
        elif Char.IsSurrogate c then int c + 0x2000
        else int c

    /// Orders texts by code points, which is not the order of their UTF-16 code units.
    let compare (a: string) (b: string) =
        let same = a.AsSpan().CommonPrefixLength(b.AsSpan())

        if same = a.Length || same = b.Length then
            a.Length.CompareTo b.Length
        else
            (rank a[same]).CompareTo(rank b[same])

    /// The number of code points.
    let length (text: string) =
        let mutable count = text.Length

        for i in 1 .. text.Length - 1 do
            if Char.IsSurrogatePair(text[i - 1], text[i]) then count <- count - 1

        count

    /// The code points in reverse.
    let reverse (text: string) =
        let reversed = text.ToCharArray()
        Array.Reverse reversed

        for i in 1 .. reversed.Length - 1 do
            if Char.IsSurrogatePair(reversed[i], reversed[i - 1]) then
                Array.Reverse(reversed, i - 1, 2)

        String reversed
