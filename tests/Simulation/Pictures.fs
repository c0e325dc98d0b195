// The pictures in docs: one race, under Powertools' rules and under ours. `timeline` writes them again.
namespace Idempotency.Simulation

module Pictures =
    let private step tick call incident =
        { Tick = tick
          Call = call
          Incident = incident }

    /// A stalls past its lease; B takes over and finishes; A finishes; C asks for the result.
    let lateSuccess =
        [ step 0 0 Incident.Begin
          step 0 0 Incident.Deliver
          step 3 1 Incident.Begin
          step 3 1 Incident.Deliver
          step 3 1 Incident.Return
          step 3 1 Incident.Deliver
          step 4 0 Incident.Return
          step 4 0 Incident.Deliver
          step 4 2 Incident.Begin
          step 4 2 Incident.Deliver ]

    /// A's function fails after its lease; B's lock or result is in its place.
    let lateFailure =
        [ step 0 0 Incident.Begin
          step 0 0 Incident.Deliver
          step 3 1 Incident.Begin
          step 3 1 Incident.Deliver
          step 3 1 Incident.Return
          step 3 1 Incident.Deliver
          step 4 0 Incident.ThrowAndRelease
          step 4 0 Incident.Deliver
          step 4 2 Incident.Begin
          step 4 2 Incident.Deliver ]

    let private bounds = Bounds.ofCallers 3

    let private peers =
        { bounds with
            Workers = [ for worker in bounds.Workers -> { worker with IsPeer = true } ] }

    let private chart title subtitle bounds setting script =
        Chart.svg
            { Title = title
              Subtitle = subtitle
              Frames = Script.play bounds setting script }

    /// The names of the pictures' files, each with its text.
    let all =
        [ "late-success-powertools.svg",
          chart
              "A late success, under Powertools' rules"
              "A stalls past its lease of one second. Its update overwrites what B has stored, and C gets another result than B."
              peers
              Powertools.setting
              lateSuccess
          "late-success.svg",
          chart
              "The same late success, under ours"
              "A's completion is refused, for the record is not its lock any more. It adopts what B has stored; C gets the same."
              bounds
              Setting.shipped
              lateSuccess
          "late-failure-powertools.svg",
          chart
              "A late failure, under Powertools' rules"
              "A's delete removes what B has stored, and C runs the function a third time."
              peers
              Powertools.setting
              lateFailure
          "late-failure.svg",
          chart
              "The same late failure, under ours"
              "A's release is refused; its caller gets its own exception. C gets B's result."
              bounds
              Setting.shipped
              lateFailure ]
