// The order in which Python and TypeScript write the members of an object.
namespace Idempotency.Core

open System
open System.Globalization
open System.Text

module internal MemberOrder =
    let private codePointAt (text: string) i =
        if i + 1 < text.Length && Char.IsSurrogatePair(text[i], text[i + 1]) then
            Char.ConvertToUtf32(text[i], text[i + 1])
        else
            int text[i]

    /// Orders by code points; half of a surrogate pair is one of its own.
    let private compareCodePoints (a: string) (b: string) =
        let mutable i = 0

        while i < a.Length && i < b.Length && a[i] = b[i] do
            i <- i + 1

        if i > 0 && Char.IsHighSurrogate a[i - 1] then i <- i - 1

        if i = a.Length || i = b.Length then
            compare a.Length b.Length
        else
            compare (codePointAt a i) (codePointAt b i)

    /// json.dumps(sort_keys=True).
    let python (members: struct (string * JsonTree)[]) =
        members
        |> List.ofArray
        |> List.sortWith (fun struct (a, _) struct (b, _) -> compareCodePoints a b)
        |> Array.ofList

    /// The index of an array that a name is, from 0 to 4294967294 and without leading zeros; -1 if it is none.
    let private indexOf (name: string) : int64 =
        let mutable index = 0L

        let isIndex =
            name.Length > 0
            && name.Length <= 10
            && String.forall Char.IsAsciiDigit name
            && (name = "0" || name[0] <> '0')
            && Int64.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, &index)
            && index <= 4294967294L

        if isIndex then index else -1L

    /// The order of an object of JavaScript: indices of arrays by number, then the other names as they came.
    let ofJavaScript (members: struct (string * JsonTree)[]) =
        let isIndex struct (name, _) = indexOf name >= 0L
        let indices, names = members |> Array.partition isIndex

        if indices.Length = 0 then
            members
        else
            Array.append (Array.sortBy (fun struct (name, _) -> indexOf name) indices) names

    /// A capital sigma at the end of a word becomes another letter than one within it.
    let private isFinal (text: string) (place: int) =
        let isLetter (c: char) = Char.IsLetter c

        place > 0
        && isLetter text[place - 1]
        && not (place + 1 < text.Length && isLetter text[place + 1])

    /// toLowerCase of JavaScript.
    let private lower (text: string) =
        if String.forall Char.IsAscii text then
            text.ToLowerInvariant()
        else
            let output = StringBuilder(text.Length)
            let mutable i = 0

            while i < text.Length do
                let mutable rune = Rune.ReplacementChar

                if not (Rune.TryGetRuneAt(text, i, &rune)) then
                    output.Append text[i] |> ignore
                    i <- i + 1
                else
                    match text[i] with
                    | '\u0130' -> output.Append "i\u0307" |> ignore
                    | '\u03A3' when isFinal text i -> output.Append '\u03C2' |> ignore
                    | _ -> output.Append((Rune.ToLowerInvariant rune).ToString()) |> ignore

                    i <- i + rune.Utf16SequenceLength

            output.ToString()

    /// The deep sort of Powertools for TypeScript. It assigns the members to a new object, to which `__proto__` adds
    /// no member, and which puts the indices first again.
    let typeScript (members: struct (string * JsonTree)[]) =
        [ for struct (name, _) as one in members do
              if name <> "__proto__" then struct (lower name, one) ]
        |> List.sortWith (fun struct (a, _) struct (b, _) -> String.CompareOrdinal(a, b))
        |> List.map (fun struct (_, one) -> one)
        |> Array.ofList
        |> ofJavaScript
