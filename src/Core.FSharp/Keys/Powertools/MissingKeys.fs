// What each language does with a value that may count as no key.
namespace Idempotency.Core

/// What becomes of a call.
[<RequireQualifiedAccess; NoComparison>]
type internal KeyRule =
    /// The value makes a key.
    | Key
    /// The function runs without a record.
    | Missing
    /// The call fails.
    | Error

module internal MissingKeys =
    let private areNulls (values: JsonTree seq) = values |> Seq.forall _.IsNull

    let private valuesOf (members: struct (string * JsonTree)[]) =
        JsonTree.distinct members |> Seq.map (fun struct (_, value) -> value)

    /// What JavaScript counts as false.
    let private isFalsy (tree: JsonTree) =
        match tree with
        | JsonTree.Null -> true
        | JsonTree.Boolean value -> not value
        | JsonTree.Number text -> DialectNumbers.toDouble text = 0.0
        | JsonTree.Text text -> text.Length = 0
        | JsonTree.Items _
        | JsonTree.Members _ -> false

    let private isMissingInPython (tree: JsonTree) =
        match tree with
        | JsonTree.Null -> true
        | JsonTree.Boolean _
        | JsonTree.Number _ -> false
        | JsonTree.Text text -> text.Length = 0
        | JsonTree.Items items -> areNulls items
        // Python goes over the names of a dict, which are never None.
        | JsonTree.Members members -> members.Length = 0

    let private isMissingInJava (tree: JsonTree) =
        match tree with
        | JsonTree.Null -> true
        | JsonTree.Boolean _
        | JsonTree.Number _
        | JsonTree.Text _ -> false
        | JsonTree.Items items -> areNulls items
        | JsonTree.Members members -> areNulls (valuesOf members)

    let private failsInTypeScript (tree: JsonTree) =
        match tree with
        | JsonTree.Null
        | JsonTree.Boolean _
        | JsonTree.Number _
        | JsonTree.Text _ -> isFalsy tree
        | JsonTree.Items items -> Array.forall isFalsy items
        | JsonTree.Members members -> Seq.forall isFalsy (valuesOf members)

    let private failsInDotNet (tree: JsonTree) =
        match tree with
        | JsonTree.Null -> true
        | JsonTree.Text text -> text.Length = 0
        | JsonTree.Boolean _
        | JsonTree.Number _
        | JsonTree.Items _
        | JsonTree.Members _ -> false

    /// What the language does with a value that an expression selected, or with a whole event. `raises` is its option
    /// to fail when there is no key.
    let rule (language: PowertoolsLanguage) (raises: bool) (isSelected: bool) (tree: JsonTree) : KeyRule =
        let unless isMissing =
            if not isMissing then KeyRule.Key
            elif raises then KeyRule.Error
            else KeyRule.Missing

        match language with
        | PowertoolsLanguage.Python -> unless (isMissingInPython tree)
        | PowertoolsLanguage.Java -> unless (isMissingInJava tree)
        | PowertoolsLanguage.TypeScript ->
            unless (if raises then failsInTypeScript tree else isSelected && tree.IsNull)
        | PowertoolsLanguage.DotNet -> unless (raises && failsInDotNet tree)
