// No state, no conclusion and no arrow of the diagram without a test: what there is, against what the made-up calls
// reach.
module Core.Tests.ReachTests

open System.IO
open System.Text.RegularExpressions
open Microsoft.FSharp.Reflection
open Idempotency.Core
open Core.Tests.Scripts
open Core.Tests.ScriptGenerators
open NUnit.Framework

/// The cases of a union that none of these values is.
let private missing<'Union when 'Union: not null> (values: 'Union seq) =
    let tagOf = FSharpValue.PreComputeUnionTagReader typeof<'Union>
    let reached = values |> Seq.map (box >> tagOf) |> Set

    [ for case in FSharpType.GetUnionCases typeof<'Union> do
          if not (reached.Contains case.Tag) then case.Name ]

let private visits = sample |> Array.map (play shipped)

let private states = visits |> Seq.collect (List.map (fun visit -> visit.Step))

let private conclusions =
    states
    |> Seq.choose (fun step ->
        match step with
        | Step.Done(ended, _) -> Some ended
        | _ -> None)

[<Test>]
let ``the made-up calls reach every state`` () = Assert.That(missing states, Is.Empty)

[<Test>]
let ``the made-up calls reach every conclusion`` () =
    Assert.That(missing conclusions, Is.Empty)

[<Test>]
let ``the made-up calls remember records, and often enough do not`` () =
    let remembered =
        states
        |> Seq.filter (fun step ->
            match step with
            | Step.Done(_, NonNull _) -> true
            | _ -> false)

    Assert.That(Seq.length remembered, Is.InRange(100, Seq.length conclusions - 100))

[<Test>]
let ``every state has a name of its own`` () =
    let names =
        states |> Seq.map (fun step -> step.StateName) |> Seq.distinct |> List.ofSeq

    Assert.That(names.Length, Is.EqualTo (FSharpType.GetUnionCases typeof<Step>).Length)

/// The arrows between states: those that the made-up calls went along, and those of the document's diagram.
let private gone =
    visits
    |> Seq.collect (List.map (fun visit -> visit.From, visit.Step))
    |> Seq.choose (fun (from, step) ->
        match from with
        | ValueSome before -> Some $"{before.StateName} --> {step.StateName}"
        | ValueNone -> None)
    |> Set

let private drawn =
    let document = File.ReadAllText(Path.Combine(HouseRules.root, "docs/protocol.md"))
    set [ for arrow in Regex.Matches(document, @"(?m)^\s+(\w+ --> \w+): .") -> arrow.Groups[1].Value ]

[<Test>]
let ``the made-up calls go along every arrow of the document's diagram, and along no other`` () =
    Assert.That(drawn - gone, Is.Empty, "drawn, but never gone")
    Assert.That(gone - drawn, Is.Empty, "gone, but not drawn")

[<Test>]
let ``broken twin: a state that no call reaches is found out`` () =
    let withoutPeeking = states |> Seq.filter (fun step -> not step.IsPeek)
    Assert.That(missing withoutPeeking, Is.EqualTo<string list> [ "Peek" ])
