// The specification's functions on arrays and objects. Sorting is stable and takes n log n comparisons.
namespace Idempotency.Core

open System
open System.Collections.Generic
open Idempotency

module internal CollectionFunctions =
    let private numbersOrTexts = JmesTypes.Number ||| JmesTypes.String
    let private array = Parameter.Value JmesTypes.Array
    let private object = Parameter.Value JmesTypes.Object

    let private define name parameters (body: JmesValue[] -> JmesValue) =
        JmesFunction(name, parameters, false, Body.OfValues(fun _ values -> body values))

    let private defineVariadic name parameter (body: JmesValue[] -> JmesValue) =
        JmesFunction(name, [ parameter ], true, Body.OfValues(fun _ values -> body values))

    let private defineEach name parameters body =
        JmesFunction(name, parameters, false, Body.OfEach body)

    let private toList (values: JmesValue) =
        let list = List<JmesValue>(JmesArray.count values)

        for item in JmesItems values do
            list.Add item

        list

    let private ofTexts (texts: string[]) =
        let list = List<JmesValue>(texts.Length)

        for text in texts do
            list.Add(JmesValue.OfText text)

        JmesValue.OfItems list

    /// How keys of one type, number or string, are ordered. Texts must be in `JmesValue.Computed`.
    let private compareKeys (a: JmesValue) (b: JmesValue) =
        if isNull a.Computed then
            JmesNumbers.compare a.Element b.Element
        else
            JmesText.compare (JmesValues.text a) (JmesValues.text b)

    /// Reads a text only once for all its comparisons.
    let private toKey (value: JmesValue) =
        if isNull value.Computed && value.Type = JmesTypes.String then
            JmesValue.OfText(JmesValues.text value)
        else
            value

    let private keysOf (items: List<JmesValue>) (key: JmesValue -> JmesValue) =
        let keys = List<JmesValue>(items.Count)

        for item in items do
            keys.Add(key item)

        keys

    /// What an expression gives for each item, checked to be all numbers or all strings.
    let private expressionKeys
        (site: CallSite)
        (expression: JmesValue -> JmesValue)
        (items: List<JmesValue>)
        =
        let keys = keysOf items expression
        let mutable common = JmesTypes.None

        for i in 0 .. keys.Count - 1 do
            let key = keys[i]
            let found = key.Type

            if found &&& numbersOrTexts = JmesTypes.None then
                site.FailType(
                    worded
                        $"takes an expression that gives number or string, but for item {i + 1} it gives {JmesValues.describe found}"
                )

            if common = JmesTypes.None then common <- found

            if found <> common then
                site.FailType(
                    worded
                        $"takes an expression that gives one type, but it gives {JmesValues.describe common} and, for item {i + 1}, {JmesValues.describe found}"
                )

            keys[i] <- toKey key

        keys

    let private sortBy (items: List<JmesValue>) (keys: List<JmesValue>) =
        let order = Array.init items.Count id

        let compare i j =
            match compareKeys keys[i] keys[j] with
            | 0 -> Operators.compare i j
            | order -> order

        Array.Sort(order, Comparison compare)
        let sorted = List<JmesValue>(items.Count)

        for i in order do
            sorted.Add items[i]

        JmesValue.OfItems sorted

    /// The first item whose key is the greatest, or with -1 for `sign` the least.
    let private best sign (items: List<JmesValue>) (keys: List<JmesValue>) =
        let mutable found = 0

        for i in 1 .. items.Count - 1 do
            if sign * compareKeys keys[i] keys[found] > 0 then found <- i

        if items.Count = 0 then JmesValue.Null else items[found]

    let private plain (choose: List<JmesValue> -> List<JmesValue> -> JmesValue) (values: JmesValue[]) =
        let items = toList values[0]
        choose items (keysOf items toKey)

    let private byExpression
        (choose: List<JmesValue> -> List<JmesValue> -> JmesValue)
        site
        expression
        values
        =
        let items = toList values
        choose items (expressionKeys site expression items)

    let private map _ (expression: JmesValue -> JmesValue) (values: JmesValue) =
        JmesValue.OfItems(keysOf (toList values) expression)

    let private merge (objects: JmesValue[]) =
        let names = List<string>()
        let values = List<JmesValue>()
        let places = Dictionary<string, int>()

        for one in objects do
            let members = JmesValues.members one

            for i in 0 .. members.Names.Length - 1 do
                let name = members.Names[i]

                if places.TryAdd(name, names.Count) then
                    names.Add name
                    values.Add members.Values[i]
                else
                    values[places[name]] <- members.Values[i]

        JmesValue.OfObject(JmesObject(names.ToArray(), values.ToArray()))

    let private length (value: JmesValue) =
        JmesNumbers.ofInt (
            match value.Type with
            | JmesTypes.String -> JmesText.length (JmesValues.text value)
            | JmesTypes.Array -> JmesArray.count value
            | _ -> (JmesValues.members value).Names.Length
        )

    let private reverse (value: JmesValue) =
        if value.Type = JmesTypes.String then
            JmesValue.OfText(JmesText.reverse (JmesValues.text value))
        else
            let items = toList value
            items.Reverse()
            JmesValue.OfItems items

    let private notNull (values: JmesValue[]) =
        match values |> Array.tryFindIndex (fun value -> not value.IsNull) with
        | Some index -> values[index]
        | None -> JmesValue.Null

    let private toArray (value: JmesValue) =
        if JmesValues.isArray value then
            value
        else
            let items = List<JmesValue> 1
            items.Add value
            JmesValue.OfItems items

    let all =
        let sortable = Parameter.ArrayOf numbersOrTexts
        let countable = JmesTypes.Array ||| JmesTypes.Object ||| JmesTypes.String

        [ define "keys" [ object ] (fun values -> ofTexts (JmesValues.members values[0]).Names)
          define "length" [ Parameter.Value countable ] (fun values -> length values[0])
          defineEach "map" [ Parameter.Expression; array ] map
          define "max" [ sortable ] (plain (best 1))
          defineEach "max_by" [ array; Parameter.Expression ] (byExpression (best 1))
          defineVariadic "merge" object merge
          define "min" [ sortable ] (plain (best -1))
          defineEach "min_by" [ array; Parameter.Expression ] (byExpression (best -1))
          defineVariadic "not_null" (Parameter.Value JmesTypes.Any) notNull
          define "reverse" [ Parameter.Value(JmesTypes.Array ||| JmesTypes.String) ] (fun values ->
              reverse values[0])
          define "sort" [ sortable ] (plain sortBy)
          defineEach "sort_by" [ array; Parameter.Expression ] (byExpression sortBy)
          define "to_array" [ Parameter.Value JmesTypes.Any ] (fun values -> toArray values[0])
          define "values" [ object ] (fun values ->
              JmesValue.OfItems(List<JmesValue> (JmesValues.members values[0]).Values)) ]
