// When two values are the same: numbers by value, texts by code points, objects whatever the order of their members.
namespace Idempotency.Core

open System
open System.Collections.Generic
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open System.Text.Json
open Idempotency

module internal JmesEquality =
    let private sameText (a: JmesValue) (b: JmesValue) =
        if isNull a.Computed && isNull b.Computed then
            let x = JsonMarshal.GetRawUtf8Value a.Element
            let y = JsonMarshal.GetRawUtf8Value b.Element

            // Only what is escaped can be spelled in two ways.
            if x.Contains '\\'B || y.Contains '\\'B then
                String.Equals(JmesValues.text a, JmesValues.text b, StringComparison.Ordinal)
            else
                x.SequenceEqual y
        else
            String.Equals(JmesValues.text a, JmesValues.text b, StringComparison.Ordinal)

    let rec equal (a: JmesValue) (b: JmesValue) : bool =
        let kind = a.Type

        if kind <> b.Type then
            false
        else
            match kind with
            | JmesTypes.Null -> true
            | JmesTypes.Boolean -> a.Element.ValueKind = b.Element.ValueKind
            | JmesTypes.Number -> JmesNumbers.compare a.Element b.Element = 0
            | JmesTypes.String -> sameText a b
            | JmesTypes.Array -> sameItems a b
            | _ -> sameMembers (JmesValues.members a) (JmesValues.members b)

    and private sameItems (a: JmesValue) (b: JmesValue) =
        RuntimeHelpers.EnsureSufficientExecutionStack()

        if JmesArray.count a <> JmesArray.count b then
            false
        else
            let mutable left = JmesItemEnumerator a
            let mutable right = JmesItemEnumerator b
            let mutable same = true

            while same && left.MoveNext() && right.MoveNext() do
                same <- equal left.Current right.Current

            same

    and private sameMembers (a: JmesObject) (b: JmesObject) =
        RuntimeHelpers.EnsureSufficientExecutionStack()
        let count = a.Names.Length
        let mutable same = count = b.Names.Length
        let mutable i = 0

        // Most often the order is the same.
        while same && i < count && a.Names[i] = b.Names[i] do
            same <- equal a.Values[i] b.Values[i]
            i <- i + 1

        if same && i < count then
            let others = Dictionary<string, JmesValue>(count - i)

            for j in i .. count - 1 do
                others[b.Names[j]] <- b.Values[j]

            while same && i < count do
                let mutable other = JmesValue.Null
                same <- others.TryGetValue(a.Names[i], &other) && equal a.Values[i] other
                i <- i + 1

        same
