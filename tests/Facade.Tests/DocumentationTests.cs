// Every public member of the facade, and of the simulation, is documented in the file that ships beside the assembly.
using System.Reflection;
using System.Xml.Linq;
using Idempotency;
using Idempotency.Simulation;
using NUnit.Framework;

namespace Facade.Tests;

public class DocumentationTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic
            | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Assembly[] Assemblies =
        [typeof(IdempotencyHandler).Assembly, typeof(HandlerSimulation<>).Assembly];

    private static readonly Dictionary<string, XElement> Documented = Assemblies
        .SelectMany(shipped => XDocument.Load(Path.ChangeExtension(shipped.Location, ".xml")).Descendants("member"))
        .ToDictionary(member => member.Attribute("name")!.Value);

    private static IEnumerable<MemberInfo> Members =>
        from type in Assemblies.SelectMany(shipped => shipped.GetExportedTypes())
        from member in type.GetMembers(Declared).Where(IsShown).Prepend(type)
        select member;

    [Test]
    public void Every_public_member_has_a_summary()
    {
        IEnumerable<string> silent = Members.Select(Id)
            .Where(id => !Documented.TryGetValue(id, out XElement? docs) || !Says(docs, "summary"));

        Assert.That(silent, Is.Empty);
    }

    [Test]
    public void Every_parameter_is_documented()
    {
        IEnumerable<string> silent =
            from method in Members.OfType<MethodBase>()
            let docs = Documented.GetValueOrDefault(Id(method))
            where docs is not null && docs.Element("inheritdoc") is null
            from name in method.GetParameters().Select(parameter => parameter.Name).Concat(
                method.IsGenericMethod ? method.GetGenericArguments().Select(argument => argument.Name) : [])
            where !docs.Elements().Any(e => e.Attribute("name")?.Value == name && e.Value.Trim().Length > 0)
            select $"{Id(method)}: {name}";

        Assert.That(silent, Is.Empty);
    }

    [Test]
    public void Every_option_tells_its_default_and_its_limits()
    {
        IEnumerable<string> silent = Members.OfType<PropertyInfo>()
            .Where(property => property.DeclaringType!.IsAssignableTo(typeof(PolicyOptions))
                || property.DeclaringType == typeof(SimulationFaults))
            .Select(Id)
            .Where(id => !Says(Documented[id], "value"));

        Assert.That(silent, Is.Empty);
    }

    [Test]
    public void There_is_something_to_look_at() => Assert.That(Members.Count(), Is.GreaterThan(100));

    private static bool Says(XElement docs, string element) =>
        docs.Element("inheritdoc") is not null
        || (docs.Element(element) is { } said && (said.Value.Trim().Length > 0 || said.HasElements));

    /// <summary>What a user sees, and is not written by the compiler or overridden from <see cref="object"/>.</summary>
    private static bool IsShown(MemberInfo member) => member switch
    {
        MethodInfo { IsSpecialName: true } accessor
            when !accessor.Name.StartsWith("op_", StringComparison.Ordinal) => false,
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic && !field.IsSpecialName,
        PropertyInfo property => property.GetMethod?.IsPublic == true || property.SetMethod?.IsPublic == true,
        EventInfo => true,
        _ => false,
    } && !(member is ConstructorInfo && IsWrittenByTheCompiler(member));

    private static bool IsWrittenByTheCompiler(MemberInfo constructor) =>
        ((ConstructorInfo)constructor).GetParameters().Length == 0 && !Documented.ContainsKey(Id(constructor));

    /// <summary>The name of a member in the file, as the C# language specification gives it (Annex D).</summary>
    private static string Id(MemberInfo member) => member switch
    {
        Type type => "T:" + NameOf(type),
        FieldInfo field => $"F:{NameOf(field.DeclaringType!)}.{field.Name}",
        PropertyInfo property => $"P:{NameOf(property.DeclaringType!)}.{property.Name}",
        MethodBase method =>
            $"M:{NameOf(method.DeclaringType!)}.{method.Name.Replace('.', '#')}{Generic(method)}{Parameters(method)}",
        _ => $"E:{NameOf(member.DeclaringType!)}.{member.Name}",
    };

    private static string Generic(MethodBase method) =>
        method.IsGenericMethod ? $"``{method.GetGenericArguments().Length}" : "";

    private static string Parameters(MethodBase method) =>
        method.GetParameters() is { Length: > 0 } parameters
            ? $"({string.Join(',', parameters.Select(parameter => Mention(parameter.ParameterType)))})"
            : "";

    private static string NameOf(Type type) => type.FullName!.Replace('+', '.');

    private static string Mention(Type type)
    {
        if (type.IsGenericParameter)
        {
            return (type.IsGenericMethodParameter ? "``" : "`") + type.GenericParameterPosition;
        }

        if (type.IsByRef)
        {
            return Mention(type.GetElementType()!) + "@";
        }

        if (type.IsArray)
        {
            return Mention(type.GetElementType()!) + "[]";
        }

        if (!type.IsGenericType)
        {
            return NameOf(type);
        }

        string name = NameOf(type.GetGenericTypeDefinition());
        return $"{name[..name.IndexOf('`')]}{{{string.Join(',', type.GetGenericArguments().Select(Mention))}}}";
    }
}
