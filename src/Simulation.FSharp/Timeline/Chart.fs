// A run as a sequence chart in SVG: a lane for each call and one for the store, time running down, leases as bars, what
// breaks in red. The text is plain SVG 1.1, without scripts, fonts or links.
namespace Idempotency.Simulation

open System
open System.Globalization
open System.Text
open Idempotency.Core

/// One run to be drawn.
[<NoComparison>]
type Chart =
    {
        /// Stands above it.
        Title: string
        /// Stands below its title.
        Subtitle: string
        Frames: Frame list
    }

module Chart =
    let private laneWidth = 190
    let private rowHeight = 54
    let private top = 96
    let private margin = 30
    let private storeColour = "#37474f"

    let private colours =
        [| "#1565c0"; "#2e7d32"; "#6a1b9a"; "#ad1457"; "#00838f"; "#5d4037" |]

    let private broken = "#c62828"

    let private escape (text: string) =
        text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;")

    /// Cuts a text into lines of about this length, at blanks.
    let private wrap (length: int) (text: string) =
        let fits (line: string) (word: string) = line.Length + 1 + word.Length <= length

        let folder lines word =
            match lines with
            | line :: rest when fits line word -> $"{line} {word}" :: rest
            | _ -> word :: lines

        text.Split ' ' |> Array.fold folder [] |> List.rev

    /// The calls of a run, in the order in which they appear.
    let private callsOf (frames: Frame list) =
        frames |> List.choose _.Call |> List.distinct |> List.sort

    let private text (svg: StringBuilder) (x: int) (y: int) (style: string) (content: string) =
        svg.Append($"  <text x=\"{x}\" y=\"{y}\" {style}>{escape content}</text>\n")
        |> ignore

    let private line (svg: StringBuilder) x1 y1 x2 y2 (style: string) =
        svg.Append($"  <line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" {style}/>\n")
        |> ignore

    let private cross svg (x: int) (y: int) =
        let style = $"stroke=\"{broken}\" stroke-width=\"2\""
        line svg (x - 6) (y - 6) (x + 6) (y + 6) style
        line svg (x - 6) (y + 6) (x + 6) (y - 6) style

    let private arrow svg x1 x2 y colour (dashed: bool) =
        let dash = if dashed then " stroke-dasharray=\"5 4\"" else ""
        line svg x1 y x2 y $"stroke=\"{colour}\" stroke-width=\"1.6\"{dash}"
        let tip = if x2 > x1 then x2 - 7 else x2 + 7
        line svg tip (y - 4) x2 y $"stroke=\"{colour}\" stroke-width=\"1.6\""
        line svg tip (y + 4) x2 y $"stroke=\"{colour}\" stroke-width=\"1.6\""

    /// The row at which a moment is over: the first row that happens after it.
    let private rowAfter (frames: Frame[]) (moment: int64<ms>) =
        frames
        |> Array.tryFindIndex (fun frame -> frame.At > moment)
        |> Option.defaultValue frames.Length

    /// The lease of a call, from the row where its function was started to the row where it is over.
    let private leases (frames: Frame[]) =
        [ for row in 0 .. frames.Length - 1 do
              match frames[row].Call, frames[row].Lease with
              | Some call, Some until ->
                  let isNew =
                      frames
                      |> Seq.take row
                      |> Seq.forall (fun earlier -> earlier.Call <> Some call || earlier.Lease.IsNone)

                  if isNew then
                      let runsTo =
                          seq { row + 1 .. frames.Length - 1 }
                          |> Seq.tryFind (fun later ->
                              frames[later].Call = Some call && frames[later].Lease.IsNone)
                          |> Option.defaultValue frames.Length

                      call, row, rowAfter frames until, runsTo
              | _, _ -> () ]

    let private passage (svg: StringBuilder) (x: int) (storeX: int) (y: int) colour (frame: Frame) =
        match frame.Passage with
        | None -> ()
        | Some passage ->
            let label = if passage.IsCopy then $"{passage.Kind} (copy)" else passage.Kind
            let middle = (x + storeX) / 2

            text svg middle (y - 6) $"text-anchor=\"middle\" font-size=\"11\" fill=\"{colour}\"" label

            match passage.Fate with
            | Fate.InNetwork ->
                arrow svg x middle y colour true
                text svg (middle + 8) (y + 4) $"font-size=\"11\" fill=\"{colour}\"" "on its way"
            | Fate.Applied
            | Fate.Refused
            | Fate.Answered ->
                arrow svg x storeX y colour passage.IsCopy

                if not passage.IsCopy then
                    let back = y + 10
                    let answer = if passage.Fate = Fate.Refused then "refused" else "ok"

                    if passage.ReplyLost then
                        arrow svg storeX middle back "#78909c" true
                        cross svg middle back
                    else
                        arrow svg storeX x back "#78909c" true

                    text
                        svg
                        (storeX - 8)
                        (back + 12)
                        "text-anchor=\"end\" font-size=\"10\" fill=\"#78909c\""
                        answer

    /// The chart as the text of an SVG file.
    let svg (chart: Chart) =
        let frames = Array.ofList chart.Frames
        let calls = callsOf chart.Frames
        let storeX = margin + 70 + laneWidth * calls.Length
        let noteX = storeX + 40
        let width = noteX + 430
        let height = top + rowHeight * frames.Length + 40

        let laneOf call =
            margin + 70 + laneWidth * List.findIndex ((=) call) calls

        let colourOf call =
            colours[List.findIndex ((=) call) calls % colours.Length]

        let y row = top + rowHeight * row + rowHeight / 2
        let svg = StringBuilder()

        svg.Append(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\">\n"
        )
        |> ignore

        svg.Append(
            $"  <title>{escape chart.Title}</title>\n  <rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n"
        )
        |> ignore

        text svg margin 28 "font-size=\"17\" font-weight=\"bold\" fill=\"#212121\"" chart.Title
        text svg margin 48 "font-size=\"12\" fill=\"#616161\"" chart.Subtitle

        for call in calls do
            let x = laneOf call

            text
                svg
                x
                78
                $"text-anchor=\"middle\" font-size=\"14\" font-weight=\"bold\" fill=\"{colourOf call}\""
                call

            line svg x 86 x (height - 20) $"stroke=\"{colourOf call}\" stroke-opacity=\"0.35\""

        text
            svg
            storeX
            78
            $"text-anchor=\"middle\" font-size=\"14\" font-weight=\"bold\" fill=\"{storeColour}\""
            "store"

        line svg storeX 86 storeX (height - 20) $"stroke=\"{storeColour}\" stroke-width=\"2\""

        // A lease is a wide pale bar, the run of the function a narrow one in it.
        for call, first, over, runsTo in leases frames do
            let x = laneOf call
            let y1 = y first
            let until = if over >= frames.Length then height - 24 else y over - rowHeight / 2

            svg.Append(
                $"  <rect x=\"{x - 9}\" y=\"{y1}\" width=\"18\" height=\"{max 8 (until - y1)}\" fill=\"{colourOf call}\" fill-opacity=\"0.16\"/>\n"
            )
            |> ignore

            svg.Append(
                $"  <rect x=\"{x - 3}\" y=\"{y1}\" width=\"6\" height=\"{max 8 ((if runsTo >= frames.Length then height - 24 else y runsTo) - y1)}\" fill=\"{colourOf call}\" fill-opacity=\"0.6\"/>\n"
            )
            |> ignore

            if over < frames.Length then
                line svg (x - 14) until (x + 14) until $"stroke=\"{colourOf call}\" stroke-width=\"1.4\""
                text svg (x + 17) (until + 4) $"font-size=\"10\" fill=\"{colourOf call}\"" "lease over"

        for row in 0 .. frames.Length - 1 do
            let frame = frames[row]
            let y = y row
            text svg margin (y + 4) "font-size=\"11\" fill=\"#616161\"" (Frame.seconds frame.At)

            match frame.Call with
            | Some call ->
                let x = laneOf call
                passage svg x storeX y (colourOf call) frame

                svg.Append($"  <circle cx=\"{x}\" cy=\"{y}\" r=\"4\" fill=\"{colourOf call}\"/>\n")
                |> ignore

                if frame.Text.StartsWith "the process of" then cross svg x y
            | None ->
                svg.Append($"  <circle cx=\"{storeX}\" cy=\"{y}\" r=\"4\" fill=\"{storeColour}\"/>\n")
                |> ignore

            for index, words in List.indexed (wrap 70 frame.Text) do
                text svg noteX (y - 4 + 13 * index) "font-size=\"11\" fill=\"#212121\"" words

            let lines = (wrap 70 frame.Text).Length
            text svg noteX (y - 4 + 13 * lines) "font-size=\"10\" fill=\"#78909c\"" frame.Record

            if not frame.Broken.IsEmpty then
                let names = frame.Broken |> List.map _.Name |> String.concat ", "

                svg.Append(
                    $"  <rect x=\"{margin - 6}\" y=\"{y - rowHeight / 2 + 3}\" width=\"{width - 2 * margin + 12}\" height=\"{rowHeight - 6}\" fill=\"none\" stroke=\"{broken}\" stroke-width=\"1.6\" rx=\"5\"/>\n"
                )
                |> ignore

                text
                    svg
                    (width - margin - 2)
                    (y + rowHeight / 2 - 9)
                    $"text-anchor=\"end\" font-size=\"12\" font-weight=\"bold\" fill=\"{broken}\""
                    $"breaks {names}"

        svg.Append("</svg>\n").ToString()
