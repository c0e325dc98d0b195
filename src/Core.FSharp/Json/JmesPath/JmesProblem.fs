// Why an expression cannot be compiled or evaluated, and where in its text: a value, made into a message for people.
namespace Idempotency.Core

open System

/// The kinds of errors, by the names that the JMESPath specification and its compliance suite give them.
[<RequireQualifiedAccess>]
type JmesProblemKind =
    /// The text is not an expression of the language. Found when compiling.
    | Syntax
    /// A function is called that is not in the table. Found when compiling.
    | UnknownFunction
    /// A function is called with too few or too many arguments. Found when compiling.
    | InvalidArity
    /// An argument has a type that the function does not take. Found when evaluating, or when compiling if an
    /// expression reference (&expression) stands where a value must stand, or the other way round.
    | InvalidType
    /// A value that has the right type cannot be used: the step 0 of a slice (found when compiling), text that is not
    /// JSON, a failure of a function of the user's own.
    | InvalidValue
    /// The document is not JSON, is nested too deeply, or has a text that is not Unicode. Not the expression's fault.
    | InvalidDocument

    /// The name that the specification gives the kind: syntax, unknown-function, invalid-arity, invalid-type,
    /// invalid-value. It knows no invalid-document.
    member this.Name =
        match this with
        | Syntax -> "syntax"
        | UnknownFunction -> "unknown-function"
        | InvalidArity -> "invalid-arity"
        | InvalidType -> "invalid-type"
        | InvalidValue -> "invalid-value"
        | InvalidDocument -> "invalid-document"

/// Why an expression has no value.
[<NoComparison; NoEquality>]
type JmesProblem =
    {
        Kind: JmesProblemKind
        /// The expression's text.
        Expression: string
        /// Where in it, in UTF-16 code units from 0. As long as the text when it breaks off too early.
        Position: int
        /// What is wrong, as a sentence without a full stop.
        Reason: string
        /// The exception behind it, such as that of a function of the user's own, or null.
        Cause: exn | null
    }

    /// The line that holds the position, cut to what fits on a screen, and the column of the position in it.
    member private this.Excerpt =
        let width = 72
        let text = this.Expression

        let start =
            if this.Position = 0 then 0 else text.LastIndexOf('\n', this.Position - 1) + 1

        let stop =
            match text.IndexOf('\n', this.Position) with
            | -1 -> text.Length
            | next -> next

        let from = max start (this.Position - width / 2)
        let upTo = min stop (from + width)
        let before = if from > start then "..." else ""
        let after = if upTo < stop then "..." else ""
        let shown = text.Substring(from, upTo - from).Replace('\t', ' ').Replace('\r', ' ')
        struct (before + shown + after, before.Length + this.Position - from)

    /// The problem on one line: the column counts from 1.
    member this.Summary =
        worded $"{this.Kind.Name}, column {this.Position + 1}: {this.Reason}"

    /// The problem on three lines: what is wrong, the expression, and a caret under the place.
    member this.Message =
        let struct (shown, column) = this.Excerpt
        let margin = "    "
        String.Join('\n', this.Summary, margin + shown, margin + String(' ', column) + "^")

    override this.ToString() = this.Message

/// How a problem leaves the inside of the compiler and the evaluator; their surfaces catch it and return a value.
exception internal JmesFailed of kind: JmesProblemKind * position: int * reason: string * cause: (exn | null)

module internal JmesFailure =
    let raiseAt kind position reason : 'T =
        raise (JmesFailed(kind, position, reason, null))

    let raiseFrom kind position reason (cause: exn) : 'T =
        raise (JmesFailed(kind, position, reason, cause))

    /// Runs what may fail, for the expression with this text.
    let protect (expression: string) (run: unit -> 'T) : Result<'T, JmesProblem> =
        let problem kind position reason cause =
            Error
                { Kind = kind
                  Expression = expression
                  Position = position
                  Reason = reason
                  Cause = cause }

        try
            Ok(run ())
        with
        | JmesFailed(kind, position, reason, cause) -> problem kind position reason cause
        // What System.Text.Json throws for half of a surrogate pair, which no text can hold.
        | :? InvalidOperationException as cause when not (cause :? ObjectDisposedException) ->
            let reason =
                "a text of the document is not Unicode: it holds half of a surrogate pair"

            problem JmesProblemKind.InvalidDocument 0 reason cause
        | :? InsufficientExecutionStackException as cause ->
            problem JmesProblemKind.InvalidDocument 0 "the document is nested too deeply" cause
