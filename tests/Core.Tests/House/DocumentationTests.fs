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

/// The tables of a document whose last column names tests: the rows below the heading, as cells.
let private tablesOfTests (text: string) =
    let cells (line: string) =
        Regex.Split(line.Trim().Trim('|'), @"(?<!\\)\|")
        |> Array.map (fun cell -> cell.Trim())

    let tables, last =
        text.Split '\n'
        |> Array.fold
            (fun (tables, current) line ->
                if line.StartsWith '|' then tables, cells line :: current
                elif current = [] then tables, []
                else List.rev current :: tables, [])
            ([], [])

    [ for table in List.rev last :: tables do
          match table with
          | heading :: _ :: rows when Array.last heading = "tests" -> rows
          | _ -> () ]

let private namesIn (cell: string) =
    [ for name in Regex.Matches(cell, "`([^`]+)`") -> name.Groups[1].Value ]

let private testSources =
    lazy (filesOf "tests" "*.?s" |> Array.map File.ReadAllText)

let private isTest (name: string) =
    let declared =
        if name.Contains ' ' then
            Regex.Escape $"``{name}``"
        else
            $@"\b(void|Task) {Regex.Escape name}\("

    testSources.Value
    |> Array.exists (fun source -> Regex.IsMatch(source, declared))

/// What is wrong with a row: it names no test and gives no reason, or a test that does not exist.
let private problemsOf (row: string array) =
    match namesIn (Array.last row) with
    | [] when Regex.IsMatch(Array.last row, "^left out: .{30,}") -> []
    | [] -> [ $"{row[0]}: no test, and no reason" ]
    | names ->
        [ for name in names do
              if not (isTest name) then $"{row[0]}: no test is called {name}" ]

[<TestCase("guarantees.md", 10)>]
[<TestCase("failures.md", 60)>]
[<TestCase("results.md", 10)>]
[<TestCase("policies.md", 5)>]
[<TestCase("hosts.md", 5)>]
[<TestCase("coming-from-powertools.md", 100)>]
let ``every row of a document's tables has tests that exist, or a reason why not``
    (document: string, atLeast)
    =
    let rows =
        File.ReadAllText(Path.Combine(root, "docs", document))
        |> tablesOfTests
        |> List.concat

    Assert.That(rows.Length, Is.GreaterThanOrEqualTo(atLeast: int))
    Assert.That(rows |> List.collect problemsOf, Is.Empty)

[<Test>]
let ``broken twin: a row without a test or a reason, or with a test that is none, is noticed`` () =
    let rows =
        "| what | tests |\n| --- | --- |\n| a | |\n| b | `no such test` |\n| c | left out: why |\n| d | `isTest` |"
        |> tablesOfTests
        |> List.concat

    Assert.That(rows |> List.map (problemsOf >> List.length), Is.EqualTo<int list> [ 1; 1; 1; 1 ])

/// What users of Powertools call things. A name in brackets is one that is written so in one language alone.
let private namesOfPowertools =
    [ // Python
      "idempotent"
      "idempotent_function"
      "data_keyword_argument"
      "key_prefix"
      "IdempotencyConfig"
      "register_lambda_context"
      "event_key_jmespath"
      "payload_validation_jmespath"
      "jmespath_options"
      "raise_on_no_idempotency_key"
      "expires_after_seconds"
      "use_local_cache"
      "local_cache_max_items"
      "hash_function"
      "response_hook"
      "output_serializer"
      "NoOpSerializer"
      "CustomDictSerializer"
      "PydanticSerializer"
      "DataclassSerializer"
      "DynamoDBPersistenceLayer"
      "RedisCachePersistenceLayer"
      "CachePersistenceLayer"
      "BasePersistenceLayer"
      "table_name"
      "key_attr"
      "static_pk_value"
      "sort_key_attr"
      "expiry_attr"
      "in_progress_expiry_attr"
      "status_attr"
      "data_attr"
      "validation_key_attr"
      "boto_config"
      "boto3_session"
      "boto3_client"
      "IdempotencyModelTypeError"
      "IdempotencyNoSerializationModelError"
      "IdempotencyInvalidStatusError"
      "BaseError"
      "IdempotencyPersistenceConfigError"
      "IdempotencyPersistenceConnectionError"
      "IdempotencyPersistenceConsistencyError"
      // TypeScript
      "makeIdempotent"
      "@idempotent"
      "makeHandlerIdempotent"
      "dataIndexArgument"
      "keyPrefix"
      "eventKeyJmesPath"
      "payloadValidationJmesPath"
      "jmesPathOptions"
      "throwOnNoIdempotencyKey"
      "expiresAfterSeconds"
      "useLocalCache"
      "maxLocalCacheSize"
      "hashFunction"
      "responseHook"
      "registerLambdaContext"
      "awsSdkV3Client"
      "clientConfig"
      "IdempotencyUnknownError"
      // Java
      "@Idempotent"
      "@IdempotencyKey"
      "withEventKeyJMESPath"
      "withPayloadValidationJMESPath"
      "withThrowOnNoIdempotencyKey"
      "withExpiration"
      "withUseLocalCache"
      "withLocalCacheMaxItems"
      "withHashFunction"
      "withResponseHook"
      "TypeReference"
      "JsonConfig.addFunction"
      "BasePersistenceStore"
      // .NET
      "[Idempotent]"
      "[IdempotencyKey]"
      "Idempotency.Configure"
      "WithEventKeyJmesPath"
      "WithPayloadValidationJmesPath"
      "WithThrowOnNoIdempotencyKey"
      "WithExpiration"
      "WithUseLocalCache"
      "WithHashFunction"
      "WithJsonSerializationContext"
      "UseDynamoDb"
      "RegisterLambdaContext"
      // Exceptions of all, without Error or Exception
      "IdempotencyAlreadyInProgress"
      "IdempotencyValidation"
      "IdempotencyKey"
      "IdempotencyInconsistentState"
      "IdempotencyPersistenceLayer"
      "IdempotencyItemAlreadyExists"
      "IdempotencyItemNotFound"
      "IdempotencyConfiguration"
      // The environment, and what expressions call
      "POWERTOOLS_IDEMPOTENCY_DISABLED"
      "AWS_LAMBDA_FUNCTION_NAME"
      "AWS_REGION"
      "powertools_json"
      "powertools_base64"
      "powertools_base64_gzip"
      "INPROGRESS"
      "COMPLETED"
      "EXPIRED" ]

[<Test>]
let ``the page for users of Powertools names all that they have`` () =
    let page = File.ReadAllText(Path.Combine(root, "docs", "coming-from-powertools.md"))

    let unnamed =
        namesOfPowertools
        |> List.filter (fun name -> not (page.Contains(name, StringComparison.Ordinal)))

    Assert.That(unnamed, Is.Empty)

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
