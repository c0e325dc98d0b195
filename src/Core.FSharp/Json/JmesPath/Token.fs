// The tokens of an expression. Text in quotes is already decoded in them.
namespace Idempotency.Core

open System.Text.Json

[<RequireQualifiedAccess; NoComparison; NoEquality>]
type internal Token =
    | Identifier of string
    | QuotedIdentifier of string
    | Literal of JsonElement
    /// Saturated: nothing has an index beyond the range of an int.
    | Number of int
    | Dot
    | Star
    | Comma
    | Colon
    | Current
    | LeftParenthesis
    | RightParenthesis
    | LeftBrace
    | RightBrace
    | LeftBracket
    | RightBracket
    /// []
    | Flatten
    /// [?
    | Filter
    | Or
    | And
    | Pipe
    /// &
    | Reference
    | Not
    | Comparator of Comparator
    | End

    /// The name that it is, quoted or not.
    member this.Name =
        match this with
        | Identifier name
        | QuotedIdentifier name -> ValueSome name
        | Literal _
        | Number _
        | Dot
        | Star
        | Comma
        | Colon
        | Current
        | LeftParenthesis
        | RightParenthesis
        | LeftBrace
        | RightBrace
        | LeftBracket
        | RightBracket
        | Flatten
        | Filter
        | Or
        | And
        | Pipe
        | Reference
        | Not
        | Comparator _
        | End -> ValueNone

    /// The number that it is.
    member this.Index =
        match this with
        | Number index -> ValueSome index
        | Identifier _
        | QuotedIdentifier _
        | Literal _
        | Dot
        | Star
        | Comma
        | Colon
        | Current
        | LeftParenthesis
        | RightParenthesis
        | LeftBrace
        | RightBrace
        | LeftBracket
        | RightBracket
        | Flatten
        | Filter
        | Or
        | And
        | Pipe
        | Reference
        | Not
        | Comparator _
        | End -> ValueNone

/// A token, and the part of the expression that it was read from.
[<Struct; NoComparison; NoEquality>]
type internal Lexeme = { Token: Token; Start: int; Stop: int }
