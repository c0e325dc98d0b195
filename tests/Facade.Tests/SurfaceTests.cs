// What C# sees: no type of FSharp.Core in any signature that the facade shows, at any depth.
using System.Reflection;
using Idempotency;
using Idempotency.Simulation;
using NUnit.Framework;

namespace Facade.Tests;

public class SurfaceTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic
            | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Assembly Facade = typeof(IdempotencyHandler).Assembly;
    private static readonly Assembly Core = typeof(InMemoryStore).Assembly;

    private static IEnumerable<Type> OfTheSimulation => typeof(HandlerSimulation<>).Assembly.GetExportedTypes();

    private static IEnumerable<Type> OfTheFacade => Facade.GetExportedTypes();

    /// <summary>The types of the core that the facade's signatures lead to, and those that a C# user names.</summary>
    private static IEnumerable<Type> OfTheCore => Reachable(
        OfTheFacade.Append(typeof(InMemoryStore)).Append(typeof(CachedStore)).Append(typeof(IIdempotencyStore)))
        .Where(type => type.Assembly == Core)
        .OrderBy(type => type.FullName, StringComparer.Ordinal);

    [TestCaseSource(nameof(OfTheFacade))]
    public void No_signature_of_the_facade_mentions_an_FSharp_type(Type type) =>
        Assert.That(FSharpIn(type), Is.Empty);

    [TestCaseSource(nameof(OfTheSimulation))]
    public void No_signature_of_the_simulation_mentions_an_FSharp_type(Type type) =>
        Assert.That(FSharpIn(type), Is.Empty);

    [Test]
    public void The_simulation_shows_what_its_users_need_and_no_more() =>
        Assert.That(
            OfTheSimulation.Select(type => type.Name.Split('`')[0]),
            Is.EquivalentTo(new[]
            {
                nameof(HandlerSimulation<int>), nameof(SimulatedProcess<int>), nameof(SimulationFaults),
                nameof(SimulationReport), nameof(SimulationBreach), nameof(SimulationCoverage),
                nameof(SimulatedFaultException), nameof(SimulationException), nameof(SimulationBrokenException),
            }));

    [TestCaseSource(nameof(OfTheCore))]
    public void No_signature_of_a_core_type_that_the_facade_shows_mentions_an_FSharp_type(Type type) =>
        Assert.That(FSharpIn(type), Is.Empty);

    [Test]
    public void The_stores_and_their_requests_are_among_the_types_that_are_looked_at() =>
        Assert.That(
            OfTheCore.Select(type => type.Name),
            Is.SupersetOf(new[] { "AcquireRequest", "StoreReply", "Record", "Ticket", "Policy", "Payload", "LocalCache" }));

    [Test]
    public void An_FSharp_type_would_be_found() =>
        Assert.That(FSharpIn(typeof(Idempotency.Core.Outcome)), Has.Some.Contains("FSharpOption"));

    [Test]
    public void Nothing_that_ships_owns_what_must_be_disposed_of() =>
        Assert.That(
            OfTheFacade.Concat(OfTheCore).Append(typeof(DynamoDbStore))
                .Where(type => type.IsAssignableTo(typeof(IDisposable)) || type.IsAssignableTo(typeof(IAsyncDisposable))),
            Is.Empty);

    private static IEnumerable<string> FSharpIn(Type type) =>
        from mention in Mentions(type)
        from part in Parts(mention.Type)
        where part.Assembly.GetName().Name == "FSharp.Core"
        select $"{type.FullName}.{mention.Member}: {part.FullName}";

    private static HashSet<Type> Reachable(IEnumerable<Type> roots)
    {
        var seen = new HashSet<Type>();
        var open = new Queue<Type>(roots);

        while (open.TryDequeue(out Type? type))
        {
            if (!seen.Add(type))
            {
                continue;
            }

            IEnumerable<Type> ours = Mentions(type).SelectMany(mention => Parts(mention.Type))
                .Where(part => part.Assembly == Facade || part.Assembly == Core);

            foreach (Type next in ours)
            {
                open.Enqueue(next);
            }
        }

        return seen;
    }

    /// <summary>All types that the public and protected members of a type mention, with the member.</summary>
    private static IEnumerable<(string Member, Type Type)> Mentions(Type type)
    {
        if (type.BaseType is { } parent)
        {
            yield return ("base", parent);
        }

        foreach (Type contract in type.GetInterfaces())
        {
            yield return ("interface", contract);
        }

        foreach (Type constraint in type.GetGenericArguments().Where(a => a.IsGenericParameter)
            .SelectMany(argument => argument.GetGenericParameterConstraints()))
        {
            yield return ("constraint", constraint);
        }

        foreach (FieldInfo field in type.GetFields(Declared)
            .Where(f => f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly))
        {
            yield return (field.Name, field.FieldType);
        }

        foreach (MethodBase method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared))
            .Where(m => m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly))
        {
            foreach (ParameterInfo parameter in method.GetParameters())
            {
                yield return (method.Name, parameter.ParameterType);
            }

            if (method is MethodInfo { ReturnType: var returned })
            {
                yield return (method.Name, returned);
            }

            foreach (Type constraint in method.IsGenericMethod
                ? method.GetGenericArguments().SelectMany(argument => argument.GetGenericParameterConstraints())
                : [])
            {
                yield return (method.Name, constraint);
            }
        }

        foreach (Type nested in type.GetNestedTypes())
        {
            yield return (nested.Name, nested);
        }
    }

    /// <summary>A type and all that it is made of.</summary>
    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.IsGenericParameter)
        {
            return [];
        }

        if (type.HasElementType)
        {
            return Parts(type.GetElementType()!);
        }

        return type.IsGenericType && !type.IsGenericTypeDefinition
            ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition())
            : [type];
    }
}
