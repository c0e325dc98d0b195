// What is left behind of a world that breaks something: the small schedule in a file that `replay` runs again, and its
// picture beside it.
namespace Idempotency.Simulation

open System
open System.IO

/// A world that broke something, made small.
[<NoComparison>]
type FoundWorld =
    {
        Report: WorldReport
        Violation: Violation
        /// The small schedule that breaks the same.
        Schedule: Schedule
        Frames: Frame list
    }

module FoundWorld =
    /// How many smaller schedules are tried.
    [<Literal>]
    let private tries = 20_000

    /// Makes the world of a report small, in its setting.
    let shrink (setting: Setting) (violation: Violation) (report: WorldReport) : FoundWorld =
        let schedule = Shrinking.smallest setting violation.Invariant tries report.Schedule

        { Report = report
          Violation = violation
          Schedule = schedule
          Frames = WorldRun.frames setting schedule }

    /// The text of the schedule's file.
    let text (found: FoundWorld) =
        ScheduleText.write
            $"Seed {found.Report.World.Seed} breaks {found.Violation}. Replay it: dotnet run --project tests/Simulation -- replay FILE"
            [ found.Schedule ]

    /// The picture of a schedule.
    let picture (schedule: Schedule) (frames: Frame list) =
        let broken = schedule.Expect.Breaks |> Option.defaultValue []

        Chart.svg
            { Title =
                match broken with
                | [] -> $"{schedule.Id}: {schedule.Title}"
                | broken ->
                    let names = broken |> List.map _.Name |> String.concat ", "
                    $"{schedule.Id} breaks {names}"
              Subtitle =
                if schedule.Setting = "" then
                    schedule.Title
                else
                    $"{schedule.Title}; the protocol without a guard: {schedule.Setting}"
              Frames = frames }

    /// Writes the file and the picture into a folder: their paths.
    let write (folder: string) (found: FoundWorld) =
        Directory.CreateDirectory folder |> ignore
        let path = Path.Combine(folder, $"{found.Schedule.Id}.json")
        let picturePath = Path.Combine(folder, $"{found.Schedule.Id}.svg")
        File.WriteAllText(path, text found)
        File.WriteAllText(picturePath, picture found.Schedule found.Frames)
        path, picturePath

    /// The story as lines of text.
    let lines (found: FoundWorld) =
        [ $"{found.Report}"
          $"made small, {found.Violation.Invariant.Name} takes {found.Schedule.Calls.Length} calls and {found.Schedule.Steps.Length} steps:"
          yield! Frame.lines found.Frames ]
