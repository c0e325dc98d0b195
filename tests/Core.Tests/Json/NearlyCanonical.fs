// JSON texts made by dice that are nearly as the canonical form writes them: here and there a space, an escape, another
// spelling of a number, members out of order. So long parts of them stand as they are, and what does not is met anywhere.
module Core.Tests.Json.NearlyCanonical

open System
open System.Text

/// How odd a text is to be: of its places one of so many is spelled in another way, and of its objects one of so many has
/// its members in any order. Zero is never.
[<NoEquality; NoComparison>]
type private Dice =
    { Random: Random
      OddPlaces: int
      OddOrders: int }

    member this.Choose(choices: string[]) =
        choices[this.Random.Next choices.Length]

    member this.Happens(oneOf: int) = oneOf > 0 && this.Random.Next oneOf = 0

let private plain = [| "a"; "b"; "Z"; "0"; " "; "/"; "é"; "€"; "\ufb33"; "😂"; "~" |]

let private standing =
    [| "\\\""; "\\\\"; "\\n"; "\\t"; "\\b"; "\\f"; "\\r"; "\\u0001"; "\\u001f" |]

let private rewritten =
    [| "\\/"; "\\u0061"; "\\u000a"; "\\u00E9"; "\\ud83d\\ude02" |]

let private numbers =
    [| "0"
       "7"
       "-7"
       "12.5"
       "-0.25"
       "0.1"
       "1234567890123456789"
       "123456789012345678901"
       "true"
       "false"
       "null" |]

let private oddNumbers =
    [| "-0"
       "49.90"
       "5.00"
       "-0.50"
       "0.0"
       "0.05"
       "0.0000001"
       "1e5"
       "1.5E-1"
       "1234567890123456789012"
       "1234567890123456789012.50" |]

let private space (dice: Dice) (output: StringBuilder) =
    if dice.Happens dice.OddPlaces then
        output.Append(dice.Choose [| " "; "\n"; "\r"; "\t"; "  \r\n\t " |]) |> ignore

let private text (dice: Dice) (output: StringBuilder) (start: string) (length: int) =
    output.Append('"').Append(start) |> ignore

    for _ in 1..length do
        let choices =
            if dice.Happens dice.OddPlaces then rewritten
            elif dice.Random.Next 60 = 0 then standing
            else plain

        output.Append(dice.Choose choices) |> ignore

    output.Append '"' |> ignore

/// So many names of which no two are alike, in order unless the dice say otherwise. Many begin in the same way.
let private names (dice: Dice) (count: int) =
    let start =
        dice.Choose
            [| ""
               "x-header-"
               "fifteen bytes.."
               "sixteen bytes..."
               "more than sixteen bytes" |]

    let ends = dice.Choose [| ""; "é"; "\ufb33"; "😂"; "-and a longer end" |]
    let names = Array.init count (fun i -> start + dice.Choose plain + string i + ends)
    Array.sortInPlaceWith (fun (a: string) b -> String.CompareOrdinal(a, b)) names
    if dice.Happens dice.OddOrders then dice.Random.Shuffle names
    if dice.Happens 100 && count > 1 then names[0] <- names[count - 1]
    names

let private countOf (dice: Dice) =
    match dice.Random.Next 24 with
    | 0 -> 14 + dice.Random.Next 6
    | 1 when dice.Happens 4 -> 70
    | n -> n % 5

let rec private value (dice: Dice) (depth: int) (output: StringBuilder) =
    match dice.Random.Next(if depth = 0 then 4 else 9) with
    | 0
    | 1 -> text dice output "" (dice.Random.Next(if dice.Happens 10 then 200 else 20))
    | 2
    | 3 ->
        let choices = if dice.Happens dice.OddPlaces then oddNumbers else numbers
        output.Append(dice.Choose choices) |> ignore
    | 4
    | 5 -> items dice output '[' ']' (Array.replicate (countOf dice) ignore) depth
    | _ ->
        let write name =
            fun output ->
                text dice output name (if dice.Happens dice.OddPlaces then 1 else 0)
                space dice output
                output.Append ':' |> ignore
                space dice output

        items dice output '{' '}' (names dice (countOf dice) |> Array.map write) depth

and private items dice output opening closing (starts: (StringBuilder -> unit)[]) depth =
    output.Append opening |> ignore
    space dice output

    starts
    |> Array.iteri (fun i start ->
        if i > 0 then
            output.Append ',' |> ignore
            space dice output

        start output
        value dice (if starts.Length > 20 then 0 else depth - 1) output
        space dice output)

    output.Append closing |> ignore

/// A text; how odd it is the dice say as well.
let make (random: Random) =
    let choose (choices: int[]) = choices[random.Next choices.Length]

    let dice =
        { Random = random
          OddPlaces = choose [| 0; 300; 40; 4 |]
          OddOrders = choose [| 0; 1; 3 |] }

    let output = StringBuilder()
    space dice output
    value dice 4 output
    space dice output
    output.ToString()
