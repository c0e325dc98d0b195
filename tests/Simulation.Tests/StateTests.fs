// A state of an exploration is a few numbers. These tests hold that nothing is lost by it: equal codes are equal values,
// and what is settled out of a state makes no difference to what can follow.
namespace Simulation.Tests

open System
open System.Collections.Generic
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Idempotency.Simulation

type StateTests() =
    let everywhere visit =
        for bounds in Walk.bounds do
            for seed in 1..400 do
                Walk.walk seed bounds visit

    [<Test>]
    member _.``two calls have one code if and only if they are equal in every field``() =
        let values = Dictionary<string, string>()
        let codes = Dictionary<string, string>()

        everywhere (fun _ _ _ _ call ->
            let code = Code.ofCall (int call.Name[0]) "" call
            let value = Walk.toldOf call

            match values.TryGetValue code with
            | true, known -> Assert.That(value, Is.EqualTo known)
            | false, _ -> values.Add(code, value)

            match codes.TryGetValue value with
            | true, known -> Assert.That(code, Is.EqualTo known)
            | false, _ -> codes.Add(value, code))

        Assert.That(values.Count, Is.GreaterThan 500)

    [<Test>]
    member _.``two records have one code if and only if they are equal in every field``() =
        let values = Dictionary<string, string>()
        let codes = Dictionary<string, string>()

        everywhere (fun _ _ _ record _ ->
            let code = Code.ofRecord record 0
            let value = Walk.everything record
            Assert.That(values.TryAdd(code, value) || values[code] = value, Is.True)
            Assert.That(codes.TryAdd(value, code) || codes[value] = code, Is.True))

        Assert.That(values.Count, Is.GreaterThan 50)

    [<Test>]
    member _.``what is settled makes no difference to what follows``() =
        let settled (cast: Cast) (call: Call) =
            match call.Phase with
            | Phase.At step ->
                { call with
                    Phase = Phase.At(Settle.step cast.Policy step)
                    LeaseLost = false
                    Fence = ValueNone }
            | Phase.Unbegun
            | Phase.Crashed ->
                { call with
                    LeaseLost = false
                    Fence = ValueNone }

        let after cast incident now (record: Record | null) call =
            let store = RuledStore Rules.right
            store.Plant(Cast.key, record)

            match Incident.befall store now incident call with
            | Error reason -> reason
            | Ok(struct (after, seen, left)) ->
                let call = Code.ofCall 0 "" (settled cast after)

                let left =
                    left
                    |> List.map (Settle.request cast.Policy >> Code.ofRequest 0)
                    |> String.concat ","

                $"{call} {Comparison.storeText seen} {left} {Code.ofRecord (store.Find Cast.key) 0}"

        everywhere (fun cast incident now record call ->
            Assert.That(
                after cast incident now record (settled cast call),
                Is.EqualTo(after cast incident now record call)
            ))

    [<Test>]
    member _.``a layout gives back what was put in``() =
        let bounds =
            { Bounds.ofCallers 3 with
                Faults =
                    { Bounds.noFaults with
                        LostReplies = 3
                        Crashes = 2
                        Heartbeats = 15 } }

        let layout = Layout(Cast.create bounds Setting.shipped)
        let state: byte[] = Array.zeroCreate layout.Width
        layout.SetTick(state, 60)
        layout.SetLeft(state, Budget.LostReplies, 3)
        layout.SetLeft(state, Budget.SlowReplies, 9)
        layout.SetLeft(state, Budget.Heartbeats, 15)
        layout.SetStored(state, 65_535)
        layout.SetHistory(state, 258)

        for call in 0..2 do
            layout.SetCall(state, call, 60_000 + call)
            layout.SetKnown(state, call, 100 + call)

        for copy in [ 9; 4; 65_000; 4 ] do
            layout.AddCopy(state, copy)

        Assert.That(layout.Tick state, Is.EqualTo 60)

        let budgets =
            [ Budget.LostReplies
              Budget.SlowReplies
              Budget.Crashes
              Budget.GiveUps
              Budget.Cancellations
              Budget.Heartbeats ]

        Assert.That(
            [ for budget in budgets -> layout.Left(state, budget) ],
            Is.EqualTo<int list> [ 3; 9; 0; 0; 0; 15 ]
        )

        Assert.That(layout.Stored state, Is.EqualTo 65_535)
        Assert.That(layout.History state, Is.EqualTo 258)

        Assert.That(
            [ for call in 0..2 -> layout.Call(state, call), layout.Known(state, call) ],
            Is.EqualTo<(int * int) list> [ 60_000, 100; 60_001, 101; 60_002, 102 ]
        )

        let copies () =
            [ for place in 0 .. layout.Copies - 1 -> layout.Copy(state, place) ]
            |> List.filter ((<>) 0)

        Assert.That(copies (), Is.EqualTo<int list> [ 5; 5; 10; 65_001 ])
        layout.RemoveCopy(state, 1)
        Assert.That(copies (), Is.EqualTo<int list> [ 5; 10; 65_001 ])
