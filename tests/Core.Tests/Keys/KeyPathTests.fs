// Keys that expressions select, digests by name, and stores that limit the length of a key.
module Core.Tests.Keys.KeyPathTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency
open Idempotency.Core

type Body = { Body: string; Trace: string }

let private call operation input (result: int) =
    Idempotent.run operation input (fun _ _ -> Task.FromResult result) CancellationToken.None

let private shown (outcome: Outcome<int>) =
    match outcome with
    | Outcome.Executed value -> $"Executed {value}"
    | Outcome.Replayed value -> $"Replayed {value}"
    | Outcome.PayloadMismatch _ -> "PayloadMismatch"
    | Outcome.KeyRejected(KeyProblem.Missing, _) -> "Missing"
    | Outcome.KeyRejected(KeyProblem.Path problem, _) -> $"Path {problem.Kind.Name}"
    | other -> $"%A{other}"

let private handler () = Idempotent.handler (InMemoryStore())

[<Test>]
let ``a path selects the key, and the rest is the payload`` () : Task =
    task {
        let operation =
            Idempotent.operationByPath<Body, int> (handler ()) "charge" "powertools_json(Body).id"

        let body id amount =
            { Body = $"{{\"id\": {id}, \"amount\": {amount}}}"
              Trace = "t" }

        let! first = call operation (body 1 5) 1
        let! again = call operation (body 1 5) 2
        let! other = call operation (body 2 5) 3
        let! changed = call operation (body 1 6) 4
        let found = [ first; again; other; changed ] |> List.map shown

        Assert.That(
            (found = [ "Executed 1"; "Replayed 1"; "Executed 3"; "PayloadMismatch" ]),
            Is.True,
            $"%A{found}"
        )
    }

[<Test>]
let ``a path and a selector of the same value make the same key`` () : Task =
    task {
        let handler = handler ()
        let byPath = Idempotent.operationByPath<Body, int> handler "charge" "Trace"
        let byHand = Idempotent.operationBy<Body, string, int> handler "charge" _.Trace
        let input = { Body = ""; Trace = "7" }
        let! first = call byPath input 1
        let! again = call byHand input 2
        Assert.That((shown first, shown again), Is.EqualTo(("Executed 1", "Replayed 1")))
    }

[<Test>]
let ``a path that finds nothing, or fails, gives no key`` () : Task =
    task {
        let operation path =
            Idempotent.operationByPath<Body, int> (handler ()) "charge" path

        let input = { Body = "no json"; Trace = "t" }
        let! missing = call (operation "absent") input 1
        let! failing = call (operation "powertools_json(Body)") input 1
        Assert.That(shown missing, Is.EqualTo "Missing")
        Assert.That(shown failing, Does.StartWith "Path ")
    }

[<Test>]
let ``a path that does not compile is refused when the operation is made`` () =
    let made () =
        Idempotent.operationByPath<Body, int> (handler ()) "charge" "a..b" |> ignore

    Assert.That(
        Action made,
        Throws.ArgumentException.With.Message.Contains("'charge'").And.Message.Contains "a..b"
    )

[<TestCase("sha256", "SHA-256", 64)>]
[<TestCase("SHA-1", "SHA-1", 40)>]
[<TestCase("Md5", "MD5", 32)>]
[<TestCase("sha_384", "SHA-384", 96)>]
[<TestCase("SHA512", "SHA-512", 128)>]
let ``a digest is found by its name, however it is spelled``
    (name: string, known: string, length: int)
    : Task =
    task {
        match HashFunction.Find name with
        | Error text -> Assert.Fail text
        | Ok found ->
            Assert.That(found.Name, Is.EqualTo known)

            let handler =
                InMemoryStore()
                |> Idempotent.handlerWith
                    { Idempotent.defaults with
                        Keys.Hash = found }

            let operation = Idempotent.operation<string, string> handler "charge"

            match!
                Idempotent.run
                    operation
                    "x"
                    (fun context _ -> Task.FromResult context.Key)
                    CancellationToken.None
            with
            | Outcome.Executed key -> Assert.That(key, Has.Length.EqualTo("charge#".Length + length))
            | other -> Assert.Fail $"%A{other}"
    }

[<Test>]
let ``an unknown digest is refused with the choices`` () =
    match HashFunction.Find "crc32" with
    | Ok found -> Assert.Fail found.Name
    | Error text -> Assert.That(text, Does.Contain("'crc32'").And.Contain "SHA-256")

type private ShortKeys(store: IIdempotencyStore, limit: int) =
    interface ILimitsKeys with
        member _.MaxKeyBytes = limit

    interface IIdempotencyStore with
        member _.Acquire(request, cancellation) = store.Acquire(request, cancellation)
        member _.Renew(request, cancellation) = store.Renew(request, cancellation)
        member _.Complete(request, cancellation) = store.Complete(request, cancellation)
        member _.Release(request, cancellation) = store.Release(request, cancellation)

        member _.LateComplete(request, cancellation) =
            store.LateComplete(request, cancellation)

        member _.Get(key, cancellation) = store.Get(key, cancellation)

[<Test>]
let ``an operation whose keys are too long for the store is refused when it is made`` () =
    let make limit (name: string) =
        Idempotent.operation<string, int> (Idempotent.handler (ShortKeys(InMemoryStore(), limit))) name
        |> ignore

    // 64 characters of the digest, the #, and each umlaut two bytes.
    make 69 "üü"

    let tooLong () = make 68 "üü"

    Assert.That(
        Action tooLong,
        Throws.ArgumentException.With.Message.Contains("69 bytes").And.Message.Contains "68"
    )

[<Test>]
let ``a prefix of its own counts for the length too, and so does the format of the digest`` () =
    let make limit format prefix () =
        Idempotent.operationWith<string, int>
            (Idempotent.handler (ShortKeys(InMemoryStore(), limit)))
            "charge"
            (fun keys ->
                { keys with
                    Format = format
                    Prefix = prefix })
        |> ignore

    let digests =
        [ KeyFormat.Canonical, 64
          KeyFormat.Powertools PowertoolsLanguage.Python, 64
          KeyFormat.Powertools PowertoolsLanguage.TypeScript, 44
          KeyFormat.Powertools PowertoolsLanguage.Java, 64
          KeyFormat.Powertools PowertoolsLanguage.DotNet, 32 ]

    for format, digest in digests do
        make (digest + 6) format "five5" ()

        let tooLong () = make (digest + 5) format "five5" ()

        Assert.That(Action tooLong, Throws.InstanceOf<ArgumentException>().With.Message.Contains "'charge'")

[<Test>]
let ``F# code chooses format, prefix, key and payload`` () =
    let handler = Idempotent.handler (InMemoryStore())

    let operation =
        Idempotent.operationWith<Body, int> handler "charge" (fun keys ->
            { keys with
                Prefix = "shop.charge"
                Key = Part.by _.Body
                Payload = ValueSome(Part.Path "Trace") })

    let identity body =
        match operation.Identify body with
        | Ok identity -> identity
        | Error problem -> failwith $"%A{problem}"

    let one = identity { Body = "A1"; Trace = "5" }
    let other = identity { Body = "A1"; Trace = "6" }
    Assert.That(one.Key, Does.StartWith "shop.charge#")
    Assert.That(other.Key, Is.EqualTo one.Key)
    Assert.That(other.Fingerprint, Is.Not.EqualTo one.Fingerprint)
