using System.Collections;
using System.Text.Json.Serialization.Metadata;
using Engine.Classifiers;
using Engine.Tensors;

namespace Engine.Pipeline.Json;

/// <summary>Checks options by the ranges that stand on their properties; errors name the JSON path.</summary>
internal static class JsonRanges
{
    /// <summary>
    /// Throws where a number of a value, or of what it holds, is out of its range; <paramref name="at"/> is the value's JSON
    /// path.
    /// </summary>
    public static void Check(object? value, JsonTypeInfo type, string at, RangeCheck check)
    {
        if (type.Kind == JsonTypeInfoKind.Enumerable && value is IEnumerable items)
        {
            var (item, index) = (type.Options.GetTypeInfo(type.ElementType!), 0);
            foreach (var part in items) Check(part, item, $"{at}[{index++}]", check);
        }

        if (type.Kind != JsonTypeInfoKind.Object || value is null) return;
        foreach (var property in StrictJson.Keys(type.Options.GetTypeInfo(value.GetType())))
        {
            var (path, part) = ($"{at}.{property.Name}", property.Get!(value));
            if (Of(property) is { } range) check.Range(path, part, range);
            Check(part, type.Options.GetTypeInfo(property.PropertyType), path, check);
        }
    }

    /// <summary>The range of a property; null: any value that the type has.</summary>
    public static RangeAttribute? Of(JsonPropertyInfo property) =>
        (RangeAttribute?)property.AttributeProvider?.GetCustomAttributes(typeof(RangeAttribute), inherit: true).FirstOrDefault();
}
