// Six scenes of a payment that is charged once, whatever happens to its callers. Run it: dotnet run --project
// examples/Payments.FSharp
module Payments.Program

open System
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core

type Method =
    | Card of last4: string
    | Invoice

type Order =
    { Id: string
      Amount: decimal
      Method: Method }

type Receipt =
    { Number: int
      Amount: decimal
      Note: string option }

let scene (number: int) (title: string) = printfn $"\n{number}. {title}"
let line (text: string) = printfn $"   {text}"

let times (count: int) =
    match count with
    | 1 -> "once"
    | 2 -> "twice"
    | many -> $"{many} times"

/// What stands for the payment provider.
type Gateway() =
    let mutable calls = 0
    member _.Calls = calls

    member _.Charge(order: Order) =
        task {
            let number = Interlocked.Increment &calls
            do! Task.Delay 20

            return
                { Number = number
                  Amount = order.Amount
                  Note = Some "thank you" }
        }

/// A downstream that fences: it remembers the highest token it has seen, and refuses whoever comes with a lower one.
type Ledger() =
    let gate = obj ()
    let mutable highest = 0L

    member _.Post(token: int64) =
        lock gate (fun () ->
            if token < highest then
                false
            else
                highest <- token
                true)

/// Every way a call can end is a case.
let tell (outcome: Outcome<Receipt>) =
    match outcome with
    | Outcome.Executed receipt -> $"executed, receipt {receipt.Number}"
    | Outcome.Replayed receipt -> $"replayed, receipt {receipt.Number}"
    | Outcome.PayloadMismatch _ -> "refused: the order's number was used with another amount"
    | Outcome.FunctionFailed error -> $"failed: {error.Message}"
    | other -> $"%A{other}"

let order =
    { Id = "A-1001"
      Amount = 49.90m
      Method = Card "4242" }

let hundredCallers () =
    task {
        let gateway = Gateway()

        let patient =
            InMemoryStore()
            |> Idempotent.handlerWith
                { Idempotent.defaults with
                    Policy =
                        { Defaults.policy with
                            InProgress =
                                WhileInProgress.Wait(
                                    Defaults.wait,
                                    Defaults.firstPause,
                                    Defaults.longestPause
                                ) } }

        let call () : Task<Outcome<Receipt>> =
            idempotent patient "charge-order" order { return! gateway.Charge order }

        let! outcomes =
            Task.WhenAll [| for _ in 1..100 -> Task.Run<Outcome<Receipt>>(Func<_> call) |]

        let replayed = outcomes |> Array.filter Outcome.isReplay |> Array.length

        line
            $"{outcomes.Length - replayed} executed, {replayed} replayed; the gateway was called {times gateway.Calls}"
    }

let stalledWorker () =
    task {
        let ledger = Ledger()

        let policy =
            { Defaults.policy with
                Lease = 300L<ms>
                SkewPad = 0L<ms> } // one process, one clock

        let handler =
            InMemoryStore()
            |> Idempotent.handlerWith
                { Idempotent.defaults with
                    Policy = policy }

        let payOut = Idempotent.operation<string, string> handler "pay-out"

        let work worker (takes: int) (context: IdempotencyContext) (_: CancellationToken) =
            task {
                let how = if context.IsTakeOver then "takes over" else "starts"
                line $"{worker} {how} with fencing token {context.FencingToken}"
                do! Task.Delay takes

                let told =
                    if context.LeaseLost.IsCancellationRequested then
                        " (it knows that its lease is lost)"
                    else
                        ""

                let answer =
                    if ledger.Post context.FencingToken then
                        "accepts it"
                    else
                        "refuses it: the token is too old"

                line $"{worker} posts to the ledger{told}, which {answer}"
                return $"paid by {worker}"
            }

        let slow =
            Idempotent.run payOut "A-1003" (work "slow worker" 700) CancellationToken.None

        do! Task.Delay 400

        let! fast =
            Idempotent.run payOut "A-1003" (work "fast worker" 50) CancellationToken.None

        line $"fast worker: %A{fast}"
        let! late = slow
        line $"slow worker: %A{late}: the result that everybody gets"
    }

let failedRun handler =
    task {
        let mutable attempts = 0

        let refund () =
            let attempt = attempts + 1
            attempts <- attempt

            idempotent handler "refund-order" order {
                do! Task.Yield()

                if attempt = 1 then raise (InvalidOperationException "the card was declined")

                return
                    { Number = attempt
                      Amount = -order.Amount
                      Note = None }
            }

        for _ in 1..3 do
            let! outcome = refund ()
            line (tell outcome)
    }

let play () =
    task {
        let gateway = Gateway()
        let handler = Idempotent.handler (InMemoryStore())

        // The key is the order's number; the rest of the order is the payload.
        let chargeOrder =
            Idempotent.operationBy<Order, string, Receipt> handler "charge-order" _.Id

        let charge order =
            protect chargeOrder order {
                let! receipt = gateway.Charge order
                return receipt
            }

        scene 1 "The first call runs the function"
        let! first = charge order
        line $"{tell first}; the gateway was called {times gateway.Calls}"

        scene 2 "A retry gets the same receipt"
        let! again = charge order
        line $"{tell again}; the gateway was called {times gateway.Calls}"

        scene 3 "A hundred callers at once, one charge"
        do! hundredCallers ()

        scene 4 "The same order with another amount is refused"
        let! other = charge { order with Amount = 4990m }
        line $"{tell other}; the gateway was called {times gateway.Calls}"

        scene 5 "A worker stalls past its lease, another takes over"
        do! stalledWorker ()

        scene 6 "A failed run gives its key back, and the retry runs"
        do! failedRun handler
        printfn ""
    }

[<EntryPoint>]
let main _ =
    play().GetAwaiter().GetResult()
    0
