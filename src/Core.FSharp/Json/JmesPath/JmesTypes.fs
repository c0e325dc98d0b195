// The types of JMESPath's values, as a function's parameters name them.
namespace Idempotency

open System

/// The types of JSON values, to be combined where a function takes several.
[<Flags>]
type JmesTypes =
    | None = 0
    | Null = 1
    | Boolean = 2
    | Number = 4
    | String = 8
    | Array = 16
    | Object = 32
    | Any = 63
