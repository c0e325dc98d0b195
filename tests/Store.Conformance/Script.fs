// Random scripts for a store: a few calls with their policies, and what they ask of it when. A script says neither
// keys nor moments outright; they follow from the records that the model has when a step is played.
namespace Idempotency.Store.Conformance

open System
open FsCheck.FSharp
open Idempotency.Core

/// Who asks: one of the calls, or the call that holds a lock just then.
[<RequireQualifiedAccess>]
type internal Who =
    | Call of int
    | Holder

/// The clock of a request.
[<RequireQualifiedAccess>]
type internal When =
    /// So many milliseconds after the latest request.
    | After of int
    /// So many before it: a request that was long under way.
    | Before of int
    /// About the end of the lease of the record that it meets.
    | AtLeaseEnd of off: int
    /// About the end of the last second of the window of the record that it meets.
    | AtWindowEnd of off: int

[<RequireQualifiedAccess>]
type internal What =
    | Acquire
    | Renew
    | Complete of int
    | Release
    | LateComplete of int

[<NoComparison>]
type internal ScriptStep = { Who: Who; What: What; When: When }

[<NoComparison>]
type internal ScriptCall =
    {
        Key: string
        Fingerprint: string
        Lease: int
        Expiry: int
        Hold: bool
        Check: bool
        Tombstone: bool
        /// It has the key and the token of the first call: one call whose requests do not agree.
        IsTwin: bool
    }

[<NoComparison>]
type internal Script =
    { Calls: ScriptCall list
      Steps: ScriptStep list }

module internal Script =
    let private callGen =
        gen {
            let! key = Gen.elements [ "one"; "one"; "one"; "other" ]
            let! fingerprint = Gen.elements [ "payload"; "payload"; "another"; "another"; "" ]
            let! lease = Gen.elements [ 1; 2_500; 10_000 ]
            let! expiry = Gen.elements [ 1; 7_300; 60_000; 60_000 ]
            let! hold = Gen.elements [ false; false; true ]
            let! check = Gen.elements [ true; false ]
            let! tombstone = Gen.elements [ false; true ]
            let! isTwin = Gen.frequency [ 5, Gen.constant false; 1, Gen.constant true ]

            return
                { Key = key
                  Fingerprint = fingerprint
                  Lease = lease
                  Expiry = expiry
                  Hold = hold
                  Check = check
                  Tombstone = tombstone
                  IsTwin = isTwin }
        }

    let private whoGen =
        Gen.frequency [ 1, Gen.constant Who.Holder; 1, Gen.choose (0, 3) |> Gen.map Who.Call ]

    let private whatGen =
        let ending = Gen.choose (0, 3)

        Gen.frequency
            [ 4, Gen.constant What.Acquire
              2, Gen.constant What.Renew
              2, ending |> Gen.map What.Complete
              2, Gen.constant What.Release
              2, ending |> Gen.map What.LateComplete ]

    let private whenGen =
        Gen.frequency
            [ 3, Gen.elements [ 0; 0; 1; 1_000; 4_000 ] |> Gen.map When.After
              1, Gen.elements [ 1; 999; 3_000; 20_000 ] |> Gen.map When.Before
              3, Gen.elements [ -1; 0; 1 ] |> Gen.map When.AtLeaseEnd
              2, Gen.elements [ -1_000; -1; 0; 1 ] |> Gen.map When.AtWindowEnd ]

    let private stepGen =
        gen {
            let! who = whoGen
            let! what = whatGen
            let! time = whenGen
            return { Who = who; What = what; When = time }
        }

    let private scriptGen =
        gen {
            let! calls = Gen.listOfLength 4 callGen
            let! length = Gen.choose (1, 50)
            let! steps = Gen.listOfLength length stepGen
            return { Calls = calls; Steps = steps }
        }

    /// Shorter scripts: without a run of steps, long runs first.
    let private shorter script =
        seq {
            for length in [ 16; 8; 4; 2; 1 ] do
                for first in 0..length .. script.Steps.Length - length do
                    { script with
                        Steps = List.take first script.Steps @ List.skip (first + length) script.Steps }
        }

    let arbitrary = Arb.fromGenShrink (scriptGen, shorter)

    let private ending number =
        match number with
        | 0 -> Ending.Returned Payload.Absent
        | 1 -> Ending.Returned(Payload.OfText "null")
        | 2 -> Ending.Returned(Payload.OfText "{\"paid\":10}")
        | _ -> Ending.Threw(Payload.OfText "\"declined\"")

    let private ticket (trial: Trial) (name: string) (call: ScriptCall) =
        let chosen (policy: Policy) =
            { policy with
                Lease = int64 call.Lease * 1L<ms>
                Expiry = int64 call.Expiry * 1L<ms>
                Abandoned = if call.Hold then WhenAbandoned.Hold else WhenAbandoned.RunAgain
                CheckPayloadBeforeTakeover = call.Check
                Release = if call.Tombstone then ReleaseBy.Tombstone else ReleaseBy.Delete }

        let print =
            if call.Fingerprint = "" then Fingerprint.None else Fingerprint call.Fingerprint

        trial.Call(name + call.Key, print, chosen)

    let private ticketsOf trial name calls =
        let first = ticket trial name (List.head calls)

        first
        :: [ for call in List.tail calls do
                 let own = ticket trial name call

                 if call.IsTwin then
                     { own with
                         Key = first.Key
                         Owner = first.Owner }
                 else
                     own ]

    let private requestOf (tickets: Ticket list) (model: Model) latest step =
        let holder () =
            tickets
            |> List.tryFind (fun ticket -> Lifecycle.isMine ticket (Model.find ticket.Key model))

        let ticket =
            match step.Who with
            | Who.Call number -> tickets[number]
            | Who.Holder -> holder () |> Option.defaultValue tickets.Head

        let now =
            match step.When, Model.find ticket.Key model with
            | When.After length, _ -> latest + int64 length * 1L<ms>
            | When.Before length, _ -> latest - int64 length * 1L<ms>
            | When.AtLeaseEnd off, NonNull record when record.LeaseEnds.HasValue ->
                record.LeaseEnds.Value + int64 off * 1L<ms>
            | When.AtWindowEnd off, NonNull record ->
                Time.ofSeconds (record.Expires + 1L<s>) + int64 off * 1L<ms>
            | When.AtLeaseEnd _, _
            | When.AtWindowEnd _, _ -> latest

        match step.What with
        | What.Acquire -> Request.Acquire { Ticket = ticket; Now = now }
        | What.Renew -> Request.Renew { Ticket = ticket; Now = now }
        | What.Complete number ->
            Request.Complete
                { Ticket = ticket
                  Now = now
                  Ending = ending number
                  Enlisted = Enlisted.None }
        | What.Release -> Request.Release { Ticket = ticket; Fence = now }
        | What.LateComplete number ->
            Request.LateComplete
                { Ticket = ticket
                  Now = now
                  Ending = ending number
                  Enlisted = Enlisted.None }

    /// Plays a script on a store and on the model, under keys that begin with a name. The differences end it: the
    /// requests so far, and what was wrong with the last of them; empty when there are none.
    let play (harness: StoreHarness) (trial: Trial) (name: string) script : string =
        let tickets = script.Calls |> ticketsOf trial name
        let keys = tickets |> List.map _.Key |> List.distinct
        let mutable model = Model.empty
        let mutable latest = trial.At 0
        let mutable highest = latest
        let mutable trace = []
        let mutable wrong = ""

        /// The store may have dropped what has expired; anything else has to be there as in the model.
        let compare key =
            let expected = Model.find key model

            match trial.Get key with
            | found when found = expected -> ()
            | null when Model.mayBeDropped harness highest expected -> model <- model.Remove key
            | found ->
                wrong <- $"  get {key}\n  expected: {Show.record expected}\n  answered: {Show.record found}"

        let ask (request: Request) =
            let key = request.Ticket.Key
            let reply = trial.Reply request
            highest <- max highest request.Clock

            /// What is wrong with the reply, if these were the records when the request came.
            let judge records =
                let expected, after = Model.ask request records
                Model.difference harness request expected reply, after

            let mayBeGone = Model.mayBeDropped harness highest (Model.find key model)

            match judge model with
            | None, after -> model <- after
            | Some difference, _ ->
                match judge (model.Remove key) with
                | None, after when mayBeGone -> model <- after
                | _ -> wrong <- difference

            if wrong = "" then trace <- request :: trace
            latest <- max latest (min request.Clock (latest + 100_000L<ms>))

        for step in script.Steps do
            if wrong = "" then
                let request = requestOf tickets model latest step
                compare request.Ticket.Key
                if wrong = "" then ask request

        for key in keys do
            if wrong = "" then compare key

        if wrong = "" then
            ""
        else
            String.Join("\n", List.rev (wrong :: List.map Show.request trace))
