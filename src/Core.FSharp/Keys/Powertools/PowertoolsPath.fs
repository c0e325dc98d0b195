// Expressions as a language of Powertools evaluates them.
namespace Idempotency.Core

open System.Text.Json
open Idempotency

module internal PowertoolsPath =
    let private asLiteral (name: MemberName) =
        Node.Literal(JsonElement.Parse(JmesText.quote name.Text))

    /// Puts a call in the place of every member that is read.
    let rec private calling (node: Node) : Node =
        match node with
        | Node.Member name ->
            Node.Call
                { Name = DialectFunctions.memberName
                  Position = 0
                  Arguments = [ Argument.Value(Node.Current, 0); Argument.Value(asLiteral name, 0) ] }
        | Node.Current
        | Node.Index _
        | Node.Slice _
        | Node.Literal _ -> node
        | Node.Chain steps -> Node.Chain(List.map calling steps)
        | Node.Projection(source, each) -> Node.Projection(calling source, calling each)
        | Node.MemberProjection(source, each) -> Node.MemberProjection(calling source, calling each)
        | Node.Filter(source, condition, each) -> Node.Filter(calling source, calling condition, calling each)
        | Node.Flatten source -> Node.Flatten(calling source)
        | Node.SelectList items -> Node.SelectList(List.map calling items)
        | Node.SelectHash members ->
            members
            |> List.map (fun struct (name, inner) -> struct (name, calling inner))
            |> Node.SelectHash
        | Node.Comparison(comparator, left, right) -> Node.Comparison(comparator, calling left, calling right)
        | Node.Or alternatives -> Node.Or(List.map calling alternatives)
        | Node.And conditions -> Node.And(List.map calling conditions)
        | Node.Not inner -> Node.Not(calling inner)
        | Node.Call call ->
            let argument (one: Argument) =
                match one with
                | Argument.Value(inner, position) -> Argument.Value(calling inner, position)
                | Argument.Expression(inner, position) -> Argument.Expression(calling inner, position)

            Node.Call
                { call with
                    Arguments = List.map argument call.Arguments }

    let private compileWith (language: PowertoolsLanguage) (functions: FunctionTable) (expression: string) =
        match language with
        | PowertoolsLanguage.DotNet ->
            JmesFailure.protect expression (fun () ->
                let node = calling (Parser.parse expression)
                CompiledPath(expression, Evaluator.compile functions node, ValueNone))
        | PowertoolsLanguage.Python
        | PowertoolsLanguage.TypeScript
        | PowertoolsLanguage.Java -> JmesPath.compile expression functions

    /// Compiles the expression that selects the key's value.
    let compileKey (language: PowertoolsLanguage) (functions: FunctionTable) (expression: string) =
        compileWith language (DialectFunctions.table language functions) expression

    /// Compiles the expression that selects the payload to check.
    let compilePayload (language: PowertoolsLanguage) (functions: FunctionTable) (expression: string) =
        compileWith language (DialectFunctions.payloadTable language functions) expression
