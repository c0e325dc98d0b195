// Types as C# writes them, with the question mark of what may be null.
using System.Reflection;

namespace Surface;

internal static class TypeNames
{
    private static readonly Dictionary<string, string> Words = new()
    {
        ["System.Boolean"] = "bool",
        ["System.Byte"] = "byte",
        ["System.Char"] = "char",
        ["System.Double"] = "double",
        ["System.Int32"] = "int",
        ["System.Int64"] = "long",
        ["System.Object"] = "object",
        ["System.String"] = "string",
        ["System.Decimal"] = "decimal",
        ["System.Void"] = "void",
    };

    public static string Of(NullabilityInfo info)
    {
        Type type = info.Type;
        string mark = !type.IsValueType && !type.IsGenericParameter && info.ReadState == NullabilityState.Nullable ? "?" : "";

        if (type.IsByRef)
        {
            return Of(type);
        }

        if (info.ElementType is { } element && type.IsArray)
        {
            return $"{Of(element)}[]{mark}";
        }

        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return $"{Of(value)}?";
        }

        return info.GenericTypeArguments.Length > 0 && !type.IsNested
            ? $"{Bare(type)}<{string.Join(", ", info.GenericTypeArguments.Select(Of))}>{mark}"
            : Of(type) + mark;
    }

    public static string Of(Type type)
    {
        if (type.IsByRef)
        {
            return $"ref {Of(type.GetElementType()!)}";
        }

        if (type.IsArray)
        {
            return $"{Of(type.GetElementType()!)}[]";
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return $"{Of(value)}?";
        }

        if (type.FullName is { } full && Words.TryGetValue(full, out string? word))
        {
            return word;
        }

        // The arguments of the types around come first, and are written with them.
        int outer = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        string arguments = string.Join(", ", type.GetGenericArguments().Skip(outer).Select(Of));
        string name = arguments.Length > 0 ? $"{Bare(type)}<{arguments}>" : Bare(type);
        return type.IsNested ? $"{Of(type.DeclaringType!)}.{name}" : name;
    }

    /// <summary>Names are unique enough without their namespaces, except for our own.</summary>
    private static string Bare(Type type)
    {
        int tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? type.Name : type.Name[..tick];
    }
}
