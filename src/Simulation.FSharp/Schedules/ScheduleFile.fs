// Reads schedule files. Whatever is wrong in one is said with the schedule's id and the step's number.
namespace Idempotency.Simulation

open System
open System.IO
open System.Text.Json
open Idempotency.Core

module ScheduleFile =
    let private expected (node: Node) : Expected =
        Map [ for name, value in Node.fields node -> name, value.Json.GetRawText() ]

    let private status node =
        match Node.text node with
        | "INPROGRESS" -> Status.InProgress
        | "COMPLETED" -> Status.Completed
        | "FAILED" -> Status.Failed
        | other -> Node.fail node $"INPROGRESS, COMPLETED or FAILED is needed, not \"{other}\""

    /// A record without its key, which is not in the file.
    let private record (epoch: int64<ms>) (node: Node) : Record =
        let expires: int64<s> =
            LanguagePrimitives.Int64WithMeasure(Node.number (Node.need "expirationSec" node))

        { Key = ""
          Status = status (Node.need "status" node)
          Expires = expires + Time.floorSeconds epoch
          LeaseEnds =
            match Node.known "leaseEndsMs" node with
            | Some leaseEnds -> Nullable(epoch + Node.ms leaseEnds)
            | None -> Nullable()
          Owner =
            match Node.known "owner" node with
            | Some owner -> OwnerToken(Node.text owner)
            | None -> OwnerToken.None
          Fingerprint =
            match Node.known "validation" node with
            | Some digest -> Fingerprint(Node.digest digest)
            | None -> Fingerprint.None
          Payload =
            match Node.find "data" node with
            | Some data -> Payload.OfText(data.Json.GetRawText())
            | None -> Payload.Absent }

    let private parcel (node: Node) =
        match Node.known "of" node with
        | None -> Parcel.Request
        | Some given ->
            match Node.text given with
            | "request" -> Parcel.Request
            | "renew" -> Parcel.Renewal
            | other -> Node.fail given $"\"request\" or \"renew\" is needed, not \"{other}\""

    let private tag node = Node.text (Node.need "tag" node)

    /// The verbs that something befalls a call with.
    let private incidents =
        Map
            [ for incident in Incident.all |> List.except [ Incident.LeaveCopy; Incident.GiveUpInFlight ] ->
                  (Verb.To incident).Name, incident ]

    let private verb processes (node: Node) =
        let field = Node.need "do" node

        let aProcess () =
            Header.named processes (Node.need "process" node)

        match Node.text field with
        | "duplicate" -> Verb.Duplicate(parcel node, tag node)
        | "arrive" -> Verb.Arrive(tag node)
        | "ttlSweep" -> Verb.TtlSweep
        | "restart" -> Verb.Restart(aProcess ())
        | "jump" -> Verb.Jump(aProcess (), Node.ms (Node.need "byMs" node))
        | other ->
            match incidents.TryFind other with
            | Some incident -> Verb.To incident
            | None -> Node.fail field $"the verb \"{other}\" is not known"

    let private step processes (calls: CallPlan list) place index (node: Node) =
        let node =
            { node with
                Place = $"{place}, step {index + 1}" }

        let verb = verb processes node
        let call = Node.known "call" node

        match verb, call with
        | (Verb.TtlSweep | Verb.Arrive _ | Verb.Restart _ | Verb.Jump _), None -> ()
        | (Verb.To _ | Verb.Duplicate _), None -> Node.fail node "the field \"call\" is missing"
        | _, Some name when calls |> List.exists (fun call -> call.Name = Node.text name) -> ()
        | _, Some name -> Node.fail name $"there is no call \"{Node.text name}\" among the schedule's calls"

        { Number = index + 1
          At = Node.ms (Node.need "at" node)
          Call = call |> Option.map Node.text
          Verb = verb
          Expect =
            match Node.known "expect" node with
            | Some fields -> expected fields
            | None -> Map.empty }

    let private mapOf read (node: Node option) =
        match node with
        | None -> Map.empty
        | Some fields -> Map [ for name, value in Node.fields fields -> name, read value ]

    let private invariant node =
        match Invariant.ofName (Node.text node) with
        | Some known -> known
        | None -> Node.fail node $"there is no invariant \"{Node.text node}\""

    let private aftermath (node: Node) =
        { Outcomes =
            Node.known "outcomes" node
            |> mapOf (fun outcome -> if Node.isNothing outcome then Map.empty else expected outcome)
          Executions = Node.known "executions" node |> Option.map (Node.items >> List.map Node.text)
          Fences = Node.known "fencesMs" node |> mapOf Node.ms
          FinalRecord =
            Node.find "finalRecord" node
            |> Option.map (fun record -> if Node.isNothing record then None else Some(expected record))
          Breaks = Node.known "breaks" node |> Option.map (Node.items >> List.map invariant) }

    let private schedule epoch start index (node: Node) =
        let node =
            { node with
                Place = $"schedule {index + 1}" }

        let id = Node.text (Node.need "id" node)
        let node = { node with Place = id }

        let setting =
            Node.known "setting" node |> Option.map Node.text |> Option.defaultValue ""

        let processes =
            match Node.known "processes" node with
            | Some given -> Node.fields given |> List.map Header.aProcess
            | None -> []

        let calls = Node.fields (Node.need "calls" node) |> List.map (Header.call processes)

        { Id = id
          Title = Node.known "title" node |> Option.map Node.text |> Option.defaultValue ""
          Epoch = epoch
          Setting = setting
          Config =
            match Node.known "config" node with
            | Some given when setting = "" -> Header.checkedConfig start given
            // The options themselves may be what is wrong with a broken twin.
            | Some given -> Header.config start given
            | None -> start
          Processes = processes
          Calls = calls
          Initial = Node.known "initialRecord" node |> Option.map (record epoch)
          Steps = Node.items (Node.need "steps" node) |> List.mapi (step processes calls id)
          Expect = aftermath (Node.need "expect" node) }

    let private read (root: Node) =
        match Node.known "schema" root with
        | Some schema when Node.number schema <> 1L ->
            Node.fail schema $"schema {Node.number schema} is not known; this program reads schema 1"
        | Some _
        | None -> ()

        let epoch =
            match Node.known "epochMs" root with
            | Some given -> Node.ms given
            | None -> 1_700_000_000_000L<ms>

        let start =
            match Node.known "defaults" root with
            | Some given -> Header.checkedConfig Schedule.defaults given
            | None -> Schedule.defaults

        Node.items (Node.need "schedules" root) |> List.mapi (schedule epoch start)

    /// The schedules in a text, or what is wrong with it.
    let parse (text: string) : Result<Schedule list, string> =
        try
            use document = JsonDocument.Parse text

            Ok(
                read
                    { Place = "the file"
                      Json = document.RootElement }
            )
        with
        | Unreadable message -> Error message
        | :? JsonException as notJson -> Error $"it is not JSON: {notJson.Message}"

    /// The schedules in a file, or what is wrong with it.
    let load (path: string) : Result<Schedule list, string> =
        try
            parse (File.ReadAllText path)
        with
        | :? IOException as fault -> Error fault.Message
        | :? UnauthorizedAccessException as fault -> Error fault.Message
