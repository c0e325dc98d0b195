// What the README and the docs show is compiled somewhere, and what they promise is tested by a test that exists.
module Core.Tests.DocumentationTests

open System
open System.IO
open System.Text.RegularExpressions
open NUnit.Framework

let private root =
    let rec up (folder: DirectoryInfo | null) =
        match folder with
        | null -> failwith "Idempotency.sln stands in no folder above the tests"
        | here when File.Exists(Path.Combine(here.FullName, "Idempotency.sln")) -> here.FullName
        | here -> up here.Parent

    up (DirectoryInfo AppContext.BaseDirectory)

let private isBuilt (path: string) =
    let separator = string Path.DirectorySeparatorChar

    [ "bin"; "obj"; "artifacts" ]
    |> List.exists (fun folder -> path.Contains(separator + folder + separator))

let private filesOf (folder: string) (pattern: string) =
    Directory.GetFiles(Path.Combine(root, folder), pattern, SearchOption.AllDirectories)
    |> Array.filter (isBuilt >> not)

/// A text without what moving it to another place changes: the indentation, and blank lines.
let private squeezed (text: string) =
    text.Split '\n'
    |> Array.map (fun line -> line.Trim())
    |> Array.filter (fun line -> line <> "")
    |> String.concat "\n"

let private documents =
    lazy
        ([| yield Path.Combine(root, "README.md")
            if Directory.Exists(Path.Combine(root, "docs")) then
                yield! filesOf "docs" "*.md" |])

let private compiled =
    lazy
        ([ for folder in [ "examples"; "tests"; "src" ] do
               for pattern in [ "*.cs"; "*.fs" ] do
                   yield! filesOf folder pattern |> Array.map (File.ReadAllText >> squeezed) ])

let private blocksOf (text: string) =
    [ for found in Regex.Matches(text, "```(?:csharp|fsharp)\n(.*?)```", RegexOptions.Singleline) do
          found.Groups[1].Value ]

let private isCompiled (block: string) =
    let wanted = squeezed block

    compiled.Value
    |> List.exists (fun source -> source.Contains(wanted, StringComparison.Ordinal))

[<Test>]
let ``every block of code in the README and the docs stands in a compiled file`` () =
    let strays =
        [ for document in documents.Value do
              for block in blocksOf (File.ReadAllText document) do
                  if not (isCompiled block) then $"{Path.GetFileName document}:\n{block}" ]

    Assert.That(strays, Is.Empty)

[<Test>]
let ``a block that is compiled nowhere is noticed`` () =
    let made = "let thisLine = \"stands " + "nowhere\""
    Assert.That(isCompiled made, Is.False)

/// The names of tests that a document points to: `like this one` in its column of tests.
let private testsNamedIn (text: string) =
    [ for found in Regex.Matches(text, @"^\| .* \| (.*) \|$", RegexOptions.Multiline) do
          for name in Regex.Matches(found.Groups[1].Value, "`([^`]+)`") do
              name.Groups[1].Value ]

[<Test>]
let ``every test that the guarantees point to exists`` () =
    let guarantees = File.ReadAllText(Path.Combine(root, "docs", "guarantees.md"))
    let names = testsNamedIn guarantees
    let sources = filesOf "tests" "*.?s" |> Array.map File.ReadAllText

    let exists (name: string) =
        sources
        |> Array.exists (fun source -> source.Contains(name, StringComparison.Ordinal))

    Assert.That(names.Length, Is.GreaterThanOrEqualTo 10, "the table of guarantees names its tests")
    Assert.That(names |> List.filter (exists >> not), Is.Empty)

[<Test>]
let ``the documents that the README and the docs point to exist`` () =
    let broken =
        [ for document in documents.Value do
              for found in Regex.Matches(File.ReadAllText document, @"\]\((?!https?:)([^)#]+)") do
                  let target =
                      Path.Combine(Path.GetDirectoryName(document: string) |> string, found.Groups[1].Value)

                  if not (File.Exists target) then
                      $"{Path.GetFileName document}: {found.Groups[1].Value}" ]

    Assert.That(broken, Is.Empty)
