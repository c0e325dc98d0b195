// Whatever a user can name has a summary in the file that ships beside its assembly.
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using NUnit.Framework;

namespace Surface;

public sealed class SummaryTests
{
    private static readonly Lazy<Dictionary<string, Assembly>> Libraries = new(() => Shipped.For("net10.0"));

    // A builder's methods are the compiler's way into an expression; F# fixes their names and says what they are for.
    private static readonly string[] OfBuilders =
    [
        "Delay", "Zero", "Return", "ReturnFrom", "Combine", "While", "For", "TryWith", "TryFinally", "Using", "Bind",
    ];

    private static IEnumerable<string> Names => Shipped.Projects.Keys;

    [TestCaseSource(nameof(Names))]
    public void Every_public_type_and_member_has_a_summary(string name)
    {
        HashSet<string> documented = XDocument.Load(Shipped.Documentation(name))
            .Descendants("member")
            .Where(member => member.Element("inheritdoc") is not null
                || !string.IsNullOrWhiteSpace(member.Element("summary")?.Value)
                || !string.IsNullOrWhiteSpace(member.Element("value")?.Value))
            .Select(member => Bare(member.Attribute("name")!.Value))
            .ToHashSet();

        IEnumerable<string> silent =
            from type in Libraries.Value[name].GetExportedTypes()
            where !IsOfTheCompiler(type)
            from id in Members(type).Prepend($"T:{Named(type)}")
            where !documented.Contains(id) && !documented.Contains(AsCase(id)) && !documented.Contains($"P{id[1..]}")
            select id;

        Assert.That(string.Join('\n', silent.Distinct()), Is.Empty);
    }

    private static IEnumerable<string> Members(Type type) =>
        from member in type.GetMembers(
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        where !IsOfTheCompiler(member)
        let id = member switch
        {
            FieldInfo { IsSpecialName: false } field => $"F:{Named(type)}.{field.Name}",
            PropertyInfo property => $"P:{Named(type)}.{property.Name}",
            EventInfo happening => $"E:{Named(type)}.{happening.Name}",
            MethodInfo method when !Printed.IsAccessor(method) && !Printed.IsOfEveryValue(method) && IsOfItsOwn(method) =>
                $"M:{Named(type)}.{method.Name}",
            _ => null,
        }
        where id is not null
        select id;

    /// <summary>Neither documented where it is overridden, nor a part of a delegate, nor of a builder.</summary>
    private static bool IsOfItsOwn(MethodInfo method) =>
        method.GetBaseDefinition() == method
            && !typeof(Delegate).IsAssignableFrom(method.DeclaringType)
            && !Array.Exists(OfBuilders, name => method.Name == name || method.Name.Contains($"IdempotentBody.{name}"));

    /// <summary>A case of a union is a type to the one who documents it, and a property or a method to reflection.</summary>
    private static string AsCase(string id)
    {
        int dot = id.LastIndexOf('.');
        string name = id[(dot + 1)..];
        return $"T:{id[2..dot]}.{(name.StartsWith("New", StringComparison.Ordinal) ? name[3..] : name)}";
    }

    /// <summary>An id without its parameters: what documents one overload documents the name.</summary>
    private static string Bare(string id)
    {
        int parameters = id.IndexOf('(', StringComparison.Ordinal);
        string bare = parameters < 0 ? id : id[..parameters];
        int generic = bare.IndexOf("``", StringComparison.Ordinal);
        return generic < 0 ? bare : bare[..generic];
    }

    private static string Named(Type type) => type.FullName!.Replace('+', '.');

    /// <summary>What F# makes of a union or a record by itself: its tests, tags, cases as classes and their fields.</summary>
    private static bool IsOfTheCompiler(MemberInfo member) =>
        member.IsDefined(typeof(CompilerGeneratedAttribute), false)
            || (member is PropertyInfo property && (property.Name is "Tag" || property.GetMethod!.IsDefined(typeof(CompilerGeneratedAttribute), false)))
            || (member.DeclaringType is { } outer && IsCase(outer) && member is not Type)
            || (member is Type type && IsCase(type));

    /// <summary>A class for a union's case, or the one that holds the numbers of the cases.</summary>
    private static bool IsCase(Type type) =>
        type.IsNested && (type.Name is "Tags" || type.BaseType == type.DeclaringType
            || (type.BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == type.DeclaringType));
}
