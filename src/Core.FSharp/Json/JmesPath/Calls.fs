// What can be said about a call before anything is evaluated: that the function exists, and takes so many arguments,
// and expressions where expressions stand.
namespace Idempotency.Core

open Idempotency

module internal Calls =
    /// The function that is called.
    let find (functions: FunctionTable) (site: CallSite) : JmesFunction =
        let mutable found = Unchecked.defaultof<JmesFunction>

        if functions.TryFind(site.Name, &found) then
            found
        else
            let hint =
                match functions.Like site.Name with
                | Some known -> $"; did you mean {known}()?"
                | None -> ""

            site.Fail(JmesProblemKind.UnknownFunction, $"is not a function that this table has{hint}")

    let private count number =
        if number = 1 then "1 argument" else worded $"{number} arguments"

    let private checkArity (site: CallSite) (func: JmesFunction) given =
        let wanted = func.Parameters.Length

        if func.IsVariadic && given < wanted then
            site.Fail(
                JmesProblemKind.InvalidArity,
                worded $"takes at least {count wanted}, but is given {given}"
            )
        elif not func.IsVariadic && given <> wanted then
            site.Fail(JmesProblemKind.InvalidArity, worded $"takes {count wanted}, but is given {given}")

    let private checkReference (site: CallSite) index (parameter: Parameter) (argument: Argument) =
        let fail reason =
            JmesFailure.raiseAt
                JmesProblemKind.InvalidType
                argument.Position
                (worded $"{site.Name}() {reason}")

        if parameter.IsExpression && not argument.IsExpression then
            fail (worded $"takes an expression as argument {index + 1}; write & before it")
        elif argument.IsExpression && not parameter.IsExpression then
            fail (worded $"takes a value as argument {index + 1}; leave the & out")

    /// What the function takes in the place of each argument.
    let parameters (site: CallSite) (func: JmesFunction) (arguments: Argument list) : Parameter[] =
        checkArity site func arguments.Length

        let parameters =
            Array.init arguments.Length (fun i -> func.Parameters[min i (func.Parameters.Length - 1)])

        arguments
        |> List.iteri (fun i argument -> checkReference site i parameters[i] argument)

        parameters
