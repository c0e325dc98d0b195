// The model of the outside world: a bank that transfers money, made anew for each run. It answers at once; what lies between it
// and the workers is the simulation's.
namespace Simulate

open System.Collections.Generic

type Transfer = { Id: string; Amount: decimal }

/// A worker came with a token below one that the bank has seen.
exception TooLate of transfer: string

type Bank() =
    let made = List<Transfer>()
    let highest = Dictionary<string, int64>()

    let fence id token =
        match highest.TryGetValue id with
        | true, known when token < known -> raise (TooLate id)
        | _ -> highest[id] <- token

    member _.TimesMade(id: string) =
        made |> Seq.filter (fun transfer -> transfer.Id = id) |> Seq.length

    member bank.IsMade(id: string) = bank.TimesMade id > 0

    member _.Make(transfer: Transfer) =
        made.Add transfer
        made.Count

    /// The same for a worker with a fencing token: who comes with a lower one than was seen before is refused, also when it
    /// only asks.
    member bank.IsMade(id: string, token: int64) =
        fence id token
        bank.IsMade id

    member bank.Make(transfer: Transfer, token: int64) =
        fence transfer.Id token
        bank.Make transfer
