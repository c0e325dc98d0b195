// From the tree to a function from value to value. Functions are looked up, and their arguments counted, here; what
// is left to find out when evaluating is the types of arguments.
namespace Idempotency.Core

open System.Collections.Generic
open Idempotency

module internal Evaluator =
    type private Evaluation = JmesValue -> JmesValue

    /// What is made of each item, without nulls.
    let private project (each: Evaluation) (array: JmesValue) =
        let results = List<JmesValue>(min 16 (JmesArray.count array))

        for item in JmesItems array do
            let result = each item

            if not result.IsNull then results.Add result

        JmesValue.OfItems results

    let private filter (condition: Evaluation) (each: Evaluation) (array: JmesValue) =
        let results = List<JmesValue>()

        for item in JmesItems array do
            if JmesValues.isTrue (condition item) then
                let result = each item

                if not result.IsNull then results.Add result

        JmesValue.OfItems results

    let private projectMembers (each: Evaluation) (value: JmesValue) =
        let results = List<JmesValue>()

        for item in (JmesValues.members value).Values do
            let result = each item

            if not result.IsNull then results.Add result

        JmesValue.OfItems results

    let private flatten (array: JmesValue) =
        let results = List<JmesValue>(JmesArray.count array)

        for item in JmesItems array do
            if JmesValues.isArray item then
                for inner in JmesItems item do
                    results.Add inner
            else
                results.Add item

        JmesValue.OfItems results

    let private itemAt index (value: JmesValue) =
        if not (JmesValues.isArray value) then
            JmesValue.Null
        else
            let count = JmesArray.count value
            let place = if index < 0 then count + index else index

            if place >= 0 && place < count then
                JmesArray.item place value
            else
                JmesValue.Null

    let private orders comparator order =
        match comparator with
        | Comparator.Equal -> order = 0
        | Comparator.NotEqual -> order <> 0
        | Comparator.Less -> order < 0
        | Comparator.LessOrEqual -> order <= 0
        | Comparator.Greater -> order > 0
        | Comparator.GreaterOrEqual -> order >= 0

    /// Only numbers are less or greater than others; anything else gives null.
    let private compare comparator (left: JmesValue) (right: JmesValue) =
        match comparator with
        | Comparator.Equal -> JmesValues.ofBool (JmesEquality.equal left right)
        | Comparator.NotEqual -> JmesValues.ofBool (not (JmesEquality.equal left right))
        | Comparator.Less
        | Comparator.LessOrEqual
        | Comparator.Greater
        | Comparator.GreaterOrEqual ->
            if left.Type = JmesTypes.Number && right.Type = JmesTypes.Number then
                JmesValues.ofBool (orders comparator (JmesNumbers.compare left.Element right.Element))
            else
                JmesValue.Null

    /// The first value that counts as `wanted`, or else the last one.
    let private firstThat (wanted: bool) (parts: Evaluation[]) : Evaluation =
        let last = parts.Length - 1

        fun value ->
            let mutable i = 0
            let mutable result = parts[0] value

            while i < last && JmesValues.isTrue result <> wanted do
                i <- i + 1
                result <- parts[i] value

            result

    let private inTurn (steps: Evaluation[]) : Evaluation =
        fun value ->
            let mutable result = value

            for step in steps do
                result <- step result

            result

    let private ifArray (make: JmesValue -> JmesValue) (source: Evaluation) : Evaluation =
        fun value ->
            let array = source value
            if JmesValues.isArray array then make array else JmesValue.Null

    let rec private build (functions: FunctionTable) (node: Node) : Evaluation =
        match node with
        | Node.Current -> id
        | Node.Member name -> JmesValues.memberOf name
        | Node.Index index -> itemAt index
        | Node.Slice slice -> ifArray (Slicing.apply slice) id
        | Node.Literal literal ->
            let value = JmesValue literal
            fun _ -> value
        | Node.Chain steps -> inTurn (buildAll functions steps)
        | Node.Projection(source, each) -> ifArray (project (build functions each)) (build functions source)
        | Node.MemberProjection(source, each) ->
            let source = build functions source
            let each = build functions each

            fun value ->
                let object = source value

                if object.Type = JmesTypes.Object then
                    projectMembers each object
                else
                    JmesValue.Null
        | Node.Filter(source, condition, each) ->
            ifArray (filter (build functions condition) (build functions each)) (build functions source)
        | Node.Flatten source -> ifArray flatten (build functions source)
        | Node.SelectList items ->
            let items = buildAll functions items

            fun value ->
                if value.IsNull then
                    JmesValue.Null
                else
                    let results = List<JmesValue>(items.Length)

                    for item in items do
                        results.Add(item value)

                    JmesValue.OfItems results
        | Node.SelectHash members ->
            let names = [| for struct (name, _) in members -> name.Text |]
            let values = [| for struct (_, node) in members -> build functions node |]

            fun value ->
                if value.IsNull then
                    JmesValue.Null
                else
                    let results = Array.zeroCreate values.Length

                    for i in 0 .. values.Length - 1 do
                        results[i] <- values[i] value

                    JmesValue.OfObject(JmesObject(names, results))
        | Node.Comparison(comparator, left, right) ->
            let left = build functions left
            let right = build functions right
            fun value -> compare comparator (left value) (right value)
        | Node.Or alternatives -> firstThat true (buildAll functions alternatives)
        | Node.And conditions -> firstThat false (buildAll functions conditions)
        | Node.Not inner ->
            let inner = build functions inner
            fun value -> JmesValues.ofBool (not (JmesValues.isTrue (inner value)))
        | Node.Call call -> buildCall functions call

    and private buildAll functions (nodes: Node list) : Evaluation[] =
        nodes |> List.map (build functions) |> Array.ofList

    and private buildCall functions (call: Call) : Evaluation =
        let site: CallSite =
            { Name = call.Name
              Position = call.Position }

        let func = Calls.find functions site
        let parameters = Calls.parameters site func call.Arguments

        match func.Body with
        | Body.OfValues body ->
            let arguments =
                call.Arguments |> List.map (_.Node >> build functions) |> Array.ofList

            fun value ->
                let values = Array.zeroCreate arguments.Length

                for i in 0 .. arguments.Length - 1 do
                    values[i] <- arguments[i] value
                    Parameters.check site i parameters[i] values[i]

                body site values
        | Body.OfEach body ->
            let place isExpression =
                parameters
                |> Array.findIndex (fun (parameter: Parameter) -> parameter.IsExpression = isExpression)

            let nodes = call.Arguments |> List.map _.Node |> Array.ofList
            let arrayAt = place false
            let expression = build functions nodes[place true]
            let array = build functions nodes[arrayAt]

            fun value ->
                let items = array value
                Parameters.check site arrayAt parameters[arrayAt] items
                body site expression items

    /// The meaning of an expression.
    let compile (functions: FunctionTable) (node: Node) : JmesValue -> JmesValue = build functions node
