// What a function of the language is: a name, the types that it takes, and a body. The specification's functions and
// those of users are made of the same parts.
namespace Idempotency.Core

open System
open System.Text.Json
open Idempotency

/// What a function takes in one place.
[<RequireQualifiedAccess; NoComparison>]
type internal Parameter =
    | Value of JmesTypes
    /// An array whose items are all of one type, which is one of these.
    | ArrayOf of JmesTypes
    /// &expression
    | Expression

/// The place in an expression where a function is called.
[<NoComparison; NoEquality>]
type internal CallSite =
    { Name: string
      Position: int }

    member this.Fail(kind, reason: string) : 'T =
        JmesFailure.raiseAt kind this.Position $"{this.Name}() {reason}"

    member this.FailType(reason: string) : 'T =
        this.Fail(JmesProblemKind.InvalidType, reason)

    member this.FailValue(reason: string) : 'T =
        this.Fail(JmesProblemKind.InvalidValue, reason)

    /// A function of the user's own threw.
    member this.FailFrom(problem: exn) : 'T =
        let reason = $"{this.Name}() failed: {problem.Message}"
        JmesFailure.raiseFrom JmesProblemKind.InvalidValue this.Position reason problem

[<RequireQualifiedAccess; NoComparison; NoEquality>]
type internal Body =
    | OfValues of (CallSite -> JmesValue[] -> JmesValue)
    /// For a function of one expression and one array, in whatever order.
    | OfEach of (CallSite -> (JmesValue -> JmesValue) -> JmesValue -> JmesValue)

namespace Idempotency

open System
open System.Text.Json
open Idempotency.Core

/// A function that expressions can call: one of the specification, of Powertools, or of the user's own.
[<Sealed>]
type JmesFunction internal (name: string, parameters: Parameter list, isVariadic: bool, body: Body) =
    do
        let isPart c = Char.IsAsciiLetterOrDigit c || c = '_'

        if name.Length = 0 || Char.IsAsciiDigit name[0] || not (String.forall isPart name) then
            invalidArg
                (nameof name)
                $"'{name}' cannot be called: the name of a function consists of ASCII letters, digits and underscores, and does not begin with a digit"

    /// The name that expressions call it by.
    member _.Name = name

    member internal _.Parameters = parameters
    /// Whether the last parameter can be repeated.
    member internal _.IsVariadic = isVariadic
    member internal _.Body = body

    /// <summary>Makes a function that is given values as elements and gives one back.</summary>
    /// <param name="name">What expressions call it by: ASCII letters, digits and underscores.</param>
    /// <param name="parameters">The types of the arguments. An argument that is none of them is an invalid-type
    /// error, and the body is not called.</param>
    /// <param name="body">Must be safe to call from several threads. What it throws is an invalid-value error with
    /// the message of the exception. An undefined element counts as null.</param>
    /// <returns>The function; <see cref="T:Idempotency.Core.FunctionTable"/> takes it.</returns>
    /// <exception cref="T:System.ArgumentException">The name cannot be written in an expression.</exception>
    static member Create
        (name: string, parameters: JmesTypes[], body: Func<JsonElement[], JsonElement>)
        : JmesFunction =
        let run (site: CallSite) (values: JmesValue[]) =
            let elements = Array.map JmesWriting.toElement values

            try
                JmesValue(body.Invoke elements)
            with problem ->
                site.FailFrom problem

        JmesFunction(name, parameters |> List.ofArray |> List.map Parameter.Value, false, Body.OfValues run)

/// Functions of your own for F#, and what their arguments are checked with.
module JmesFunction =
    /// A function of values. The body says what is wrong as the end of a sentence that begins with the function's
    /// name: Error "needs a date, which the text is not". It must be safe to call from several threads.
    let define
        (name: string)
        (parameters: JmesTypes list)
        (body: JmesValue list -> Result<JmesValue, string>)
        : JmesFunction =
        let run (site: CallSite) (values: JmesValue[]) =
            let result =
                try
                    body (List.ofArray values)
                with problem ->
                    site.FailFrom problem

            match result with
            | Ok value -> value
            | Error reason -> site.FailValue reason

        JmesFunction(name, List.map Parameter.Value parameters, false, Body.OfValues run)

module internal Parameters =
    let private failValue (site: CallSite) index types (found: JmesTypes) : 'T =
        let wanted = JmesValues.describe types
        site.FailType(worded $"takes {wanted} as argument {index + 1}, not {JmesValues.describe found}")

    /// Throws unless all items have one type of these.
    let checkItems (site: CallSite) index (types: JmesTypes) (array: JmesValue) =
        let mutable common = JmesTypes.None
        let mutable i = 0

        for item in JmesItems array do
            i <- i + 1
            let found = item.Type

            if found &&& types = JmesTypes.None then
                let wanted = JmesValues.describe types

                site.FailType(
                    worded
                        $"takes an array of {wanted} as argument {index + 1}, but item {i} is {JmesValues.describe found}"
                )

            if common = JmesTypes.None then common <- found

            if found <> common then
                site.FailType(
                    worded
                        $"takes an array of one type as argument {index + 1}, but it has {JmesValues.describe common} and, as item {i}, {JmesValues.describe found}"
                )

    /// Throws unless the value is what the parameter takes.
    let check (site: CallSite) index (parameter: Parameter) (value: JmesValue) =
        match parameter with
        | Parameter.Value types ->
            let found = value.Type

            if found &&& types = JmesTypes.None then failValue site index types found
        | Parameter.ArrayOf types ->
            let found = value.Type

            if found <> JmesTypes.Array then failValue site index JmesTypes.Array found

            checkItems site index types value
        | Parameter.Expression -> ()
