// Runs many worlds, one seed after the other.
namespace Idempotency.Simulation

module RandomWorlds =
    /// The reports of the worlds of these seeds, made only as they are asked for. `adapt` changes each world
    /// before it runs.
    let reports (setting: Setting) (adapt: World -> World) (seeds: seq<int>) : seq<WorldReport> =
        seeds |> Seq.map (World.ofSeed >> adapt >> WorldRun.run setting)

    /// The first world that breaks something, if one does.
    let firstBroken (setting: Setting) (seeds: seq<int>) : WorldReport option =
        reports setting id seeds
        |> Seq.tryFind (fun report -> not report.Violations.IsEmpty)
