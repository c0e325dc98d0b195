// Reads what stands above the steps of a schedule: its options, its processes and its calls.
namespace Idempotency.Simulation

open Idempotency.Core

module internal Header =
    let release node =
        match Node.text node with
        | "delete" -> ReleaseBy.Delete
        | "tombstone" -> ReleaseBy.Tombstone
        | other -> Node.fail node $"\"delete\" or \"tombstone\" is needed, not \"{other}\""

    let fence node =
        match Node.text node with
        | "start" -> FenceFrom.Start
        | "acquire" -> FenceFrom.Acquire
        | other -> Node.fail node $"\"start\" or \"acquire\" is needed, not \"{other}\""

    let config (start: ScheduleConfig) (node: Node) =
        (start, Node.fields node)
        ||> List.fold (fun config (name, value) ->
            match name with
            | "leaseMs" -> { config with Lease = Node.ms value }
            | "expiresAfterSec" ->
                { config with
                    Expiry = 1000L * Node.ms value }
            | "skewPadMs" -> { config with SkewPad = Node.ms value }
            | "peerPadMs" -> { config with PeerPad = Node.ms value }
            | "payloadValidation" ->
                { config with
                    PayloadValidation = Node.flag value }
            | "payloadBeforeTakeover" ->
                { config with
                    PayloadBeforeTakeover = Node.flag value }
            | "wait" -> { config with Wait = Node.flag value }
            | "lateComplete" ->
                { config with
                    LateComplete = Node.flag value }
            | "release" -> { config with Release = release value }
            | "returnsOldOnFailure" ->
                { config with
                    ReturnsOldOnFailure = Node.flag value }
            | "hold" -> { config with Hold = Node.flag value }
            | "fence" -> { config with Fence = fence value }
            | "clockBoundMs" ->
                { config with
                    ClockBound = Node.ms value }
            | "sweepAheadMs" ->
                { config with
                    SweepAhead = Node.ms value }
            | "travelMs" ->
                { config with
                    Travel = if Node.isNothing value then None else Some(Node.ms value) }
            | _ -> Node.fail value "this option is not known")

    let checkedConfig start (node: Node) =
        let config = config start node

        match Policy.problems (Schedule.policy config) with
        | [] -> config
        | problem :: _ -> Node.fail node problem

    let offset node =
        match Node.known "clockOffsetMs" node with
        | Some offset -> Node.ms offset
        | None -> 0L<ms>

    let isSet name otherwise node =
        match Node.known name node with
        | Some given -> Node.flag given
        | None -> otherwise

    let aProcess (name, node: Node) : ProcessPlan =
        { Name = name
          Offset = offset node
          Drift =
            match Node.known "driftPerMillion" node with
            | Some drift -> int (Node.number drift)
            | None -> 0 }

    /// The name of a process, which must be there.
    let named (processes: ProcessPlan list) (node: Node) =
        let name = Node.text node

        if processes |> List.forall (fun one -> one.Name <> name) then
            Node.fail node $"there is no process \"{name}\" among the schedule's processes"

        name

    let processOf processes node =
        Node.known "process" node |> Option.map (named processes)

    let call processes (name, node: Node) : CallPlan =
        { Name = name
          Result =
            match Node.find "result" node with
            | Some result -> Payload.OfText(result.Json.GetRawText())
            | None -> Payload.Absent
          Payload =
            match Node.known "payload" node with
            | Some payload -> Fingerprint(Node.digest payload)
            | None -> Fingerprint.None
          Cache = Node.known "cache" node |> Option.map Node.text
          Offset = offset node
          Key = Node.known "key" node |> Option.map Node.text
          Process = processOf processes node
          Validates = isSet "validates" true node
          IsPeer = isSet "peer" false node
          LooksFirst = isSet "looksFirst" false node
          Enlists = isSet "enlists" false node }
