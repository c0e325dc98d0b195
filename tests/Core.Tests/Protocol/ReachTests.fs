// No state and no conclusion without a test: what there is, against what the made-up calls reach. And the diagram in the
// document is the one that they draw.
module Core.Tests.ReachTests

open System
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

let private path = Path.Combine(HouseRules.root, "docs", "protocol.md")

let private block =
    Regex(@"(?<=```mermaid\n)stateDiagram-v2\n.*?(?=\n```)", RegexOptions.Singleline)

[<Test>]
let ``the diagram of the protocol is the one that the machine draws`` () =
    let document = (File.ReadAllText path).ReplaceLineEndings "\n"
    let drawn = visits |> Diagram.fannedOut shipped |> Diagram.mermaid

    if Environment.GetEnvironmentVariable "REWRITE" = "diagram" then
        File.WriteAllText(path, block.Replace(document, drawn.Replace("$", "$$")))
    else
        Assert.That(
            block.Match(document).Value,
            Is.EqualTo drawn,
            "write it again: REWRITE=diagram dotnet test tests/Core.Tests -c Release --filter diagram"
        )

[<Test>]
let ``broken twin: a machine that never waits draws another diagram`` () =
    let impatient =
        { shipped with
            OnAcquired =
                fun state now reply ->
                    match Protocol.onAcquired state now reply with
                    | Step.Wait waiting -> Protocol.onDeadline waiting
                    | step -> step }

    let drawnBy machine =
        sample
        |> Seq.truncate 1_000
        |> Seq.map (play machine)
        |> Diagram.fannedOut machine
        |> Diagram.mermaid

    Assert.That(drawnBy impatient, Does.Not.Contain "Acquiring --> Waiting")
    Assert.That(drawnBy shipped, Does.Contain "Acquiring --> Waiting: 11 Busy")

[<Test>]
let ``broken twin: a state that no call reaches is found out`` () =
    let withoutPeeking = states |> Seq.filter (fun step -> not step.IsPeek)
    Assert.That(missing withoutPeeking, Is.EqualTo<string list> [ "Peek" ])
