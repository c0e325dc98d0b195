// A JSON value as the writers of the four languages see it: texts are decoded, halves of surrogate pairs included, and
// numbers are the text that stood in the document. Members keep their order and their duplicates.
namespace Idempotency.Core

open System
open System.Collections.Generic
open System.Runtime.InteropServices
open System.Text
open System.Text.Json

[<RequireQualifiedAccess; NoComparison; NoEquality>]
type internal JsonTree =
    | Null
    | Boolean of bool
    | Number of text: string
    | Text of string
    | Items of JsonTree[]
    | Members of struct (string * JsonTree)[]

module internal JsonTree =
    let private strict = UTF8Encoding(false, true)

    let private unescape (text: string) =
        let plain = StringBuilder(text.Length)
        let mutable i = 0

        while i < text.Length do
            if text[i] <> '\\' then
                plain.Append text[i] |> ignore
                i <- i + 1
            else
                let letter = text[i + 1]

                let meant =
                    match letter with
                    | 'b' -> '\b'
                    | 'f' -> '\012'
                    | 'n' -> '\n'
                    | 'r' -> '\r'
                    | 't' -> '\t'
                    | 'u' -> char (Convert.ToUInt16(text.Substring(i + 2, 4), 16))
                    | same -> same

                plain.Append meant |> ignore
                i <- i + (if letter = 'u' then 6 else 2)

        plain.ToString()

    /// The text between the quotes; what is no UTF-8 throws a DecoderFallbackException.
    let private decode (raw: ReadOnlySpan<byte>) =
        let text = strict.GetString raw
        if text.Contains '\\' then unescape text else text

    let rec ofElement (element: JsonElement) : JsonTree =
        match element.ValueKind with
        | JsonValueKind.True -> JsonTree.Boolean true
        | JsonValueKind.False -> JsonTree.Boolean false
        | JsonValueKind.Number -> JsonTree.Number(element.GetRawText())
        | JsonValueKind.String ->
            let raw = JsonMarshal.GetRawUtf8Value element
            JsonTree.Text(decode (raw.Slice(1, raw.Length - 2)))
        | JsonValueKind.Array ->
            let items = List<JsonTree>(element.GetArrayLength())

            for item in element.EnumerateArray() do
                items.Add(ofElement item)

            JsonTree.Items(items.ToArray())
        | JsonValueKind.Object ->
            let members = List<struct (string * JsonTree)>()

            for property in element.EnumerateObject() do
                members.Add(
                    struct (decode (JsonMarshal.GetRawUtf8PropertyName property), ofElement property.Value)
                )

            JsonTree.Members(members.ToArray())
        | _ -> JsonTree.Null

    let rec ofValue (value: JmesValue) : JsonTree =
        match value.Computed with
        | null -> ofElement value.Element
        | :? string as text -> JsonTree.Text text
        | :? JmesObject as computed ->
            Array.map2 (fun name inner -> struct (name, ofValue inner)) computed.Names computed.Values
            |> JsonTree.Members
        | _ -> JsonTree.Items(Array.init (JmesArray.count value) (fun i -> ofValue (JmesArray.item i value)))

    /// The members with every name once: its last value, in the place where it first stood.
    let distinct (members: struct (string * JsonTree)[]) : struct (string * JsonTree)[] =
        let found = List<struct (string * JsonTree)>(members.Length)
        let places = Dictionary<string, int>(members.Length)

        for struct (name, _) as one in members do
            if places.TryAdd(name, found.Count) then
                found.Add one
            else
                found[places[name]] <- one

        found.ToArray()

    /// Whether every text is whole characters.
    let rec isUnicode (tree: JsonTree) =
        let isWhole (text: string) =
            let mutable i = 0

            while i < text.Length
                  && (not (Char.IsSurrogate text[i])
                      || (i + 1 < text.Length && Char.IsSurrogatePair(text[i], text[i + 1]))) do
                i <- i + (if Char.IsSurrogate text[i] then 2 else 1)

            i = text.Length

        match tree with
        | JsonTree.Null
        | JsonTree.Boolean _
        | JsonTree.Number _ -> true
        | JsonTree.Text text -> isWhole text
        | JsonTree.Items items -> Array.forall isUnicode items
        | JsonTree.Members members ->
            members
            |> Array.forall (fun struct (name, value) -> isWhole name && isUnicode value)

    /// Whether the value counts as missing for this library: null, a blank text, an empty container, or one of nulls. What
    /// is written as null besides null itself, the caller says.
    let isMissing (isNull: JsonTree -> bool) (tree: JsonTree) =
        match tree with
        | JsonTree.Null
        | JsonTree.Boolean _
        | JsonTree.Number _ -> isNull tree
        | JsonTree.Text text -> String.IsNullOrWhiteSpace text
        | JsonTree.Items items -> items |> Array.forall isNull
        | JsonTree.Members members -> members |> Array.forall (fun struct (_, value) -> isNull value)
