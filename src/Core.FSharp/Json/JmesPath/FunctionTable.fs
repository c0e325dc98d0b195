// The functions that an expression can call, by name. A table never changes: adding a function makes a new one.
namespace Idempotency

open System
open System.Collections.Frozen
open System.Collections.Generic
open Idempotency.Core

/// <summary>The functions that expressions can call. It never changes, and can be shared by all threads.</summary>
[<Sealed>]
type FunctionTable private (functions: FrozenDictionary<string, JmesFunction>) =
    static let ofSeq (functions: JmesFunction seq) =
        let byName = Dictionary<string, JmesFunction>()

        for one in functions do
            byName[one.Name] <- one

        FunctionTable(byName.ToFrozenDictionary StringComparer.Ordinal)

    static let standard =
        ofSeq (NumberFunctions.all @ TextFunctions.all @ CollectionFunctions.all)

    static let powertools = standard.With(Array.ofList PowertoolsFunctions.all)

    /// <value>The 26 functions of the JMESPath specification.</value>
    static member Standard: FunctionTable = standard

    /// <value>The functions of the specification and <c>powertools_json</c>, <c>powertools_base64</c> and
    /// <c>powertools_base64_gzip</c>, as Powertools has them.</value>
    static member Powertools: FunctionTable = powertools

    /// <value>The names of the functions.</value>
    member _.Names: IReadOnlyCollection<string> = functions.Keys

    /// <summary>A table with more functions. One that has the name of a function here takes its place.</summary>
    /// <param name="more">The functions to add.</param>
    /// <returns>A new table.</returns>
    member _.With([<ParamArray>] more: JmesFunction[]) : FunctionTable =
        ofSeq (Seq.append functions.Values more)

    /// A table without the functions of these names.
    member internal _.Without(names: string list) : FunctionTable =
        ofSeq (functions.Values |> Seq.filter (fun one -> not (List.contains one.Name names)))

    member internal _.TryFind(name: string, found: byref<JmesFunction>) = functions.TryGetValue(name, &found)

    /// The name in the table that one may have meant by another.
    member internal _.Like(name: string) : string option =
        let plain (text: string) =
            text.Replace("_", "").ToLowerInvariant()

        functions.Keys
        |> Seq.tryFind (fun known ->
            plain known = plain name
            || Seq.sort (plain known) |> Seq.toList = (Seq.sort (plain name) |> Seq.toList))
