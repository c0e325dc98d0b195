// The functions that an expression can call, by name. A table never changes: adding a function makes a new one.
namespace Idempotency

open System
open System.Collections.Generic
open Idempotency.Core

/// <summary>The functions that expressions can call. It never changes, and can be shared by all threads.</summary>
[<Sealed>]
type FunctionTable private (functions: Lazy<Dictionary<string, JmesFunction>>) =
    // A table is filled when an expression first asks for a name: a program without expressions never does.
    static let ofSeq (functions: unit -> JmesFunction seq) =
        FunctionTable(
            lazy
                (let byName = Dictionary<string, JmesFunction>(StringComparer.Ordinal)

                 for one in functions () do
                     byName[one.Name] <- one

                 byName)
        )

    static let standard =
        ofSeq (fun () -> NumberFunctions.all @ TextFunctions.all @ CollectionFunctions.all)

    static let powertools = ofSeq (fun () -> Seq.append standard.All PowertoolsFunctions.all)

    member private _.All: JmesFunction seq = functions.Value.Values

    /// <value>The 26 functions of the JMESPath specification.</value>
    static member Standard: FunctionTable = standard

    /// <value>The functions of the specification and <c>powertools_json</c>, <c>powertools_base64</c> and
    /// <c>powertools_base64_gzip</c>, as Powertools has them.</value>
    static member Powertools: FunctionTable = powertools

    /// <value>The names of the functions.</value>
    member _.Names: IReadOnlyCollection<string> = functions.Value.Keys

    /// <summary>A table with more functions. One that has the name of a function here takes its place.</summary>
    /// <param name="more">The functions to add.</param>
    /// <returns>A new table.</returns>
    member this.With([<ParamArray>] more: JmesFunction[]) : FunctionTable =
        let added = Array.copy more

        if added |> Array.exists (fun one -> isNull (box one)) then
            raise (ArgumentException("A function that is to be added is null.", nameof more))

        ofSeq (fun () -> Seq.append this.All added)

    /// A table without the functions of these names.
    member internal this.Without(names: string list) : FunctionTable =
        ofSeq (fun () -> this.All |> Seq.filter (fun one -> not (List.contains one.Name names)))

    member internal _.TryFind(name: string, found: byref<JmesFunction>) =
        functions.Value.TryGetValue(name, &found)

    /// The name in the table that one may have meant by another.
    member internal _.Like(name: string) : string option =
        let plain (text: string) =
            text.Replace("_", "").ToLowerInvariant()

        functions.Value.Keys
        |> Seq.tryFind (fun known ->
            plain known = plain name
            || Seq.sort (plain known) |> Seq.toList = (Seq.sort (plain name) |> Seq.toList))
