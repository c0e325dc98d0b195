// JSON as F# code expects it: unions, options, records, lists and maps, by FSharp.SystemTextJson.
namespace Idempotency.Core

open System.Text.Json
open System.Text.Json.Serialization
open System.Text.Json.Serialization.Metadata

/// JSON of F# types: unions, options and lists, by FSharp.SystemTextJson.
module FSharpJson =
    /// The options of the F# surface. An option in an option, and an option of unit, look like None: give such a result a
    /// record or a union of its own.
    let options =
        let options =
            JsonSerializerOptions(TypeInfoResolver = DefaultJsonTypeInfoResolver())

        options.Converters.Add(JsonFSharpConverter(allowNullFields = true))
        options.MakeReadOnly()
        options
