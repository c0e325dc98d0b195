// Questions that every part of the language asks of a value: its text, its members, whether it counts as true.
namespace Idempotency.Core

open System
open System.Collections.Generic
open System.Text.Json
open Idempotency

module internal JmesValues =
    let private trueElement = JsonElement.Parse "true"
    let private falseElement = JsonElement.Parse "false"

    let ofBool condition =
        JmesValue(if condition then trueElement else falseElement)

    /// The text of a string.
    let text (value: JmesValue) : string =
        match value.Computed with
        | :? string as text -> text
        | _ ->
            match value.Element.GetString() with
            | null -> ""
            | text -> text

    let isArray (value: JmesValue) = value.Type = JmesTypes.Array

    /// Whether a value counts as true: all do but null, false, and empty texts, arrays and objects. 0 does.
    let isTrue (value: JmesValue) =
        match value.Computed with
        | null ->
            match value.Element.ValueKind with
            | JsonValueKind.String -> not (value.Element.ValueEquals "")
            | JsonValueKind.Array -> value.Element.GetArrayLength() > 0
            | JsonValueKind.Object -> value.Element.GetPropertyCount() > 0
            | JsonValueKind.True
            | JsonValueKind.Number -> true
            | _ -> false
        | :? string as text -> text.Length > 0
        | :? JmesObject as computed -> computed.Names.Length > 0
        | _ -> JmesArray.count value > 0

    /// The member of an element some of whose names are not Unicode: those have no name that can be asked for.
    let private slowMember (name: MemberName) (element: JsonElement) =
        let mutable found = JmesValue.Null

        for property in element.EnumerateObject() do
            try
                if property.NameEquals(ReadOnlySpan name.Utf8) then
                    found <- JmesValue property.Value
            with :? InvalidOperationException ->
                ()

        found

    let private elementMember (name: MemberName) (element: JsonElement) =
        let mutable found = Unchecked.defaultof<JsonElement>

        try
            if element.TryGetProperty(ReadOnlySpan name.Utf8, &found) then
                JmesValue found
            else
                JmesValue.Null
        with :? InvalidOperationException as problem when not (problem :? ObjectDisposedException) ->
            slowMember name element

    /// The member of an object, the last one if there are several of that name; null if there is none.
    let memberOf (name: MemberName) (value: JmesValue) : JmesValue =
        match value.Computed with
        | null ->
            if value.Element.ValueKind = JsonValueKind.Object then
                elementMember name value.Element
            else
                JmesValue.Null
        | :? JmesObject as computed -> computed.Find name.Text
        | _ -> JmesValue.Null

    /// Puts the members of an element into lists; of several with one name the last stays, in the place of the first.
    let private collect (element: JsonElement) =
        let names = List<string>()
        let values = List<JmesValue>()
        let places = Dictionary<string, int>()

        for property in element.EnumerateObject() do
            let name = property.Name
            let mutable place = names.Count

            if places.TryAdd(name, place) then
                names.Add name
                values.Add(JmesValue property.Value)
            else
                place <- places[name]
                values[place] <- JmesValue property.Value

        JmesObject(names.ToArray(), values.ToArray())

    /// A value that is known to be an object, with every name once.
    let members (value: JmesValue) : JmesObject =
        match value.Computed with
        | :? JmesObject as computed -> computed
        | _ -> collect value.Element

    /// What a type is called in a message.
    let describe (types: JmesTypes) =
        let one flag =
            match flag with
            | JmesTypes.Null -> "null"
            | JmesTypes.Boolean -> "boolean"
            | JmesTypes.Number -> "number"
            | JmesTypes.String -> "string"
            | JmesTypes.Array -> "array"
            | _ -> "object"

        [ JmesTypes.Null
          JmesTypes.Boolean
          JmesTypes.Number
          JmesTypes.String
          JmesTypes.Array
          JmesTypes.Object ]
        |> List.filter types.HasFlag
        |> List.map one
        |> String.concat " or "
