// The house rules, tried on the source tree as it is, and each on a text that breaks it.
module Core.Tests.ArchitectureTests

open System.IO
open System.Text.RegularExpressions
open Idempotency.Core
open Core.Tests.HouseRules
open NUnit.Framework

let private core = "src/Core.FSharp"

let private ours =
    [ "src"; "tests"; "examples"; "benchmarks" ] |> List.collect sources

let private shipping = sources "src"

let private pure' =
    [ "Domain"; "Json"; "Keys"; "Protocol" ]
    |> List.collect (fun folder -> sources $"{core}/{folder}")

/// The file that reads the clock and makes tokens for everybody else.
let private effectsFile = $"{core}/Runtime/Effects.fs"

/// No file breaks the rule: what the rule finds is named with the file.
let private keep rule files =
    let found =
        [ for file in files do
              for problem in rule file -> $"{file.Path}: {problem}" ]

    Assert.That(found, Is.Empty)

let private read (path: string) =
    File.ReadAllText(Path.Combine(root, path))

[<Test>]
let ``the source tree is found, and it is this one`` () =
    Assert.That([ for file in shipping -> file.Path ], Does.Contain $"{core}/Protocol/Protocol.fs")
    Assert.That([ for file in ours -> file.Path ], Does.Contain "tests/Core.Tests/House/ArchitectureTests.fs")
    Assert.That(pure'.Length, Is.GreaterThan 6)

[<Test>]
let ``the core compiles its folders in dependency order, which is the order of their names`` () =
    Assert.That(folders, Is.EqualTo<string list>(List.sort folders))
    Assert.That(outOfOrder (compiled (read $"{core}/Core.FSharp.fsproj")), Is.Empty)

[<Test>]
let ``broken twin: a file before what it uses, or in no known folder, is noticed`` () =
    let project =
        """<Compile Include="Domain/A.fs" /><Compile Include="Runtime\B.fs" /><Compile Include="Json/C.fs" /><Compile Include="D.fs" />"""

    Assert.That(outOfOrder (compiled project), Is.EquivalentTo [ "Json/C.fs"; "D.fs" ])

[<Test>]
let ``the core compiles every file that it has, and no other`` () =
    let onDisk =
        [ for file in sources core -> Path.GetRelativePath(core, file.Path).Replace('\\', '/') ]

    Assert.That(compiled (read $"{core}/Core.FSharp.fsproj"), Is.EquivalentTo onDisk)

[<Test>]
let ``the pure folders know no clock, no chance, no logger, no thread, no task and no vendor`` () =
    pure' |> keep (fun file -> mentions impure file.Text)

[<TestCase("let now = DateTime.UtcNow")>]
[<TestCase("let now = DateTimeOffset.Now")>]
[<TestCase("let started = Stopwatch.GetTimestamp()")>]
[<TestCase("let now = Environment.TickCount64")>]
[<TestCase("let id = Guid.NewGuid()")>]
[<TestCase("let jitter = Random.Shared.NextDouble()")>]
[<TestCase("let bytes = RandomNumberGenerator.GetBytes 16")>]
[<TestCase("let clock: TimeProvider = clock")>]
[<TestCase("open Amazon.DynamoDBv2")>]
[<TestCase("let run () : Task<int> = task { return 1 }")>]
[<TestCase("let log (logger: ILogger) = ()")>]
[<TestCase("open System.Threading")>]
[<TestCase("Console.WriteLine $\"{1}\"")>]
[<TestCase("let text = \"// not a comment\" in printfn \"%s\" text")>]
[<TestCase("let quote = '\"' in DateTime.Now // \"")>]
let ``broken twin: an impure line is noticed`` line =
    Assert.That(mentions impure $"// A comment.\n{line}\n", Is.Not.Empty)

[<TestCase("// DateTime.Now in a comment")>]
[<TestCase("(* Guid.NewGuid() *) let x = 1 (* Task *)")>]
[<TestCase("/* Random */ int x = 1;")>]
[<TestCase("let multitasking = (*) 2 // Task")>]
[<TestCase("let nowhere = 1")>]
let ``an innocent line is left alone`` line =
    Assert.That(mentions impure line, Is.Empty)

[<Test>]
let ``nothing that ships reads the ambient clock`` () =
    shipping |> keep (fun file -> mentions ambientClock file.Text)

[<Test>]
let ``one file takes the system's clock and makes tokens`` () =
    shipping
    |> List.filter (fun file -> file.Path <> effectsFile)
    |> keep (fun file -> mentions effects file.Text)

[<Test>]
let ``broken twin: a second clock, or a token made elsewhere, is noticed`` () =
    Assert.That(mentions ambientClock "var now = DateTimeOffset.UtcNow;", Is.Not.Empty)

    for line in
        [ "TimeProvider.System"
          "Guid.NewGuid()"
          "Guid.CreateVersion7()"
          "RandomNumberGenerator.Fill(bytes)" ] do
        Assert.That(mentions effects line, Is.Not.Empty, line)

/// Files that may be longer, and why.
let private longer = Map.empty

let private tooLong limits file =
    let limit = limits |> Map.tryFind file.Path |> Option.defaultValue 300
    if lines file.Text > limit then [ $"{lines file.Text} lines" ] else []

[<Test>]
let ``no source file is longer than 300 lines`` () = ours |> keep (tooLong longer)

[<Test>]
let ``broken twin: a file of 301 lines is noticed, one of 300 is not`` () =
    let file count =
        { Path = "src/A.fs"
          Text = String.replicate count "x\n" }

    Assert.That(
        [ for count in [ 300; 301 ] -> (tooLong longer (file count)).Length ],
        Is.EqualTo<int list> [ 0; 1 ]
    )

[<Test>]
let ``the core uses no vendor's assembly`` () =
    let used =
        [ for name in typeof<Ticket>.Assembly.GetReferencedAssemblies() -> string name.Name ]

    Assert.That(used, Does.Contain "FSharp.Core")

    Assert.That(
        used
        |> List.filter (fun name -> Regex.IsMatch(name, "AWS|Amazon|Logging|DependencyInjection")),
        Is.Empty
    )

    Assert.That(mentions [ @"AWSSDK\S*" ] (read $"{core}/paket.references"), Is.Empty)

[<Test>]
let ``every file that ships says in its first line what it is`` () =
    shipping
    |> keep (fun file -> if saysWhatItIs file.Text then [] else [ "no comment at its head" ])

[<Test>]
let ``broken twin: a file that begins with code, or with a doc comment, is noticed`` () =
    for text in [ "module A\n// late"; "/// A doc comment."; ""; "//\nmodule A" ] do
        Assert.That(saysWhatItIs text, Is.False, text)

[<Test>]
let ``nothing is left undone, and no warning is silenced`` () =
    ours |> keep (fun file -> leftUndone file.Text)

[<Test>]
let ``broken twin: what is left undone is noticed, in a comment too`` () =
    for mark in unfinished do
        Assert.That(leftUndone $"let x = 1 // {mark}: later", Is.Not.Empty, mark)

/// Arms that take whatever is left, by file: how many, and why they may.
let private wildcards =
    Map
        [
          // Equals is handed any object, three times; and a text is known by its bytes, or it is not.
          $"{core}/Domain/Primitives.fs", 4
          // The record is not the call's own, whatever else it is: the one guard of three requests.
          $"{core}/Domain/Lifecycle.fs", 3 ]

let private wildcarded file =
    let allowed = wildcards |> Map.tryFind file.Path |> Option.defaultValue 0
    let count = wildcardArms file.Text
    if count > allowed then [ $"{count} wildcard arms, {allowed} allowed" ] else []

[<Test>]
let ``the rules and the machine name every case that they treat`` () =
    [ "Domain"; "Protocol" ]
    |> List.collect (fun folder -> sources $"{core}/{folder}")
    |> keep wildcarded

[<Test>]
let ``broken twin: a wildcard arm is noticed`` () =
    let text = "match step with\n| Step.Run _ -> 1\n|  _  -> 2 // | _ ->\n"

    Assert.That(
        wildcarded
            { Path = $"{core}/Protocol/Step.fs"
              Text = text },
        Is.Not.Empty
    )

    Assert.That(wildcardArms text, Is.EqualTo 1)

/// The numbers of the rows in a text of the state table.
let private rows (text: string) =
    [ for row in Regex.Matches(text, @"(?m)^\| (\d+) \|") -> int row.Groups[1].Value ]

let private table = lazy (read "docs/protocol.md")

[<Test>]
let ``the document has the rows 1 to 39 of the state table, in order`` () =
    Assert.That(rows table.Value, Is.EqualTo<int list> [ 1..39 ])

[<Test>]
let ``every row of the state table has a test with its number`` () =
    let tests =
        [ for kind in typeof<Source>.Assembly.GetTypes() do
              for method in kind.GetMethods() -> method.Name ]

    let untested =
        rows table.Value
        |> List.filter (fun row -> not (tests |> List.exists (fun name -> name.StartsWith $"row %02d{row}")))

    Assert.That(untested, Is.Empty)

[<Test>]
let ``the machine's comments name rows that the document has, and leave out few`` () =
    let machine = read $"{core}/Protocol/Protocol.fs"

    let named =
        set [ for row in Regex.Matches(machine, @"// (\d+)") -> int row.Groups[1].Value ]

    Assert.That(named - set (rows table.Value), Is.Empty)
    Assert.That(named.Count, Is.GreaterThan 20)

[<Test>]
let ``the document names every state, every conclusion and every answer of the rules`` () =
    let names (union: System.Type) =
        [ for case in Microsoft.FSharp.Reflection.FSharpType.GetUnionCases union -> case.Name ]

    let states =
        [ "Looking"
          "Acquiring"
          "Refreshing"
          "Abandoning"
          "Running"
          "Completing"
          "LateCompleting"
          "Releasing"
          "Waiting"
          "Peeking"
          "Done" ]

    let expected = states @ names typeof<Conclusion> @ names typeof<Standing>

    let unnamed =
        expected
        |> List.filter (fun name -> not (Regex.IsMatch(table.Value, $@"\b{name}\b")))

    Assert.That(unnamed, Is.Empty)
