using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Classifiers;

namespace Engine.Pipeline.Json;

/// <summary>Changes one value of a JSON tree by its path, such as <c>classifier.layers[0].filters</c>.</summary>
internal static class JsonPath
{
    /// <summary>
    /// Sets the value at a path. The text is parsed as JSON if possible, else used as a string. A null object along the path
    /// is created.
    /// </summary>
    /// <exception cref="EngineException">A part of the path does not exist; the message says what does.</exception>
    public static void Set(JsonObject root, string path, string text)
    {
        var steps = path.Split('.').SelectMany(part => Steps(part, path, text)).ToArray();
        JsonNode parent = root;
        for (var i = 0; i < steps.Length - 1; i++) parent = Enter(parent, steps[i], steps[i + 1], $"{path}={text}");
        Put(parent, steps[^1], ParseOrString(text), $"{path}={text}");
    }

    // layers[0][2] is the key 'layers', then the indices 0 and 2.
    private static IEnumerable<object> Steps(string part, string path, string text)
    {
        var pieces = part.Split('[');
        yield return pieces[0];
        foreach (var piece in pieces[1..])
        {
            if (!piece.EndsWith(']')
                || !int.TryParse(piece[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                throw new EngineException($"{path}={text}: '{part}' is not a key, or a key with an index, such as layers[0].");
            }

            yield return index;
        }
    }

    private static JsonNode Enter(JsonNode parent, object step, object next, string setting)
    {
        if (parent is JsonObject parts && step is string key && next is string && parts.ContainsKey(key) && parts[key] is null)
            parts[key] = new JsonObject();
        var child = step switch
        {
            string name => (parent as JsonObject)?[name],
            int index => Item(parent as JsonArray, index, setting),
            _ => null,
        };
        return next switch
        {
            string when child is JsonObject => child,
            int when child is JsonArray => child,
            _ => throw new EngineException(
                $"{setting}: the recipe has no {(next is int ? "list" : "object")} '{step}'{Contents(parent)}."),
        };
    }

    private static void Put(JsonNode parent, object step, JsonNode? value, string setting)
    {
        if (step is string key)
        {
            parent.AsObject()[key] = value;
            return;
        }

        var list = parent.AsArray();
        _ = Item(list, (int)step, setting);
        list[(int)step] = value;
    }

    private static JsonNode? Item(JsonArray? list, int index, string setting) => list is not null && index < list.Count
        ? list[index]
        : throw new EngineException($"{setting}: there is no item {index}; the list has {list?.Count ?? 0}, counted from 0.");

    private static string Contents(JsonNode parent) => parent is JsonObject parts
        ? $"; it has {string.Join(", ", parts.Select(p => p.Key))}" : "";

    private static JsonNode? ParseOrString(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
