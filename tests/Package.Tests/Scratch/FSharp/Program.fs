// What a user writes in F#: a first call and a replay, and a look at the two packages beside the core.
open System.Threading.Tasks
open Idempotency
open Idempotency.Core

let handler = Idempotent.handler (InMemoryStore())
let mutable charges = 0

let charge (order: string) =
    idempotent handler "charge-order" order {
        charges <- charges + 1
        return $"R-{charges}"
    }

for _ in 1..2 do
    let outcome: Task<Outcome<string>> = charge "A-17"

    match outcome.Result with
    | Outcome.Executed receipt -> printfn $"Executed: {receipt}"
    | Outcome.Replayed receipt -> printfn $"Replayed: {receipt}"
    | other -> printfn $"%A{other}"

printfn $"{typeof<DynamoDbStore>.FullName}"
printfn $"""{System.Reflection.Assembly.Load("Idempotency.Simulation").GetName().Name}"""
