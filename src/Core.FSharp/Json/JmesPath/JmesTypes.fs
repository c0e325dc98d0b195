// The types of JMESPath's values, as a function's parameters name them.
namespace Idempotency

open System

/// The types of JSON values, to be combined where a function takes several.
[<Flags>]
type JmesTypes =
    /// No type: nothing is taken.
    | None = 0
    /// `null`, which is also the value of what is missing.
    | Null = 1
    /// `true` and `false`.
    | Boolean = 2
    /// A number.
    | Number = 4
    /// A text.
    | String = 8
    /// An array.
    | Array = 16
    /// An object.
    | Object = 32
    /// Whatever there is.
    | Any = 63
