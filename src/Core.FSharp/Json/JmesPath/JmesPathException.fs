// How a problem reaches C#: as an exception, or as the error of a Try method.
namespace Idempotency

open System
open Idempotency.Core

/// <summary>The kinds of errors, by the names of the JMESPath specification.</summary>
type JmesPathErrorKind =
    /// <summary>The text is not an expression of the language.</summary>
    | Syntax = 0
    /// <summary>A function is called that the table does not have.</summary>
    | UnknownFunction = 1
    /// <summary>A function is called with too few or too many arguments.</summary>
    | InvalidArity = 2
    /// <summary>An argument has a type that the function does not take.</summary>
    | InvalidType = 3
    /// <summary>A value of the right type cannot be used, or a function of the user's own threw.</summary>
    | InvalidValue = 4
    /// <summary>The document is not JSON, is nested too deeply, or has text that is not Unicode.</summary>
    | InvalidDocument = 5

/// <summary>An expression cannot be compiled, or has no value for a document. The message shows the expression, with a
/// caret under the place.</summary>
[<Sealed>]
type JmesPathException internal (problem: JmesProblem) =
    inherit Exception(problem.Message, problem.Cause)

    /// <value>What kind of error it is.</value>
    member _.Kind =
        match problem.Kind with
        | JmesProblemKind.Syntax -> JmesPathErrorKind.Syntax
        | JmesProblemKind.UnknownFunction -> JmesPathErrorKind.UnknownFunction
        | JmesProblemKind.InvalidArity -> JmesPathErrorKind.InvalidArity
        | JmesProblemKind.InvalidType -> JmesPathErrorKind.InvalidType
        | JmesProblemKind.InvalidValue -> JmesPathErrorKind.InvalidValue
        | JmesProblemKind.InvalidDocument -> JmesPathErrorKind.InvalidDocument

    /// <value>The text of the expression.</value>
    member _.Expression = problem.Expression

    /// <value>The place in the expression, in UTF-16 code units from 0; its length when it breaks off too
    /// early.</value>
    member _.Position = problem.Position

    /// <value>What is wrong, without the expression.</value>
    member _.Reason = problem.Reason
