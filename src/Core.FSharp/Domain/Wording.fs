// Sentences with values in them, without FSharp.Core's printf: it works by reflection, and a trimmed application would keep it.
[<AutoOpen>]
module internal Idempotency.Core.Wording

open System

/// The text, with its values as no culture in particular writes them.
let worded (text: FormattableString) : string = FormattableString.Invariant text
