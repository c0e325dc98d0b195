// What the tests of JMESPath share: compiling what must compile, and evaluating text.
module Core.Tests.JmesPathSupport

open System
open System.Text
open System.Text.Json
open NUnit.Framework
open Idempotency.Core
open Idempotency

/// The path of an expression that must compile.
let compiled (expression: string) =
    match JmesPath.compile expression FunctionTable.Powertools with
    | Ok path -> path
    | Error problem -> raise (AssertionException $"must compile: {problem.Message}")

/// What is wrong with an expression that must not compile.
let refused (expression: string) =
    match JmesPath.compile expression FunctionTable.Powertools with
    | Ok _ -> raise (AssertionException $"must not compile: {expression}")
    | Error problem -> problem

/// The value of an expression for a document, or what is wrong.
let tryEvaluate (expression: string) (document: string) =
    CompiledPath.evaluate (JsonElement.Parse document) (compiled expression)

/// The value of an expression for a document, as JSON.
let evaluated (expression: string) (document: string) =
    match tryEvaluate expression document with
    | Ok value -> JmesValue.toJson value
    | Error problem -> raise (AssertionException $"must have a value: {problem.Message}")

/// What is wrong when an expression is evaluated.
let failed (expression: string) (document: string) =
    match tryEvaluate expression document with
    | Ok value -> raise (AssertionException $"must fail, but gives {JmesValue.toJson value}")
    | Error problem -> problem

let sameJson (expected: JsonElement) (actual: string) =
    JmesValue.equal (JmesValue expected) (JmesValue(JsonElement.Parse actual))

/// The exception that running something must throw.
let thrownBy<'Exn when 'Exn :> exn> (run: unit -> unit) : 'Exn =
    try
        run ()
        raise (AssertionException $"nothing was thrown, where {typeof<'Exn>.Name} must be")
    with :? 'Exn as expected ->
        expected

let textOf (utf8: byte[]) = Encoding.UTF8.GetString utf8

let utf8 (text: string) =
    ReadOnlyMemory(Encoding.UTF8.GetBytes text)

/// The path of an expression that the evaluator evaluates, whatever its shape.
let evaluator (expression: string) =
    let node = Parser.parse expression
    CompiledPath(expression, Evaluator.compile FunctionTable.Powertools node, ValueNone)

/// The result for a document, or the kind and the message of what is wrong.
let outcome (document: ReadOnlyMemory<byte>) (path: CompiledPath) =
    path
    |> CompiledPath.evaluateUtf8 document
    |> Result.map textOf
    |> Result.mapError (fun problem -> struct (problem.Kind, problem.Message))

/// The result the general way.
let generally (expression: string) document = outcome document (evaluator expression)

/// The result the short way, where the expression has its shape.
let shortly (expression: string) document = outcome document (compiled expression)

/// The folder of the repository.
let repository: string = HouseRules.root
