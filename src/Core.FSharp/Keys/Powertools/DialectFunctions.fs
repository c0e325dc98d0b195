// The functions of JMESPath where a language of Powertools has them behave otherwise than this library, and reading a
// member, which .NET does otherwise.
namespace Idempotency.Core

open System
open System.Text.Json
open Idempotency

module internal DialectFunctions =
    let private names =
        [ "powertools_json"; "powertools_base64"; "powertools_base64_gzip" ]

    /// How deeply the languages that have no limit may be given JSON.
    [<Literal>]
    let maxDepth = 1000

    let private find (table: FunctionTable) name =
        let mutable found = Unchecked.defaultof<JmesFunction>
        if table.TryFind(name, &found) then ValueSome found else ValueNone

    let private ours name =
        find FunctionTable.Powertools name |> ValueOption.get

    /// The function with another body, which is given its own one.
    let private around
        (change: (unit -> JmesValue) -> JmesFunction -> CallSite -> JmesValue[] -> JmesValue)
        (one: JmesFunction)
        =
        let parameters = one.Parameters

        match one.Body with
        | Body.OfValues body ->
            let run site values =
                change (fun () -> body site values) one site values

            JmesFunction(one.Name, parameters, one.IsVariadic, Body.OfValues run)
        | Body.OfEach body ->
            let run site expression items =
                change (fun () -> body site expression items) one site [| items |]

            JmesFunction(one.Name, parameters, one.IsVariadic, Body.OfEach run)

    let private after (change: JmesValue -> JmesValue) (name: string) =
        ours name |> around (fun run _ _ _ -> change (run ()))

    let private parse depth (text: string) =
        try
            Ok(JmesValue(JsonElement.Parse(text, JsonDocumentOptions(MaxDepth = depth))))
        with
        | :? JsonException -> Error "needs JSON, which the text is not"
        | :? ArgumentException -> Error "needs JSON, but the text is not Unicode"

    let private json depth =
        JmesFunction.define "powertools_json" [ JmesTypes.String ] (fun values ->
            parse depth (JmesValues.text values[0]))

    let private toText language =
        JmesFunction.define "to_string" [ JmesTypes.Any ] (fun values ->
            let value = values[0]

            if value.Type = JmesTypes.String then
                Ok value
            else
                Ok(JmesValue.OfText(DialectText.compact language (JsonTree.ofValue value))))

    /// Java and JavaScript count the code units of UTF-16.
    let private length =
        ours "length"
        |> around (fun run _ _ values ->
            if values[0].Type = JmesTypes.String then
                JmesNumbers.ofInt (JmesValues.text values[0]).Length
            else
                run ())

    let private withoutLineEnds (value: JmesValue) =
        JmesValue.OfText((JmesValues.text value).Replace("\r", "").Replace("\n", ""))

    /// .NET only takes JSON out of base64.
    let private parsed name =
        ours name
        |> around (fun run _ site _ ->
            match parse Canonical.DefaultMaxDepth (JmesValues.text (run ())) with
            | Ok value -> value
            | Error reason -> site.FailValue reason)

    let private identity =
        JmesFunction.define "powertools_json" [ JmesTypes.Any ] (fun values -> Ok values[0])

    let private changed (language: PowertoolsLanguage) : JmesFunction list =
        let math =
            [ for name, body in DialectMath.functions language ->
                  ours name |> around (fun _ _ site values -> body site values[0]) ]

        let others =
            match language with
            | PowertoolsLanguage.Python -> [ json maxDepth ]
            | PowertoolsLanguage.TypeScript -> [ json maxDepth; length ]
            | PowertoolsLanguage.Java ->
                [ json maxDepth; length; after withoutLineEnds "powertools_base64_gzip" ]
            | PowertoolsLanguage.DotNet ->
                [ identity; parsed "powertools_base64"; parsed "powertools_base64_gzip" ]

        toText language :: math @ others

    /// Gives null where the function fails with a problem of this kind.
    let private silent (kind: JmesProblemKind) (one: JmesFunction) =
        let guarded =
            one
            |> around (fun run one site values ->
                try
                    match one.Body with
                    | Body.OfValues _ when kind.IsInvalidType ->
                        for i in 0 .. values.Length - 1 do
                            Parameters.check
                                site
                                i
                                one.Parameters[min i (one.Parameters.Length - 1)]
                                values[i]
                    | Body.OfEach _ when kind.IsInvalidType ->
                        let array = one.Parameters |> List.find (fun each -> not each.IsExpression)
                        Parameters.check site 0 array values[0]
                    | Body.OfValues _
                    | Body.OfEach _ -> ()

                    run ()
                with JmesFailed(found, _, _, _) when found = kind ->
                    JmesValue.Null)

        let relaxed (parameter: Parameter) =
            match parameter with
            | Parameter.Value _
            | Parameter.ArrayOf _ when kind.IsInvalidType -> Parameter.Value JmesTypes.Any
            | Parameter.Value _
            | Parameter.ArrayOf _
            | Parameter.Expression -> parameter

        JmesFunction(one.Name, List.map relaxed guarded.Parameters, one.IsVariadic, guarded.Body)

    let private silence kind (table: FunctionTable) =
        table.With [| for name in table.Names -> silent kind (ValueOption.get (find table name)) |]

    /// What reading a member is called in .NET's table; expressions do not write it, PowertoolsPath puts it in.
    let memberName = "powertools_dotnet_member"

    /// A text of the document that is JSON is read as JSON.
    let private readMember =
        JmesFunction.define memberName [ JmesTypes.Any; JmesTypes.String ] (fun values ->
            let found = JmesValues.memberOf (MemberName(JmesValues.text values[1])) values[0]

            if isNull values[0].Computed && found.Type = JmesTypes.String then
                match parse Canonical.DefaultMaxDepth (JmesValues.text found) with
                | Ok value -> Ok value
                | Error _ -> Ok found
            else
                Ok found)

    /// The functions that an expression of this language calls. A function of the user's own keeps its place.
    let table (language: PowertoolsLanguage) (given: FunctionTable) : FunctionTable =
        let isOurs (one: JmesFunction) =
            match find given one.Name with
            | ValueNone -> true
            | ValueSome known -> Object.ReferenceEquals(known, ours one.Name)

        let missing =
            names
            |> List.filter (fun name -> ValueOption.isNone (find given name))
            |> List.map ours

        let all =
            (given.With(Array.ofList missing)).With(changed language |> List.filter isOurs |> Array.ofList)

        match language with
        | PowertoolsLanguage.Python -> all
        | PowertoolsLanguage.TypeScript -> silence JmesProblemKind.InvalidValue all
        | PowertoolsLanguage.Java -> silence JmesProblemKind.InvalidType all
        | PowertoolsLanguage.DotNet -> all.With readMember

    /// The functions that the expression for the payload to check calls: Python leaves its own ones out.
    let payloadTable (language: PowertoolsLanguage) (given: FunctionTable) : FunctionTable =
        match language with
        | PowertoolsLanguage.Python -> (table language given).Without names
        | PowertoolsLanguage.TypeScript
        | PowertoolsLanguage.Java
        | PowertoolsLanguage.DotNet -> table language given
