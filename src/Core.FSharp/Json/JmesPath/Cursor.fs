// What the parser stands on: the tokens and its place in them, the heights of the trees that it builds, and how
// strongly each token binds. The binding powers are those of the reference implementations, so that every expression
// is read as Powertools for Python and TypeScript read it.
namespace Idempotency.Core

open System.Collections.Generic

module internal BindingPower =
    let pipe = 1
    let alternative = 2
    let condition = 3
    let comparison = 5
    let flatten = 9
    /// What binds less than this ends a projection.
    let projectionStop = 10
    let star = 20
    let filter = 21
    let dot = 40
    let negation = 45
    let bracket = 55

    /// How strongly a token binds to what stands before it; 0 when it ends an expression.
    let ofToken token =
        match token with
        | Token.Pipe -> pipe
        | Token.Or -> alternative
        | Token.And -> condition
        | Token.Comparator _ -> comparison
        | Token.Flatten -> flatten
        | Token.Star -> star
        | Token.Filter -> filter
        | Token.Dot -> dot
        | Token.Not -> negation
        | Token.LeftBracket -> bracket
        | Token.Identifier _
        | Token.QuotedIdentifier _
        | Token.Literal _
        | Token.Number _
        | Token.Comma
        | Token.Colon
        | Token.Current
        | Token.LeftParenthesis
        | Token.RightParenthesis
        | Token.LeftBrace
        | Token.RightBrace
        | Token.RightBracket
        | Token.Reference
        | Token.End -> 0

[<Sealed>]
type internal Cursor(text: string) =
    let lexemes: List<Lexeme> = Lexer.tokens text
    let mutable place = 0

    /// How deeply an expression may be nested.
    static member MaxDepth = 256

    /// The height of the tree that was read last. It bounds the recursion of the evaluator.
    member val Height = 0 with get, set

    member _.Current = lexemes[place].Token

    /// The token so many places further on, or the last one.
    member _.Ahead(count: int) =
        lexemes[min (place + count) (lexemes.Count - 1)].Token

    member _.Position = lexemes[place].Start
    member _.Advance() = place <- place + 1

    member _.FailAt position reason : 'T =
        JmesFailure.raiseAt JmesProblemKind.Syntax position reason

    /// Says what should stand here.
    member this.Fail(wanted: string) : 'T =
        let lexeme = lexemes[place]

        if lexeme.Token.IsEnd then
            this.FailAt lexeme.Start $"the expression breaks off here, where {wanted} must follow"
        else
            let found = text.Substring(lexeme.Start, lexeme.Stop - lexeme.Start)
            this.FailAt lexeme.Start (worded $"found {found} where {wanted} must stand")

    member this.FailTooDeep() : 'T =
        this.FailAt this.Position (worded $"the expression is nested more than {Cursor.MaxDepth} levels deep")

    /// Goes over the token here if it is such a one.
    member this.Take(isIt: Token -> bool) =
        let taken = isIt this.Current

        if taken then this.Advance()

        taken

    member this.Expect(wanted: string, isIt: Token -> bool) =
        if not (this.Take isIt) then this.Fail wanted

    /// A node without parts.
    member this.Leaf(node: Node) : Node =
        this.Height <- 1
        node

    /// A node whose highest part has this height.
    member this.Above(highest: int, node: Node) : Node =
        if highest >= Cursor.MaxDepth then this.FailTooDeep()

        this.Height <- highest + 1
        node

    /// Expressions of one kind in a row: what was just read, and more as long as there is something to read.
    member this.Row(first: Node, more: unit -> bool, read: unit -> Node, combine: Node list -> Node) : Node =
        let nodes = List<Node>()
        nodes.Add first
        let mutable highest = this.Height

        while more () do
            nodes.Add(read ())
            highest <- max highest this.Height

        this.Above(highest, combine (List.ofSeq nodes))

    /// Items separated by commas, up to what closes them; at least one.
    member this.Items(closer: string, isCloser: Token -> bool, read: unit -> 'T) : 'T list =
        let items = List<'T>()
        let mutable highest = 0
        let mutable reading = true

        while reading do
            items.Add(read ())
            highest <- max highest this.Height

            if not (this.Take _.IsComma) then
                this.Expect($"a comma or {closer}", isCloser)
                reading <- false

        this.Height <- highest
        List.ofSeq items

    /// start:stop:step] behind an opening bracket.
    member this.Slice() : Node =
        let part () =
            match this.Current.Index with
            | ValueSome _ as number ->
                this.Advance()
                number
            | ValueNone -> ValueNone

        let start = part ()
        this.Expect("a number or :", _.IsColon)
        let stop = part ()
        let second = this.Take _.IsColon
        let stepAt = this.Position
        let step = if second then part () else ValueNone
        this.Expect((if second then "a number or ]" else "a number, : or ]"), _.IsRightBracket)

        if step = ValueSome 0 then
            JmesFailure.raiseAt JmesProblemKind.InvalidValue stepAt "the step of a slice must not be 0"

        this.Leaf(
            Node.Slice
                { Start = start
                  Stop = stop
                  Step = ValueOption.defaultValue 1 step }
        )
