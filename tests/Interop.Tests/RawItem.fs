// An item as DynamoDB has it, as text: two texts are equal if nothing about the item differs. And JSON by its value.
namespace Interop.Tests

open System
open System.Collections.Generic
open System.Text.Json
open Amazon.DynamoDBv2.Model
open NUnit.Framework

module RawItem =
    let rec private value (value: AttributeValue) : string =
        match value.S, value.N with
        | NonNull text, _ -> $"S:{JsonSerializer.Serialize text}"
        | _, NonNull digits -> $"N:{digits}"
        | _ when value.BOOL.HasValue -> $"BOOL:{value.BOOL.Value}"
        | _ when value.NULL.HasValue -> "NULL"
        | _ when value.IsMSet -> $"M:{map value.M}"
        | _ when value.IsLSet -> "L:[" + String.Join(",", Seq.map value' value.L) + "]"
        | _ -> invalidOp "The item has an attribute of another type"

    and private value' one = value one

    and private map (members: Dictionary<string, AttributeValue>) =
        let shown =
            [ for name in Seq.sort members.Keys -> name + "=" + value members[name] ]

        "{" + String.Join(",", shown) + "}"

    /// All of an item; "(none)" when there is none.
    let show (item: Dictionary<string, AttributeValue> | null) =
        match item with
        | null -> "(none)"
        | known when known.Count = 0 -> "(none)"
        | known -> map known

module Json =
    let parse (text: string) = JsonElement.Parse text

    /// Asserts that two texts are the same JSON, whatever their spelling.
    let isSame (expected: string) (actual: string) =
        Assert.That(JsonElement.DeepEquals(parse expected, parse actual), $"{actual} is not {expected}")
