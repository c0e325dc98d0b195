// Runs a suite on a store that it should reject, and says which of its tests did.
namespace Store.Tests

open System
open System.Reflection
open System.Threading.Tasks
open NUnit.Framework
open NUnit.Framework.Internal
open Idempotency.Store.Conformance

module Rejection =
    /// The tests of a suite.
    let testsOf (suite: StoreSuite) =
        suite.GetType().GetMethods()
        |> Array.filter (fun test -> not (isNull (test.GetCustomAttribute<TestAttribute>())))
        |> Array.toList

    /// Every way to call a test: its parameters are flags.
    let private argumentsOf (test: MethodInfo) =
        let flags = test.GetParameters() |> Array.toList

        if flags |> List.exists (fun flag -> flag.ParameterType <> typeof<bool>) then
            failwith $"{test.Name} has parameters that are not flags"

        (flags, [ [] ])
        ||> List.foldBack (fun _ rest ->
            [ for flag in [ false; true ] do
                  for others in rest -> box flag :: others ])

    let private fails (suite: StoreSuite) (test: MethodInfo) =
        let failsWith (arguments: objnull list) =
            // NUnit notes a failed assertion even when its exception is caught; this is where it is to forget it.
            use _ = new TestExecutionContext.IsolatedContext()

            try
                match test.Invoke(suite, List.toArray arguments) with
                | :? Task as task -> task.GetAwaiter().GetResult()
                | _ -> ()

                false
            with :? TargetInvocationException ->
                true

        argumentsOf test |> List.exists failsWith

    /// The names of the tests that reject the suite's store.
    let by (suite: StoreSuite) =
        testsOf suite |> List.filter (fails suite) |> List.map _.Name
