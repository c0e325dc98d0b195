// What a user chooses about the keys of an operation, before it is bound to the JSON and the functions of a handler.
namespace Idempotency.Core

open System

/// <summary>Gives the JSON of the types that a selector needs, as a handler's options have it.</summary>
type IJsonSources =
    /// <summary>The JSON of a type.</summary>
    /// <param name="what">What it is for, as errors name it: <c>the key</c>.</param>
    abstract Of<'T> : what: string -> JsonSource<'T>

/// <summary>A function that selects a part of an input, whatever the part's type.</summary>
[<AbstractClass>]
type Selector<'Input> internal () =
    /// <summary>The JSON of the part.</summary>
    /// <param name="sources">Gives the JSON of the part's type.</param>
    /// <param name="what">What it is for.</param>
    abstract Bind: sources: IJsonSources * what: string -> JsonSource<'Input>

/// <summary>A function that selects a part of an input.</summary>
/// <param name="select">The function. What it gives is written as JSON.</param>
[<Sealed>]
type Selector<'Input, 'Part>(select: Func<'Input, 'Part>) =
    inherit Selector<'Input>()

    override _.Bind(sources, what) = (sources.Of<'Part> what).After select

/// Which part of an input is meant.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type Part<'Input> =
    /// All of it.
    | Whole
    /// What a function selects.
    | Selected of Selector<'Input>
    /// What a JMESPath expression selects of its JSON.
    | Path of string

/// What is chosen about the keys of an operation.
[<NoComparison; NoEquality>]
type KeyChoice<'Input> =
    {
        /// How keys are written. A format of Powertools knows no functions, only expressions.
        Format: KeyFormat
        /// The whole text before `#`; null for scope and name. A format of Powertools needs it.
        Prefix: string | null
        /// The input's JSON, where the caller has it already, in UTF-8; null to have it written.
        Json: Func<'Input, ReadOnlyMemory<byte>> | null
        /// What the key is made of.
        Key: Part<'Input>
        /// What must be the same each time a key is used, where payloads are checked. Nothing for all of the input; in a
        /// format of Powertools for nothing at all.
        Payload: Part<'Input> voption
        /// Whether a format of Powertools alone says what is no key. Some of them make one record of all events that have
        /// none; false has this library's rule besides.
        FormatDecidesMissing: bool
    }

/// Parts of an input for F#.
module Part =
    /// What a function selects.
    let by (select: 'Input -> 'Part) : Part<'Input> =
        Part.Selected(Selector<'Input, 'Part>(Func<'Input, 'Part> select))

/// Choices of keys for F#.
module KeyChoice =
    /// The whole input, in the canonical format.
    let whole<'Input> : KeyChoice<'Input> =
        { Format = KeyFormat.Canonical
          Prefix = null
          Json = null
          Key = Part.Whole
          Payload = ValueNone
          FormatDecidesMissing = false }
