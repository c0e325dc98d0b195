// Why a value has no canonical form, and where in its text.
namespace Idempotency.Core

/// What is wrong with a JSON text.
[<RequireQualifiedAccess; NoComparison>]
type CanonicalFault =
    /// An object has two members of the same name, so that its readers may disagree about its value.
    | DuplicateMember
    /// A text holds half of a surrogate pair, or bytes that are no UTF-8.
    | NotUnicode
    /// A number's exponent is beyond a million.
    | NumberOutOfRange
    /// It is nested more deeply than is allowed.
    | TooDeep of limit: int
    /// It breaks off, or has something where nothing, or something else, must stand.
    | NotJson

/// Why a value has no canonical form. Line and column are those of the JSON text, from one; the column counts bytes.
[<NoComparison>]
type CanonicalProblem =
    { Fault: CanonicalFault
      Line: int64
      Column: int64 }

    /// The problem, as the end of a sentence that begins with "the value".
    member this.Text =
        let what =
            match this.Fault with
            | CanonicalFault.DuplicateMember ->
                "has an object with two members of the same name; give each member a name of its own"
            | CanonicalFault.NotUnicode -> "has a text that is not well-formed Unicode; send whole characters"
            | CanonicalFault.NumberOutOfRange ->
                "has a number with an exponent beyond a million; send it as text"
            | CanonicalFault.TooDeep limit ->
                worded
                    $"is nested more than {limit} levels deep; send less, or select a part of it for the key"
            | CanonicalFault.NotJson -> "is not well-formed JSON"

        worded $"{what} (line {this.Line}, byte {this.Column})"
