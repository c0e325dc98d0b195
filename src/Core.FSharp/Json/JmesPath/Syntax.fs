// The tree that an expression's text is parsed into. It holds no functions and no values but literals; what it means
// is said in Evaluator.fs.
namespace Idempotency.Core

open System.Text
open System.Text.Json

/// The name of a member that an expression asks for, ready to be compared with UTF-8.
[<Sealed>]
type internal MemberName(text: string) =
    let utf8 = Encoding.UTF8.GetBytes text
    member _.Text = text
    member _.Utf8 = utf8

[<RequireQualifiedAccess>]
type internal Comparator =
    | Equal
    | NotEqual
    | Less
    | LessOrEqual
    | Greater
    | GreaterOrEqual

/// [start:stop:step], each of which may be left out. The step is never 0.
[<Struct; NoComparison; NoEquality>]
type internal Slice =
    { Start: int voption
      Stop: int voption
      Step: int }

/// Chains, alternatives and conditions are lists, so that long ones are not deep.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type internal Node =
    /// @, or nothing at all, as on the left of [0] when an expression begins with it.
    | Current
    | Member of MemberName
    | Index of int
    | Slice of Slice
    | Literal of JsonElement
    /// a.b, a | b, a[0]: each step's value is what the next one begins with.
    | Chain of steps: Node list
    /// a[*], a[1:2], a[]: the items of an array, and what is made of each.
    | Projection of source: Node * each: Node
    /// a.*: the values of an object's members, and what is made of each.
    | MemberProjection of source: Node * each: Node
    /// a[?condition]
    | Filter of source: Node * condition: Node * each: Node
    | Flatten of source: Node
    /// [a, b]
    | SelectList of Node list
    /// {x: a, y: b}; every name once.
    | SelectHash of struct (MemberName * Node) list
    | Comparison of Comparator * left: Node * right: Node
    | Or of Node list
    | And of Node list
    | Not of Node
    | Call of Call

/// name(arguments); the position is that of the name.
and [<NoComparison; NoEquality>] internal Call =
    { Name: string
      Position: int
      Arguments: Argument list }

and [<RequireQualifiedAccess; NoComparison; NoEquality>] internal Argument =
    | Value of Node * position: int
    /// &expression
    | Expression of Node * position: int

    member this.Node =
        match this with
        | Value(node, _)
        | Expression(node, _) -> node

    member this.Position =
        match this with
        | Value(_, position)
        | Expression(_, position) -> position
