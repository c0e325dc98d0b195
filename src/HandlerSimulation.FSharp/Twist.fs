// What a schedule says: where a run leaves the way on which nothing goes wrong. A schedule is a plain value: it can be
// shrunk, shown, and run again.
namespace Idempotency.Simulation.Users

open System
open System.Globalization
open Idempotency.Core
open Idempotency.Simulation

/// A kind of fault that a user can rule out.
[<RequireQualifiedAccess>]
type internal Kind =
    | Crash
    | Stall
    | Delay
    | LostReply
    | Copy
    | FailedRequest
    | FailedCall
    | Resend
    | Cancellation

/// Something out of the ordinary. Lengths are milliseconds.
[<RequireQualifiedAccess>]
type internal Twist =
    /// The process is gone when it comes here.
    | Crash
    /// The process sends what it sends here, and is gone.
    | CrashSent
    /// The process stands still when it comes here.
    | Stall of int64<ms>
    /// The request is under way for so long.
    | Slow of int64<ms>
    /// Its reply is under way for so long.
    | SlowReply of int64<ms>
    /// Its reply is lost, and it is sent again.
    | LoseReply
    /// It arrives once more, so much later.
    | Copy of int64<ms>
    /// It is carried out, but its sender sees it fail.
    | FailDone
    /// It is lost, and its sender sees it fail.
    | FailLost
    /// Its sender sees it fail, and so much later it is carried out.
    | FailLate of int64<ms>
    /// The caller begins so much later.
    | Wait of int64<ms>
    /// The process's clock is so far ahead.
    | Ahead of int64<ms>
    /// The caller cancels after so long.
    | Cancel of int64<ms>
    /// The caller sends again after so long, though the process goes on.
    | Resend of int64<ms>

module internal Twist =
    let private words twist =
        match twist with
        | Twist.Crash -> "crash", ValueNone
        | Twist.CrashSent -> "crash-sent", ValueNone
        | Twist.Stall length -> "stall", ValueSome length
        | Twist.Slow length -> "slow", ValueSome length
        | Twist.SlowReply length -> "slow-reply", ValueSome length
        | Twist.LoseReply -> "lose-reply", ValueNone
        | Twist.Copy length -> "copy", ValueSome length
        | Twist.FailDone -> "fail-done", ValueNone
        | Twist.FailLost -> "fail-lost", ValueNone
        | Twist.FailLate length -> "fail-late", ValueSome length
        | Twist.Wait length -> "wait", ValueSome length
        | Twist.Ahead length -> "ahead", ValueSome length
        | Twist.Cancel length -> "cancel", ValueSome length
        | Twist.Resend length -> "resend", ValueSome length

    /// As a schedule writes it.
    let text twist =
        match words twist with
        | word, ValueNone -> word
        | word, ValueSome(length: int64<ms>) -> $"{word}={length}"

    /// Reads what `text` writes.
    let parse (text: string) =
        let word, length =
            match text.Split '=' with
            | [| word; length |] ->
                match Int64.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture) with
                | true, number -> word, ValueSome(LanguagePrimitives.Int64WithMeasure<ms> number)
                | false, _ -> "", ValueNone
            | _ -> text, ValueNone

        match word, length with
        | "crash", ValueNone -> Some Twist.Crash
        | "crash-sent", ValueNone -> Some Twist.CrashSent
        | "stall", ValueSome length -> Some(Twist.Stall length)
        | "slow", ValueSome length -> Some(Twist.Slow length)
        | "slow-reply", ValueSome length -> Some(Twist.SlowReply length)
        | "lose-reply", ValueNone -> Some Twist.LoseReply
        | "copy", ValueSome length -> Some(Twist.Copy length)
        | "fail-done", ValueNone -> Some Twist.FailDone
        | "fail-lost", ValueNone -> Some Twist.FailLost
        | "fail-late", ValueSome length -> Some(Twist.FailLate length)
        | "wait", ValueSome length -> Some(Twist.Wait length)
        | "ahead", ValueSome length -> Some(Twist.Ahead length)
        | "cancel", ValueSome length -> Some(Twist.Cancel length)
        | "resend", ValueSome length -> Some(Twist.Resend length)
        | _ -> None

    /// The same with a shorter length; itself where it has none.
    let resized (change: int64<ms> -> int64<ms>) twist =
        match twist with
        | Twist.Stall length -> Twist.Stall(change length)
        | Twist.Slow length -> Twist.Slow(change length)
        | Twist.SlowReply length -> Twist.SlowReply(change length)
        | Twist.Copy length -> Twist.Copy(change length)
        | Twist.FailLate length -> Twist.FailLate(change length)
        | Twist.Wait length -> Twist.Wait(change length)
        | Twist.Ahead length -> Twist.Ahead(change length)
        | Twist.Cancel length -> Twist.Cancel(change length)
        | Twist.Resend length -> Twist.Resend(change length)
        | Twist.Crash
        | Twist.CrashSent
        | Twist.LoseReply
        | Twist.FailDone
        | Twist.FailLost -> twist

/// Where a twist happens: at a point of a caller's attempt. Points count from one; zero is the attempt's beginning.
[<Struct>]
type internal Place =
    { Caller: int
      Attempt: int
      Point: int }

module internal Place =
    /// A, B, C ... and so on with two letters.
    let rec callerName (index: int) =
        if index < 26 then
            string (char (int 'A' + index))
        else
            callerName (index / 26 - 1) + callerName (index % 26)

    /// The process that makes an attempt: A1, A2 ...
    let processName caller attempt = $"{callerName caller}{attempt}"

    let text place =
        $"{processName place.Caller place.Attempt}.{place.Point}"

/// Who calls, and what goes wrong. All else follows.
type internal Plan =
    {
        /// The callers that send at all, in order.
        Callers: int list
        Twists: struct (Place * Twist) list
    }

module internal Plan =
    /// One line, as `parse` reads it.
    let text (schedule: Plan) =
        let callers = schedule.Callers |> List.map Place.callerName |> String.concat ","

        let twists =
            [ for struct (place, twist) in schedule.Twists -> $"{Place.text place}:{Twist.text twist}" ]

        String.Join(' ', callers :: twists)

    let private callerOf (name: string) =
        if name <> "" && name |> Seq.forall Char.IsAsciiLetterUpper then
            let digits = name |> Seq.map (fun letter -> int letter - int 'A' + 1)
            Some(Seq.fold (fun number digit -> number * 26 + digit) 0 digits - 1)
        else
            None

    let private twistOf (text: string) =
        let number (digits: string) =
            match Int32.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture) with
            | true, number -> Some number
            | false, _ -> None

        match text.Split([| '.'; ':' |]) with
        | [| head; point; what |] ->
            let name = head.TrimEnd([| '0' .. '9' |])

            match callerOf name, number (head.Substring name.Length), number point, Twist.parse what with
            | Some caller, Some attempt, Some point, Some twist ->
                Some(
                    struct ({ Caller = caller
                              Attempt = attempt
                              Point = point },
                            twist)
                )
            | _ -> None
        | _ -> None

    /// Reads what `text` writes; None for a text that is no schedule.
    let parse (text: string) =
        match text.Split(' ', StringSplitOptions.RemoveEmptyEntries) |> Array.toList with
        | [] -> None
        | callers :: twists ->
            let callers = callers.Split ',' |> Array.toList |> List.map callerOf
            let twists = twists |> List.map twistOf

            if List.contains None callers || List.contains None twists then
                None
            else
                Some
                    { Callers = List.choose id callers
                      Twists = List.choose id twists }
