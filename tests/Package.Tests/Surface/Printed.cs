// The public surface of an assembly as text: sorted, one line a member, as close to C# as reflection gets.
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Surface;

internal sealed class Printed
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic
            | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // What every union and record has; it says nothing about a type that has it.
    private static readonly string[] OfEveryValue = ["Equals", "GetHashCode", "CompareTo", "ToString", "<Clone>$"];

    private readonly NullabilityInfoContext _nullability = new();

    public static string Surface(Assembly assembly)
    {
        var printed = new Printed();

        IEnumerable<string> types = assembly.GetExportedTypes()
            .OrderBy(type => type.FullName, StringComparer.Ordinal)
            .Select(type => string.Join('\n', printed.Members(type).Prepend(Header(type))) + "\n");

        return string.Join('\n', types);
    }

    private static string Header(Type type)
    {
        string kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => type.IsDefined(typeof(IsReadOnlyAttribute), false) ? "readonly struct" : "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };

        IEnumerable<string> parents = type.GetInterfaces()
            .Where(contract => contract.IsPublic && contract.Namespace!.StartsWith("Idempotency", StringComparison.Ordinal))
            .Select(TypeNames.Of)
            .Order(StringComparer.Ordinal);

        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
        {
            parents = parents.Prepend(TypeNames.Of(parent));
        }

        string after = string.Join(", ", parents);
        return $"{kind} {type.Namespace}.{TypeNames.Of(type)}{(after.Length > 0 ? $" : {after}" : "")}{Constraints(type.GetGenericArguments())}";
    }

    private IEnumerable<string> Members(Type type) => type
        .GetMembers(Declared)
        .Select(Line)
        .OfType<string>()
        .Order(StringComparer.Ordinal)
        .Select(line => "    " + line);

    private string? Line(MemberInfo member) => member switch
    {
        FieldInfo field when IsShown(field) && !field.IsSpecialName => Line(field),
        ConstructorInfo constructor when IsShown(constructor) && !constructor.IsStatic =>
            $"{Access(constructor)}new({Parameters(constructor)})",
        PropertyInfo property when property.GetAccessors(true).Any(IsShown) => Line(property),
        EventInfo happening when IsShown(happening.AddMethod!) => $"event {TypeNames.Of(happening.EventHandlerType!)} {happening.Name}",
        MethodInfo method when IsShown(method) && !IsAccessor(method) && !IsOfEveryValue(method) =>
            $"{Access(method)}{TypeNames.Of(_nullability.Create(method.ReturnParameter))} {method.Name}"
                + $"{Generic(method)}({Parameters(method)}){Constraints(method.IsGenericMethod ? method.GetGenericArguments() : [])}",
        _ => null,
    };

    private string Line(FieldInfo field) => field.DeclaringType!.IsEnum
        ? $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}"
        : $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}"
            + $"{TypeNames.Of(_nullability.Create(field))} {field.Name}{(field.IsLiteral ? $" = {Value(field.GetRawConstantValue())}" : "")}";

    private string Line(PropertyInfo property)
    {
        ParameterInfo[] indices = property.GetIndexParameters();
        string accessors = string.Join(' ', property.GetAccessors(true).Where(IsShown)
            .Select(accessor => accessor.Name.StartsWith("get_", StringComparison.Ordinal) ? "get;"
                : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init;" : "set;")
            .Order(StringComparer.Ordinal));

        string index = indices.Length > 0 ? $"[{string.Join(", ", indices.Select(Parameter))}]" : "";
        string required = property.IsDefined(typeof(RequiredMemberAttribute), false) ? "required " : "";
        return $"{Access(property.GetAccessors(true).First(IsShown))}{required}"
            + $"{TypeNames.Of(_nullability.Create(property))} {property.Name}{index} {{ {accessors} }}";
    }

    private string Parameters(MethodBase method)
    {
        string all = string.Join(", ", method.GetParameters().Select(Parameter));
        return method.IsDefined(typeof(ExtensionAttribute), false) ? $"this {all}" : all;
    }

    private string Parameter(ParameterInfo parameter)
    {
        string how = parameter switch
        {
            { ParameterType.IsByRef: true, IsOut: true } => "out ",
            { ParameterType.IsByRef: true, IsIn: true } => "in ",
            _ when parameter.IsDefined(typeof(ParamArrayAttribute), false) => "params ",
            _ => "",
        };

        string type = TypeNames.Of(_nullability.Create(parameter));
        string bare = how.Length > 0 && type.StartsWith("ref ", StringComparison.Ordinal) ? type[4..] : type;
        return $"{how}{bare} {parameter.Name}{(parameter.IsOptional ? $" = {Value(parameter.RawDefaultValue)}" : "")}";
    }

    private static string Value(object? value) => value switch
    {
        null or Missing or DBNull => "default",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Generic(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(TypeNames.Of))}>" : "";

    private static string Constraints(IEnumerable<Type> parameters) => string.Concat(
        from parameter in parameters
        where parameter.IsGenericParameter
        let words = parameter.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(TypeNames.Of)
            .Concat((parameter.GenericParameterAttributes & GenericParameterAttributes.ReferenceTypeConstraint) != 0 ? ["class"] : [])
            .Concat((parameter.GenericParameterAttributes & GenericParameterAttributes.NotNullableValueTypeConstraint) != 0 ? ["struct"] : [])
        where words.Any()
        select $" where {parameter.Name} : {string.Join(", ", words)}");

    private static string Access(MethodBase method) =>
        (method.IsFamily || method.IsFamilyOrAssembly ? "protected " : "")
            + (method.IsStatic ? "static " : "")
            + (method is MethodInfo { IsAbstract: true, DeclaringType.IsInterface: false } ? "abstract "
                : method is MethodInfo { IsVirtual: true, IsFinal: false, DeclaringType.IsInterface: false } info
                    ? info.GetBaseDefinition() == info ? "virtual " : "override "
                    : "");

    internal static bool IsShown(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    internal static bool IsShown(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    internal static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    internal static bool IsOfEveryValue(MethodInfo method) =>
        Array.IndexOf(OfEveryValue, method.Name) >= 0 || method.Name is "op_Equality" or "op_Inequality" or "Deconstruct" or "PrintMembers";
}
