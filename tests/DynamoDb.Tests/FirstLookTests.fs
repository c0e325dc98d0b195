// How many requests a call costs, counted on the wire: two for a first run, one for a duplicate, none for a duplicate that
// is remembered in the process.
module DynamoDb.Tests.FirstLookTests

open System.Threading
open System.Threading.Tasks
open DynamoDb.Testing
open Idempotency
open Idempotency.Core
open NUnit.Framework

let private looking look (options: HandlerOptions) = { options with FirstLook = look }

let private requests (world: World) =
    [ for operation, _ in world.Gate.Log -> operation ]

let private charge (world: World) value expected =
    world.Gate.Clear()
    world.Charge(returns value) |> endsAs expected

[<Test>]
let ``two requests for a first run, one for a duplicate`` () =
    task {
        for layout in [ Layout.simple; Layout.composite ] do
            use world = new World(layout)
            do! charge world 1 "Executed 1"
            Assert.That(requests world, Is.EqualTo<string list> [ "PutItem"; "UpdateItem" ])
            do! charge world 2 "Replayed 1"
            Assert.That(requests world, Is.EqualTo<string list> [ "PutItem" ])
    }
    :> Task

[<Test>]
let ``with a look first, a duplicate is one read, and a first run a read more`` () =
    task {
        use world = new World(Layout.simple, looking FirstLook.Read)
        do! charge world 1 "Executed 1"
        Assert.That(requests world, Is.EqualTo<string list> [ "GetItem"; "PutItem"; "UpdateItem" ])
        do! charge world 2 "Replayed 1"
        Assert.That(requests world, Is.EqualTo<string list> [ "GetItem" ])
        Assert.That((List.last world.Gate.Calls).Body, Does.Contain "\"ConsistentRead\":true")
    }
    :> Task

[<Test>]
let ``no request for a duplicate that is remembered`` () =
    task {
        use world = new World(Layout.simple)
        let store = CachedStore(Layout.simple.Store world.Client)

        let handler =
            Idempotent.handlerWith (looking FirstLook.Write Idempotent.defaults) store

        let operation = Idempotent.operation<string, int> handler "charge"
        let input = Engine.newKey ()

        let call value =
            Idempotent.run operation input (fun _ _ -> Task.FromResult value) CancellationToken.None

        do! call 1 |> endsAs "Executed 1"
        do! call 2 |> endsAs "Replayed 1"
        do! call 3 |> endsAs "Replayed 1"
        Assert.That(requests world, Is.EqualTo<string list> [ "PutItem"; "UpdateItem" ])
    }
    :> Task

[<Test>]
let ``by the recent share of duplicates it begins to look first, and stops again`` () =
    task {
        use world = new World(Layout.simple, looking FirstLook.Adaptive)

        let firstOf value expected =
            task {
                do! charge world value expected
                return List.head (requests world)
            }

        let! first = firstOf 1 "Executed 1"
        Assert.That(first, Is.EqualTo "PutItem")
        let mutable duplicates = 0
        let mutable looks = false

        while not looks && duplicates < 100 do
            let! first = firstOf 2 "Replayed 1"
            looks <- first = "GetItem"
            duplicates <- duplicates + 1

        Assert.That(looks, "it looks first among duplicates")
        Assert.That(requests world, Is.EqualTo<string list> [ "GetItem" ])
        let mutable runs = 0

        while looks && runs < 200 do
            world.NewInput()
            let! first = firstOf 3 "Executed 3"
            looks <- first = "GetItem"
            runs <- runs + 1

        Assert.That(looks, Is.False, "it writes first among first runs")
        Assert.That(requests world, Is.EqualTo<string list> [ "PutItem"; "UpdateItem" ])
    }
    :> Task
