// What happens to requests on their way, at random from a seed: replies are lost or late, requests fail, arrive late or twice,
// or long after everybody has forgotten them.
namespace Chaos

open System
open System.Collections.Concurrent
open System.Text.RegularExpressions
open System.Threading
open System.Threading.Tasks
open DynamoDb.Testing

[<Sealed>]
type Weather(gate: HttpGate, journal: Journal, seed: int) =
    let dice = Random seed
    let counts = ConcurrentDictionary<string, int>()
    let troubled = ConcurrentDictionary<string, unit>()
    let mutable isFair = false

    // 128 bits in Base64Url: the owner tokens in a request.
    static let token = Regex("\"[A-Za-z0-9_-]{22}\"", RegexOptions.Compiled)

    let later () : Task = Task.Delay(30 + dice.Next 700)

    let roll () =
        match dice.Next 1000 with
        | n when n < 40 -> Fate.LoseReply
        | n when n < 60 -> Fate.FailBefore
        | n when n < 80 -> Fate.Twice
        | n when n < 110 -> Fate.ReplyAfter(later ())
        | n when n < 140 -> Fate.SendAfter(later ())
        | n when n < 150 -> Fate.Copy
        | n when n < 158 -> Fate.Keep
        | n when n < 168 -> Fate.Answer Reply.throttled
        | n when n < 178 -> Fate.AnswerAfter Reply.internalError
        | n when n < 182 -> Fate.Hang
        | n when n < 186 -> Fate.HangAfter
        | _ -> Fate.Pass

    let note (call: Call) (fate: Fate) =
        counts.AddOrUpdate(string fate, 1, (fun _ count -> count + 1)) |> ignore

        match fate with
        | Fate.Pass -> ()
        | _ ->
            for found in token.Matches call.Body do
                let owner = found.Value.Trim '"'
                if troubled.TryAdd(owner, ()) then journal.Write(Event.Troubled owner)

    // The gate asks under its lock: the dice are nobody else's.
    let decide call =
        let fate = if Volatile.Read &isFair then Fate.Pass else roll ()
        note call fate
        fate

    /// Begins.
    member _.Start() = gate.Rule decide

    /// From now on every request passes.
    member _.Clear() = Volatile.Write(&isFair, true)

    /// Has the requests that were kept arrive, and forgets those that were answered.
    member _.Deliver() : Task =
        task {
            while gate.Kept > 0 do
                let! _ = gate.SendKept()
                ()

            gate.Clear()
        }

    /// How often there was each fate.
    member _.Counts = [ for count in counts -> count.Key, count.Value ]
