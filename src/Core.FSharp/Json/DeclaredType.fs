// What System.Text.Json leaves out of a value whose class is not the declared one.
namespace Idempotency.Core

open System
open System.Text.Json.Serialization.Metadata

/// JSON shows an object as its declared type: without a discriminator, what a derived one has besides is left out.
[<Sealed>]
type internal DeclaredType<'T>(typeInfo: JsonTypeInfo<'T>) =
    let declared = typeof<'T>

    let leavesOut =
        typeInfo.Kind = JsonTypeInfoKind.Object
        && isNull typeInfo.PolymorphismOptions
        && not declared.IsSealed

    /// Whether no value can be of the type itself.
    member _.IsNeverWhole = leavesOut && declared.IsAbstract

    /// Refuses a value of which something would be left out.
    member _.Refuse(value: 'T) =
        if leavesOut then
            match box value with
            | null -> ()
            | known when known.GetType() = declared -> ()
            | known ->
                raise (
                    NotSupportedException(
                        worded
                            $"A {known.GetType()} would be written as {declared}, without what it has besides. Declare it with \
                          [JsonDerivedType], use {declared} itself, or give the operation a codec or a key selector of its own."
                    )
                )
