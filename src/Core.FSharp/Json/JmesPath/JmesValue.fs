// A value while an expression is evaluated: a part of the document, which is not copied, or something that was
// computed. Numbers are always JSON text, so that a number of the document keeps every digit.
namespace Idempotency.Core

open System
open System.Collections.Generic
open System.Runtime.CompilerServices
open System.Text.Json
open Idempotency

/// A value that an expression gives. It holds on to the document that it was selected from: once that is disposed of,
/// the value can no longer be read.
[<Struct; IsReadOnly; NoEquality; NoComparison>]
type JmesValue =
    /// A string, a List of JmesValue or a JmesObject; null when the value is the element.
    val internal Computed: obj | null
    val internal Element: JsonElement

    /// A part of a document. An undefined element counts as null.
    new(element: JsonElement) = { Computed = null; Element = element }

    internal new(computed: obj) =
        { Computed = computed
          Element = Unchecked.defaultof<JsonElement> }

    static member internal Null = Unchecked.defaultof<JmesValue>
    static member internal OfText(text: string) = JmesValue(text :> obj)
    static member internal OfItems(items: List<JmesValue>) = JmesValue(items :> obj)
    static member internal OfObject(value: JmesObject) = JmesValue(value :> obj)

    /// The type of the value: one of the flags.
    member this.Type: JmesTypes =
        match this.Computed with
        | null ->
            match this.Element.ValueKind with
            | JsonValueKind.Object -> JmesTypes.Object
            | JsonValueKind.Array -> JmesTypes.Array
            | JsonValueKind.String -> JmesTypes.String
            | JsonValueKind.Number -> JmesTypes.Number
            | JsonValueKind.True
            | JsonValueKind.False -> JmesTypes.Boolean
            | _ -> JmesTypes.Null
        | :? string -> JmesTypes.String
        | :? JmesObject -> JmesTypes.Object
        | _ -> JmesTypes.Array

    /// Whether the value is null.
    member this.IsNull =
        isNull this.Computed
        && (this.Element.ValueKind = JsonValueKind.Null
            || this.Element.ValueKind = JsonValueKind.Undefined)

/// An object that was computed. Every name stands in it once.
and [<Sealed>] internal JmesObject(names: string[], values: JmesValue[]) =
    member _.Names = names
    member _.Values = values

    member _.Find(name: string) : JmesValue =
        match Array.IndexOf(names, name) with
        | -1 -> JmesValue.Null
        | index -> values[index]

/// Goes over the items of an array, which may be the document's or computed.
[<Struct; NoEquality; NoComparison>]
type internal JmesItemEnumerator =
    val private items: List<JmesValue> | null
    val mutable private index: int
    val mutable private elements: JsonElement.ArrayEnumerator

    new(array: JmesValue) =
        match array.Computed with
        | null ->
            { items = null
              index = -1
              elements = array.Element.EnumerateArray() }
        | computed ->
            { items = Unchecked.nonNull (Unsafe.As<List<JmesValue>> computed)
              index = -1
              elements = Unchecked.defaultof<JsonElement.ArrayEnumerator> }

    member this.MoveNext() =
        match this.items with
        | null -> this.elements.MoveNext()
        | items ->
            this.index <- this.index + 1
            this.index < items.Count

    member this.Current: JmesValue =
        match this.items with
        | null -> JmesValue this.elements.Current
        | items -> items[this.index]

/// The items of a value that is known to be an array: `for item in JmesItems array do`.
[<Struct; IsReadOnly; NoEquality; NoComparison>]
type internal JmesItems(array: JmesValue) =
    member _.GetEnumerator() = JmesItemEnumerator array

/// Arrays, the document's or computed.
module internal JmesArray =
    let private listOf (computed: obj) : List<JmesValue> =
        Unchecked.nonNull (Unsafe.As<List<JmesValue>> computed)

    let count (array: JmesValue) : int =
        match array.Computed with
        | null -> array.Element.GetArrayLength()
        | computed -> (listOf computed).Count

    /// The item at an index from 0 to count - 1.
    let item (index: int) (array: JmesValue) : JmesValue =
        match array.Computed with
        | null -> JmesValue array.Element[index]
        | computed -> (listOf computed)[index]
