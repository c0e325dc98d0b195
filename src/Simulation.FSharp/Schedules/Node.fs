// Reads JSON step by step and remembers where it is, so that a message can say what is wrong in which place.
namespace Idempotency.Simulation

open System.Text.Json
open Idempotency.Core

/// A schedule file that cannot be read, and where.
exception internal Unreadable of message: string

/// A JSON value with the place where it stands, for messages.
[<Struct; NoComparison; NoEquality>]
type internal Node = { Place: string; Json: JsonElement }

module internal Node =
    let fail (node: Node) what =
        raise (Unreadable $"{node.Place}: {what}")

    let isNothing (node: Node) =
        match node.Json.ValueKind with
        | JsonValueKind.Null
        | JsonValueKind.Undefined -> true
        | _ -> false

    let asObject (node: Node) =
        if node.Json.ValueKind <> JsonValueKind.Object then
            fail node $"an object is needed, not {node.Json.GetRawText()}"

        node

    let find (name: string) (node: Node) : Node option =
        match (asObject node).Json.TryGetProperty name with
        | true, found ->
            Some
                { Place = $"{node.Place}: {name}"
                  Json = found }
        | false, _ -> None

    let known (name: string) (node: Node) =
        find name node |> Option.filter (isNothing >> not)

    let need name (node: Node) =
        match find name node with
        | Some found -> found
        | None -> fail node $"the field \"{name}\" is missing"

    let text (node: Node) =
        match node.Json.ValueKind, node.Json.GetRawText() with
        | JsonValueKind.String, _ ->
            match node.Json.GetString() with
            | null -> ""
            | text -> text
        | _, raw -> fail node $"text is needed, not {raw}"

    let number (node: Node) =
        match node.Json.ValueKind with
        | JsonValueKind.Number ->
            match node.Json.TryGetInt64() with
            | true, number -> number
            | false, _ -> fail node $"a whole number is needed, not {node.Json.GetRawText()}"
        | _ -> fail node $"a number is needed, not {node.Json.GetRawText()}"

    let ms (node: Node) : int64<ms> =
        LanguagePrimitives.Int64WithMeasure(number node)

    let flag (node: Node) =
        match node.Json.ValueKind with
        | JsonValueKind.True -> true
        | JsonValueKind.False -> false
        | _ -> fail node $"true or false is needed, not {node.Json.GetRawText()}"

    let items (node: Node) =
        if node.Json.ValueKind <> JsonValueKind.Array then
            fail node $"an array is needed, not {node.Json.GetRawText()}"

        [ for item in node.Json.EnumerateArray() -> { node with Json = item } ]

    let fields (node: Node) =
        [ for field in (asObject node).Json.EnumerateObject() ->
              field.Name,
              { Place = $"{node.Place}: {field.Name}"
                Json = field.Value } ]

    /// Text as it is, anything else as its JSON text.
    let digest (node: Node) =
        if node.Json.ValueKind = JsonValueKind.String then
            text node
        else
            node.Json.GetRawText()
