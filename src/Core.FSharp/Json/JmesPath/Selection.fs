// The short way for the shapes that keys most often have: a member path, or a list or hash of such, in the document or in
// JSON that powertools_json finds in its texts. Here an expression is found to have such a shape; SelectionReader.fs
// evaluates it.
namespace Idempotency.Core

open System
open System.Collections.Generic
open System.Text
open Idempotency

/// What is wanted of a value: its place in the text, some of its members, or both.
[<Sealed>]
type internal Branch(name: string) =
    let utf8 = Encoding.UTF8.GetBytes name
    member _.Name = name
    member _.Utf8 = utf8
    member val Members = List<Branch>()
    /// Where its place is noted; -1 if it is not wanted.
    member val Slot = -1 with get, set

/// How the result is put together from the places that were noted.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type internal Template =
    | Part of slot: int
    /// A list or hash is null where the value that it selects from, in the guarding slot, is null or missing.
    | Items of guard: int * Template list
    /// The names are quoted, and have their colon.
    | Members of guard: int * struct (byte[] * Template) list

/// What is wanted of a JSON text.
[<NoComparison; NoEquality>]
type internal WantedText =
    {
        /// The slot of the string that holds the text; -1 for the document.
        Holder: int
        /// Whether it does so in base64.
        IsBase64: bool
        Root: Branch
    }

[<NoComparison; NoEquality>]
type internal Selection =
    {
        /// The document, and after it the texts that stand in texts before them.
        Texts: WantedText[]
        Slots: int
        Template: Template
    }

module internal Selection =
    /// How many values are looked for at most, and how many names on the way to them: more than these are evaluated
    /// the general way.
    let private maxBranches = 64

    /// Makes branches; none when there are too many.
    [<Sealed>]
    type private Planner(functions: FunctionTable) =
        let mutable slots = 0
        let mutable branches = 0

        let document =
            { Holder = -1
              IsBase64 = false
              Root = Branch "" }

        let texts = List<WantedText>([ document ])

        let addBranch (name: string) : Branch voption =
            if branches = maxBranches then
                ValueNone
            else
                branches <- branches + 1
                ValueSome(Branch name)

        member _.Document = document.Root
        member _.Slots = slots
        member _.Texts = texts.ToArray()

        /// Whether a call is of one of our functions, and not of another by its name.
        member _.IsOf(ours: JmesFunction, call: Call) =
            let mutable found = ours

            call.Name = ours.Name
            && functions.TryFind(call.Name, &found)
            && Object.ReferenceEquals(found, ours)

        /// What is wanted of the text in the string of a slot.
        member _.TextIn(holder: int, isBase64: bool) : Branch voption =
            match texts.FindIndex(fun known -> known.Holder = holder && known.IsBase64 = isBase64) with
            | -1 ->
                let added = addBranch ""

                added
                |> ValueOption.iter (fun root ->
                    texts.Add
                        { Holder = holder
                          IsBase64 = isBase64
                          Root = root })

                added
            | known -> ValueSome texts[known].Root

        member _.SlotOf(branch: Branch) =
            if branch.Slot < 0 then
                branch.Slot <- slots
                slots <- slots + 1

            branch.Slot

        member _.MemberOf(branch: Branch, name: string) : Branch voption =
            match branch.Members.Find(fun known -> known.Name = name) with
            | null ->
                let added = addBranch name
                added |> ValueOption.iter branch.Members.Add
                added
            | known -> ValueSome known

    let private quotedName (name: MemberName) =
        Encoding.UTF8.GetBytes(JmesText.quote name.Text + ":")

    /// The template of steps from a branch, if they have such a shape.
    let rec private plan (planner: Planner) (branch: Branch) (steps: Node list) : Template voption =
        match steps with
        | [] -> ValueSome(Template.Part(planner.SlotOf branch))
        | Node.Current :: rest -> plan planner branch rest
        | Node.Chain inner :: rest -> plan planner branch (inner @ rest)
        | Node.Member name :: rest ->
            match planner.MemberOf(branch, name.Text) with
            | ValueSome reached -> plan planner reached rest
            | ValueNone -> ValueNone
        | [ Node.SelectList items ] ->
            planAll planner branch items
            |> ValueOption.map (fun templates -> Template.Items(planner.SlotOf branch, templates))
        | [ Node.SelectHash members ] ->
            let quote (struct (name, _)) template = struct (quotedName name, template)

            planAll planner branch (members |> List.map (fun (struct (_, node)) -> node))
            |> ValueOption.map (fun templates ->
                Template.Members(planner.SlotOf branch, List.map2 quote members templates))
        | Node.Call call :: rest when planner.IsOf(PowertoolsFunctions.json, call) ->
            match planText planner branch call.Arguments.Head.Node with
            | ValueSome root -> plan planner root rest
            | ValueNone -> ValueNone
        | Node.SelectList _ :: _
        | Node.SelectHash _ :: _
        | Node.Index _ :: _
        | Node.Slice _ :: _
        | Node.Literal _ :: _
        | Node.Projection _ :: _
        | Node.MemberProjection _ :: _
        | Node.Filter _ :: _
        | Node.Flatten _ :: _
        | Node.Comparison _ :: _
        | Node.Or _ :: _
        | Node.And _ :: _
        | Node.Not _ :: _
        | Node.Call _ :: _ -> ValueNone

    /// The branch of the text that an expression gives, which may decode it.
    and private planText planner branch (node: Node) : Branch voption =
        let struct (isBase64, holder) =
            match node with
            | Node.Call call when planner.IsOf(PowertoolsFunctions.base64, call) ->
                struct (true, call.Arguments.Head.Node)
            | encoded -> struct (false, encoded)

        match plan planner branch [ holder ] with
        | ValueSome(Template.Part slot) -> planner.TextIn(slot, isBase64)
        | ValueSome(Template.Items _)
        | ValueSome(Template.Members _)
        | ValueNone -> ValueNone

    and private planAll planner branch (nodes: Node list) : Template list voption =
        let templates = List<Template>()

        let isPlanned node =
            match plan planner branch [ node ] with
            | ValueSome template ->
                templates.Add template
                true
            | ValueNone -> false

        if List.forall isPlanned nodes then
            ValueSome(List.ofSeq templates)
        else
            ValueNone

    /// How to evaluate an expression that calls functions of this table the short way, if it has such a shape.
    let ofNode (functions: FunctionTable) (node: Node) : Selection voption =
        let planner = Planner functions

        plan planner planner.Document [ node ]
        |> ValueOption.map (fun template ->
            { Texts = planner.Texts
              Slots = planner.Slots
              Template = template })
