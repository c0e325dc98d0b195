// From an expression's text to its tree, by operator precedence (Pratt).
namespace Idempotency.Core

open System.Collections.Generic

module internal Parser =
    /// Steps one after the other; @ is no step.
    let private chain nodes =
        match nodes |> List.filter (fun (node: Node) -> not node.IsCurrent) with
        | [] -> Node.Current
        | [ only ] -> only
        | steps -> Node.Chain steps

    /// Reads an expression up to a token that binds no stronger than `power`. The level bounds the recursion here.
    let rec private expression (cursor: Cursor) level power : Node =
        if level > Cursor.MaxDepth then cursor.FailTooDeep()

        let mutable left = beginning cursor (level + 1)

        while power < BindingPower.ofToken cursor.Current do
            left <- continuation cursor (level + 1) left

        left

    /// What can stand at the beginning of an expression.
    and private beginning (cursor: Cursor) level : Node =
        let start = cursor.Position
        let token = cursor.Current

        match token with
        | Token.Identifier name ->
            cursor.Advance()

            if cursor.Take _.IsLeftParenthesis then
                call cursor level name start
            else
                cursor.Leaf(Node.Member(MemberName name))
        | Token.QuotedIdentifier name ->
            cursor.Advance()

            if cursor.Current.IsLeftParenthesis then
                cursor.FailAt start "the name of a function must not stand in quotes"

            cursor.Leaf(Node.Member(MemberName name))
        | Token.Literal value ->
            cursor.Advance()
            cursor.Leaf(Node.Literal value)
        | Token.Current ->
            cursor.Advance()
            cursor.Leaf Node.Current
        | Token.LeftParenthesis ->
            cursor.Advance()
            let inner = expression cursor level 0
            cursor.Expect("an operator or )", _.IsRightParenthesis)
            inner
        | Token.Not ->
            cursor.Advance()
            let inner = expression cursor level BindingPower.negation
            cursor.Above(cursor.Height, Node.Not inner)
        | Token.LeftBrace ->
            cursor.Advance()
            selectHash cursor level
        | Token.LeftBracket when beginsBracket cursor -> continuation cursor level (cursor.Leaf Node.Current)
        | Token.LeftBracket ->
            cursor.Advance()
            selectList cursor level
        | Token.Star ->
            cursor.Advance()
            project cursor level BindingPower.star (cursor.Leaf Node.Current) Node.MemberProjection
        | Token.Filter
        | Token.Flatten -> continuation cursor level (cursor.Leaf Node.Current)
        | Token.Reference ->
            cursor.FailAt start "&expression can only be the argument of a function that takes one"
        | Token.Number _ -> cursor.FailAt start "a number must be an index, as in [1], or stand in backquotes"
        | Token.Dot
        | Token.Comma
        | Token.Colon
        | Token.RightParenthesis
        | Token.RightBrace
        | Token.RightBracket
        | Token.Or
        | Token.And
        | Token.Pipe
        | Token.Comparator _
        | Token.End -> cursor.Fail "an expression"

    /// Whether a bracket holds an index, a slice or a star, and not a list of expressions.
    and private beginsBracket cursor =
        let next = cursor.Ahead 1

        next.IsNumber
        || next.IsColon
        || (next.IsStar && (cursor.Ahead 2).IsRightBracket)

    /// What can follow an expression, with what it binds to itself.
    and private continuation cursor level left : Node =
        match cursor.Current with
        | Token.Dot when (cursor.Ahead 1).IsStar ->
            cursor.Advance()
            cursor.Advance()
            project cursor level BindingPower.dot left Node.MemberProjection
        | Token.Dot ->
            let more () =
                not (cursor.Ahead 1).IsStar && cursor.Take _.IsDot

            cursor.Row(left, more, (fun () -> step cursor level BindingPower.dot), chain)
        | Token.Pipe -> row cursor level BindingPower.pipe left _.IsPipe chain
        | Token.Or -> row cursor level BindingPower.alternative left _.IsOr Node.Or
        | Token.And -> row cursor level BindingPower.condition left _.IsAnd Node.And
        | Token.Comparator comparator ->
            let height = cursor.Height
            cursor.Advance()
            let right = expression cursor level BindingPower.comparison
            cursor.Above(max height cursor.Height, Node.Comparison(comparator, left, right))
        | Token.Flatten ->
            cursor.Advance()
            let flat = cursor.Above(cursor.Height, Node.Flatten left)
            project cursor level BindingPower.flatten flat Node.Projection
        | Token.Filter ->
            cursor.Advance()
            filter cursor level left
        | Token.LeftBracket -> bracket cursor level left
        | Token.Identifier _
        | Token.QuotedIdentifier _
        | Token.Literal _
        | Token.Number _
        | Token.Star
        | Token.Comma
        | Token.Colon
        | Token.Current
        | Token.LeftParenthesis
        | Token.RightParenthesis
        | Token.LeftBrace
        | Token.RightBrace
        | Token.RightBracket
        | Token.Reference
        | Token.Not
        | Token.End -> cursor.Fail "an operator"

    /// Expressions with one operator between them.
    and private row cursor level power left (isOperator: Token -> bool) (combine: Node list -> Node) : Node =
        cursor.Row(
            left,
            (fun () -> cursor.Take isOperator),
            (fun () -> expression cursor level power),
            combine
        )

    /// condition] and what is made of each item.
    and private filter cursor level left : Node =
        let height = cursor.Height
        let condition = expression cursor level 0
        cursor.Expect("an operator or ]", _.IsRightBracket)
        let highest = max height cursor.Height

        let each =
            if cursor.Current.IsFlatten then
                cursor.Leaf Node.Current
            else
                projectionStep cursor level BindingPower.flatten

        cursor.Above(max highest cursor.Height, Node.Filter(left, condition, each))

    /// [1], [1:2] or [*] behind an expression.
    and private bracket cursor level left : Node =
        let isIndex () =
            (cursor.Ahead 1).IsNumber && not (cursor.Ahead 2).IsColon

        let bracketed (node: Node) =
            cursor.Advance()
            cursor.Expect("]", _.IsRightBracket)
            node

        if isIndex () then
            let more () =
                cursor.Current.IsLeftBracket && isIndex ()

            let read () =
                cursor.Advance()
                bracketed (cursor.Leaf(Node.Index(ValueOption.defaultValue 0 cursor.Current.Index)))

            cursor.Row(left, more, read, chain)
        else
            cursor.Advance()

            if cursor.Current.IsStar then
                project cursor level BindingPower.star (bracketed left) Node.Projection
            elif cursor.Current.IsNumber || cursor.Current.IsColon then
                let height = cursor.Height
                let slice = cursor.Slice()
                let source = cursor.Above(max height cursor.Height, chain [ left; slice ])
                project cursor level BindingPower.star source Node.Projection
            else
                cursor.Fail "an index, a slice or *"

    /// A projection whose source was just read.
    and private project cursor level power source (combine: Node * Node -> Node) : Node =
        let height = cursor.Height
        let each = projectionStep cursor level power
        cursor.Above(max height cursor.Height, combine (source, each))

    /// What is made of each item of a projection.
    and private projectionStep cursor level power : Node =
        let token = cursor.Current

        if BindingPower.ofToken token < BindingPower.projectionStop then
            cursor.Leaf Node.Current
        elif token.IsLeftBracket || token.IsFilter then
            expression cursor level power
        else
            cursor.Expect("an operator", _.IsDot)
            step cursor level power

    /// What can stand behind a dot.
    and private step cursor level power : Node =
        if ValueOption.isSome cursor.Current.Name || cursor.Current.IsStar then
            expression cursor level power
        elif cursor.Take _.IsLeftBracket then
            selectList cursor level
        elif cursor.Take _.IsLeftBrace then
            selectHash cursor level
        else
            cursor.Fail "a name, a function, *, [ or {"

    /// a, b]
    and private selectList cursor level : Node =
        let items =
            cursor.Items("]", _.IsRightBracket, (fun () -> expression cursor level 0))

        cursor.Above(cursor.Height, Node.SelectList items)

    /// x: a, y: b}
    and private selectHash cursor level : Node =
        let read () : struct (MemberName * Node) =
            match cursor.Current.Name with
            | ValueSome name ->
                cursor.Advance()
                cursor.Expect(":", _.IsColon)
                struct (MemberName name, expression cursor level 0)
            | ValueNone -> cursor.Fail "a name"

        let members = cursor.Items("}", _.IsRightBrace, read)
        cursor.Above(cursor.Height, Node.SelectHash(lastOfEach members))

    /// Keeps the last member of each name, in the place of the first.
    and private lastOfEach (members: struct (MemberName * Node) list) =
        let last = Dictionary<string, Node>()

        for struct (name, node) in members do
            last[name.Text] <- node

        if last.Count = members.Length then
            members
        else
            members
            |> List.distinctBy (fun (struct (name, _)) -> name.Text)
            |> List.map (fun (struct (name, _)) -> struct (name, last[name.Text]))

    /// arguments) behind the name of a function.
    and private call cursor level name start : Node =
        let read () =
            let position = cursor.Position

            if cursor.Take _.IsReference then
                Argument.Expression(expression cursor level 0, position)
            else
                Argument.Value(expression cursor level 0, position)

        let arguments =
            if cursor.Take _.IsRightParenthesis then
                cursor.Height <- 0
                []
            else
                cursor.Items(")", _.IsRightParenthesis, read)

        let call =
            { Name = name
              Position = start
              Arguments = arguments }

        cursor.Above(cursor.Height, Node.Call call)

    /// The tree of an expression.
    let parse (text: string) : Node =
        let cursor = Cursor text
        let node = expression cursor 1 0

        if cursor.Current.IsEnd then
            node
        else
            cursor.Fail "an operator or the end of the expression"
