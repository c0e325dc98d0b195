// What the tests of the Powertools dialects share: the key of an event in a format, and how it is refused.
module Core.Tests.Keys.Events

open System
open System.Text
open NUnit.Framework
open Idempotency
open Idempotency.Core

let languages =
    [ PowertoolsLanguage.Python
      PowertoolsLanguage.TypeScript
      PowertoolsLanguage.Java
      PowertoolsLanguage.DotNet ]

/// MD5 of what an expression selects, where the format alone says what is no key.
let choice (format: KeyFormat) (path: string | null) : EventKeyOptions =
    { Format = format
      Prefix = "p"
      KeyPath = path
      PayloadPath = null
      Hash = HashFunction.Md5
      Functions = FunctionTable.Powertools
      OwnMissingRule = true
      RaisesWhenMissing = false }

let prepared (options: EventKeyOptions) =
    match EventKeys.Prepare options with
    | Ok keys -> keys
    | Error problem -> raise (AssertionException problem.Message)

let utf8 (text: string) =
    ReadOnlyMemory(Encoding.UTF8.GetBytes text)

/// The text that is hashed for an event's bytes, or in angle brackets why there is none.
let hashedOf (options: EventKeyOptions) (event: ReadOnlyMemory<byte>) : string =
    match (prepared options).Make event with
    | Ok key -> key.Text
    | Error KeyProblem.Missing -> "<missing>"
    | Error(KeyProblem.Unfit problem) -> $"<{problem.Text}>"
    | Error(KeyProblem.Path problem) -> $"<{problem.Kind.Name}>"
    | Error(KeyProblem.Unserialisable problem) -> $"<{problem.Message}>"

let hashedIn (language: PowertoolsLanguage) (path: string | null) (event: string) =
    hashedOf (choice (KeyFormat.Powertools language) path) (utf8 event)

/// The texts of the four languages in the order in which they are listed.
let hashed (path: string | null) (event: string) : string list =
    languages |> List.map (fun language -> hashedIn language path event)

let isSame (expected: string list) (found: string list) =
    Assert.That(String.Join(" | ", found), Is.EqualTo(String.Join(" | ", expected)))
