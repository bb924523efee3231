using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.RegularExpressions;
using Engine.Tensors;

namespace Engine.Classifiers;

/// <summary>Checks an options record by the ranges that stand on its properties.</summary>
internal static partial class OptionCheck
{
    /// <summary>
    /// Throws where a number is out of its range or a value is not of its enumeration.
    /// </summary>
    public static T Require<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        string operation, T options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var property in typeof(T).GetProperties())
        {
            var (name, value) = (Capital().Replace(property.Name, " $0").ToLowerInvariant(), property.GetValue(options));
            if (value is Enum && !property.PropertyType.IsEnumDefined(value))
                throw new EngineException($"{operation}: {name} {value} is unknown.");
            if (property.GetCustomAttribute<RangeAttribute>() is { } range) new RangeCheck(operation).Range(name, value, range);
        }

        return options;
    }

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capital();
}
