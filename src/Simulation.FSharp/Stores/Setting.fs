// What calls are set in: the protocol and the rules that ship, or those of others.
namespace Idempotency.Simulation

open System
open System.Collections.Generic
open Idempotency
open Idempotency.Core

/// What calls are set in: the real thing, or a broken twin of it.
[<NoComparison; NoEquality>]
type Setting =
    {
        /// A new store, with its sweep.
        Open: unit -> struct (IIdempotencyStore * (string -> int64<ms> -> bool))
        /// What a store does with requests, where one record is all that is needed of a store.
        Rules: Rules
        Machine: Machine
        /// The owner token of the call of this name.
        Token: string -> string
    }

module Setting =
    /// The name of the call with this number: A, B, C ...
    let nameOf (index: int) = string (char (int 'A' + index))

    let private memory () =
        let store = InMemoryStore()

        struct (store :> IIdempotencyStore,
                fun (_: string) (now: int64<ms>) -> store.Sweep(Time.toDateTimeOffset now) > 0)

    /// The protocol that ships on the in-memory store that ships.
    let shipped =
        { Open = memory
          Rules = Rules.right
          Machine = Machine.shipped
          Token = id }

    /// The protocol that ships on a store under the given rules.
    let ruled (rules: Rules) =
        { shipped with
            Open =
                fun () ->
                    let store = RuledStore rules
                    struct (store :> IIdempotencyStore, store.Sweep)
            Rules = rules }

    /// Another machine on the in-memory store that ships.
    let driven (machine: Machine) = { shipped with Machine = machine }

    /// A store for one performance in a setting. One that only the rules of a record are asked of can do all that
    /// a simulation needs: peers, and writes that are committed with results.
    let bench (setting: Setting) (needsRules: bool) : Bench =
        if needsRules then
            let store = RuledStore setting.Rules
            Bench.over store store.Sweep
        else
            let struct (store, sweep) = setting.Open()
            Bench.over store sweep
