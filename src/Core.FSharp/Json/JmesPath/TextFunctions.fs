// The specification's functions on text, and those that tell or change what a value is.
namespace Idempotency.Core

open System
open System.Text
open Idempotency

module internal TextFunctions =
    let private text = Parameter.Value JmesTypes.String
    let private any = Parameter.Value JmesTypes.Any

    let private define name parameters (body: JmesValue[] -> JmesValue) =
        JmesFunction(name, parameters, false, Body.OfValues(fun _ values -> body values))

    let private test (compare: string -> string -> bool) (values: JmesValue[]) =
        JmesValues.ofBool (compare (JmesValues.text values[0]) (JmesValues.text values[1]))

    let private join (values: JmesValue[]) =
        let separator = JmesValues.text values[0]
        let joined = StringBuilder()
        let mutable first = true

        for item in JmesItems values[1] do
            if not first then joined.Append separator |> ignore

            first <- false
            joined.Append(JmesValues.text item) |> ignore

        JmesValue.OfText(joined.ToString())

    let private contains (values: JmesValue[]) =
        let subject, wanted = values[0], values[1]

        if subject.Type = JmesTypes.String then
            wanted.Type = JmesTypes.String
            && (JmesValues.text subject).Contains(JmesValues.text wanted, StringComparison.Ordinal)
        else
            let mutable found = false

            for item in JmesItems subject do
                found <- found || JmesEquality.equal item wanted

            found

    let private toText (value: JmesValue) =
        if value.Type = JmesTypes.String then
            value
        else
            let output = ByteBuffer 64
            JmesWriting.writeCompact output value
            JmesValue.OfText(Encoding.UTF8.GetString output.Written)

    let private startsWith (whole: string) (part: string) =
        whole.StartsWith(part, StringComparison.Ordinal)

    let private endsWith (whole: string) (part: string) =
        whole.EndsWith(part, StringComparison.Ordinal)

    let all =
        [ define "contains" [ Parameter.Value(JmesTypes.Array ||| JmesTypes.String); any ] (fun values ->
              JmesValues.ofBool (contains values))
          define "ends_with" [ text; text ] (test endsWith)
          define "join" [ text; Parameter.ArrayOf JmesTypes.String ] join
          define "starts_with" [ text; text ] (test startsWith)
          define "to_string" [ any ] (fun values -> toText values[0])
          define "type" [ any ] (fun values -> JmesValue.OfText(JmesValues.describe values[0].Type)) ]
