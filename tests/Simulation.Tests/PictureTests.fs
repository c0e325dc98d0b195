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

    [<Test>]
    member _.``a schedule is drawn, with what it breaks only where that is said``() =
        let text breaks =
            $"""{{"schedules": [{{"id": "T", "title": "a late success", "setting": "Complete without a condition",
                "calls": {{"A": {{"result": "rA"}}, "B": {{"result": "rB", "key": "other"}}, "C": {{"result": "rC"}}}},
                "steps": [{{"at": 0, "call": "A", "do": "begin"}}, {{"at": 0, "call": "A", "do": "deliver"}},
                          {{"at": 1, "call": "B", "do": "begin"}}, {{"at": 1, "call": "B", "do": "deliver"}},
                          {{"at": 1500, "call": "C", "do": "begin"}}, {{"at": 1500, "call": "C", "do": "applyAndLoseReply"}},
                          {{"at": 1600, "call": "A", "do": "return"}},
                          {{"at": 1600, "call": "A", "do": "duplicate", "tag": "1"}}, {{"at": 1700, "do": "arrive", "tag": "1"}}],
                "expect": {{{breaks}}}}}]}}"""

        let drawn breaks =
            match ScheduleFile.parse (text breaks), Settings.find "Complete without a condition" with
            | Ok [ schedule ], Some setting ->
                let verdict =
                    Replay.runIn setting (Replay.benchFor setting schedule) "key" true schedule

                Assert.That(verdict.Differences, Is.Empty)
                Assert.That(verdict.Frames, Has.Length.EqualTo 9)
                FoundWorld.picture schedule verdict.Frames
            | other -> invalidOp $"%A{other}"

        let silent = drawn ""
        Assert.That(silent, Does.Not.Contain "breaks I")
        Assert.That(silent, Does.Contain "the key: INPROGRESS by A until 1.0 s")
        Assert.That(silent, Does.Contain "other: INPROGRESS by B until 1.001 s")
        Assert.That(silent, Does.Contain "Complete (copy)")
        Assert.That(XDocument.Parse(silent).Root, Is.Not.Null)
        Assert.That(drawn "\"breaks\": [\"I3u\"]", Does.Contain "breaks I3u")
