using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Engine.Classifiers;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Json;

/// <summary>A converter that describes what it accepts, for errors: <c>a size such as 3 or [3, 3]</c>.</summary>
internal interface IDescribedConverter
{
    string Expected { get; }
}

/// <summary>
/// Reads JSON into a source-generated type, strictly: unknown, missing and repeated keys and wrong types are errors that name
/// the JSON path, what was found and what was expected.
/// </summary>
internal static class StrictJson
{
    private const string NoText = "it holds half of a surrogate pair (\\ud800 to \\udfff), which is not a character";

    private static readonly JsonDocumentOptions s_options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>Parses and checks <paramref name="json"/>; <paramref name="source"/> names it in errors.</summary>
    /// <exception cref="EngineException">The text is not JSON or does not fit the type.</exception>
    public static T Read<T>(string json, JsonTypeInfo<T> type, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(json, s_options);
            CheckValues(document.RootElement, "$", source);
            Check(document.RootElement, type, "$", source);
            return document.RootElement.Deserialize(type)!;
        }
        catch (JsonException e)
        {
            var line = e.LineNumber is { } number ? $", line {number + 1}" : "";
            throw new EngineException($"{source}{line}: not valid JSON: {FirstSentence(e.Message)}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // Thrown by parsing for half of a surrogate pair, in a key or in the text.
            throw new EngineException($"{source}: not valid JSON: {NoText}.", e);
        }
    }

    // Rejects what JSON can hold but a string or double cannot: half of a surrogate pair, or a number out of range.
    private static void CheckValues(JsonElement value, string path, string source)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var entry in value.EnumerateObject())
                    CheckValues(entry.Value, $"{path}.{Text(() => entry.Name, $"a key in {path}", source)}", source);
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray()) CheckValues(item, $"{path}[{index++}]", source);
                break;
            case JsonValueKind.String:
                Text(value.GetString, path, source);
                break;
            case JsonValueKind.Number:
                Require(double.IsFinite(value.GetDouble()), value, "a number from -1.79e308 to 1.79e308", path, source);
                break;
        }
    }

    private static string? Text(Func<string?> read, string path, string source)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException e)
        {
            throw new EngineException($"{source}: {path} is not text: {NoText}.", e);
        }
    }

    private static void Check(JsonElement value, JsonTypeInfo type, string path, string source)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                CheckObject(value, type, path, source);
                break;
            case JsonTypeInfoKind.Enumerable:
                Require(value.ValueKind == JsonValueKind.Array, value, "a list", path, source);
                var items = type.Options.GetTypeInfo(type.ElementType!);
                var index = 0;
                foreach (var item in value.EnumerateArray()) Check(item, items, $"{path}[{index++}]", source);
                break;
            case JsonTypeInfoKind.Dictionary:
                Require(value.ValueKind == JsonValueKind.Object, value, "an object", path, source);
                var values = type.Options.GetTypeInfo(type.ElementType!);
                foreach (var entry in value.EnumerateObject()) Check(entry.Value, values, $"{path}.{entry.Name}", source);
                break;
            default:
                CheckLeaf(value, type, path, source);
                break;
        }
    }

    private static void CheckObject(JsonElement value, JsonTypeInfo type, string path, string source)
    {
        Require(value.ValueKind == JsonValueKind.Object, value, "an object", path, source);
        var discriminator = type.PolymorphismOptions?.TypeDiscriminatorPropertyName;
        if (discriminator is not null)
        {
            var derived = type.PolymorphismOptions!.DerivedTypes;
            var kinds = derived.Select(d => (string)d.TypeDiscriminator!).ToArray();
            if (!value.TryGetProperty(discriminator, out var kind))
                throw Error($"{path}.{discriminator} is missing; it must be one of {Join(kinds)}", source);
            var chosen = kind.ValueKind == JsonValueKind.String ? Array.IndexOf(kinds, kind.GetString()) : -1;
            Require(chosen >= 0, kind, $"one of {Join(kinds)}", $"{path}.{discriminator}", source);
            type = type.Options.GetTypeInfo(derived[chosen].DerivedType);
        }

        foreach (var entry in value.EnumerateObject())
        {
            if (entry.Name == discriminator) continue;
            var property = Keys(type).FirstOrDefault(p => p.Name == entry.Name)
                ?? throw Error($"{path}.{entry.Name} is not a known key; {path} takes {Join(Keys(type).Select(p => p.Name))}",
                    source);
            if (entry.Value.ValueKind == JsonValueKind.Null && property.IsSetNullable) continue;
            Check(entry.Value, type.Options.GetTypeInfo(property.PropertyType), $"{path}.{entry.Name}", source);
        }

        var missing = type.Properties.FirstOrDefault(p => p.IsRequired && !value.TryGetProperty(p.Name, out _));
        if (missing is not null) throw Error($"{path}.{missing.Name} is missing", source);
    }

    /// <summary>The properties of a type that JSON has; those it ignores have no getter.</summary>
    internal static IEnumerable<JsonPropertyInfo> Keys(JsonTypeInfo type) => type.Properties.Where(p => p.Get is not null);

    private static void CheckLeaf(JsonElement value, JsonTypeInfo type, string path, string source)
    {
        try
        {
            if (value.ValueKind != JsonValueKind.Null && value.Deserialize(type) is not null) return;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw Error($"{path} is {Shorten(value)}; expected {Expected(type)}", source);
        }

        throw Error($"{path} is null; expected {Expected(type)}", source);
    }

    internal static string Expected(JsonTypeInfo type)
    {
        var plain = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        var info = type.Options.GetTypeInfo(plain);
        if (info.Converter is IDescribedConverter described) return described.Expected;
        if (plain.IsEnum)
        {
            return "one of " + Join(Enum.GetValuesAsUnderlyingType(plain).Cast<object>()
                .Select(v => JsonSerializer.Serialize(Enum.ToObject(plain, v), info).Trim('"')));
        }

        return Type.GetTypeCode(plain) switch
        {
            TypeCode.String => "a string",
            TypeCode.Boolean => "true or false",
            TypeCode.Double or TypeCode.Single => "a number",
            _ => "a whole number",
        };
    }

    private static void Require(bool condition, JsonElement found, string expected, string path, string source)
    {
        if (!condition) throw Error($"{path} is {Shorten(found)}; expected {expected}", source);
    }

    private static EngineException Error(string what, string source) => new($"{source}: {what}.");

    private static string Shorten(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 40 ? text : text[..37] + "...";
    }

    private static string Join(IEnumerable<string> names) => string.Join(", ", names);

    private static string FirstSentence(string message)
    {
        // The parser's message may quote all the text after a wrong character.
        var end = message.IndexOf(". ", StringComparison.Ordinal);
        var sentence = end < 0 ? message : message[..(end + 1)];
        return Excerpt.Of(sentence);
    }
}
