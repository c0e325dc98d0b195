// The pictures in docs/races are those of the code as it is, and a chart shows what a frame says.
namespace Simulation.Tests

open System
open System.IO
open System.Xml.Linq
open NUnit.Framework
open Idempotency.Simulation

type PictureTests() =
    let rec root (folder: DirectoryInfo | null) =
        match folder with
        | null -> invalidOp "Idempotency.sln is in no folder above the tests"
        | here when File.Exists(Path.Combine(here.FullName, "Idempotency.sln")) -> here.FullName
        | here -> root here.Parent

    let races =
        Path.Combine(root (DirectoryInfo AppContext.BaseDirectory), "docs", "races")

    let lineEnds (text: string) = text.Replace("\r\n", "\n")

    [<Test>]
    member _.``the pictures of races are current``() =
        for name, text in Pictures.all do
            Assert.That(
                lineEnds (File.ReadAllText(Path.Combine(races, name))),
                Is.EqualTo text,
                "write them again: dotnet run --project tests/Simulation -c Release -- timeline"
            )

        Assert.That(Directory.GetFiles races, Has.Length.EqualTo Pictures.all.Length)

    [<Test>]
    member _.``a picture is well-formed, and has no script and no link``() =
        for _, text in Pictures.all do
            let document = XDocument.Parse text
            let names = [ for element in document.Descendants() -> element.Name.LocalName ]

            Assert.That(
                List.distinct names |> List.sort,
                Is.SubsetOf [ "circle"; "line"; "rect"; "svg"; "text"; "title" ]
            )

    [<Test>]
    member _.``Powertools' pictures show what breaks, and ours nothing``() =
        for name, text in Pictures.all do
            Assert.That(text.Contains "breaks I", Is.EqualTo(name.Contains "powertools"), name)

    [<Test>]
    member _.``what is lost is crossed out``() =
        let frame: Frame =
            { At = 500L<Idempotency.Core.ms>
              Call = Some "A"
              Text = "A's Acquire <is lost> & sent again"
              Passage =
                Some
                    { Kind = "Acquire"
                      Fate = Fate.Applied
                      ReplyLost = true
                      IsCopy = false }
              State = "Acquiring"
              Lease = None
              Record = "no record"
              Holder = None
              Broken = [ Invariant.I7 ] }

        let chart frame =
            Chart.svg
                { Title = "t"
                  Subtitle = "s"
                  Frames = [ frame ] }

        let lines text =
            (XDocument.Parse(text: string).Descendants()
             |> Seq.filter (fun element -> element.Name.LocalName = "line"))
            |> Seq.length

        let kept =
            { frame with
                Passage = frame.Passage |> Option.map (fun passage -> { passage with ReplyLost = false }) }

        Assert.That(lines (chart frame) - lines (chart kept), Is.EqualTo 2)
        Assert.That(chart frame, Does.Contain "breaks I7")
        Assert.That(chart frame, Does.Contain "&lt;is lost&gt; &amp; sent again")

    [<Test>]
    member _.``a script leaves out what cannot happen``() =
        let step call incident =
            { Tick = 0
              Call = call
              Incident = incident }

        let frames =
            Script.play
                (Bounds.ofCallers 2)
                Setting.shipped
                [ step 0 Incident.Begin; step 0 Incident.Return; step 0 Incident.Deliver ]

        Assert.That(frames.Length, Is.EqualTo 2)
        Assert.That((List.last frames).State, Is.EqualTo "Running")
