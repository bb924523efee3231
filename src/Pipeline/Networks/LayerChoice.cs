using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Nn;
using Engine.Pipeline.Json;

namespace Engine.Pipeline.Networks;

/// <summary>
/// Some layers of a network: in JSON <c>"until NAME"</c> for all up to NAME, itself included, or a list of names. A layer without
/// a name is called by its index; <c>block</c> also stands for <c>block.0</c>, <c>block.1</c> and so on, and with several inputs
/// the names begin with <c>branches.0</c>, …, and <c>trunk</c>.
/// </summary>
[JsonConverter(typeof(LayerChoiceConverter))]
public sealed record LayerChoice
{
    private const int Shown = 40;

    private LayerChoice(string? last, IReadOnlyList<string> names) => (Last, Names) = (last, names);

    /// <summary>The last layer chosen; null: those of <see cref="Names"/> are.</summary>
    public string? Last { get; }

    /// <summary>The layers chosen one by one; empty if <see cref="Last"/> is set.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>All layers up to one, itself included.</summary>
    public static LayerChoice Until(string last) => new(last, []);

    /// <summary>The layers of these names.</summary>
    public static LayerChoice Of(params IReadOnlyList<string> names) => new(null, names);

    /// <summary>As in JSON.</summary>
    public override string ToString() =>
        Last is null ? $"[{string.Join(", ", Names.Select(n => $"\"{n}\""))}]" : $"\"until {Last}\"";

    /// <summary>The layers of a network, in order; of several inputs, those of each, then those of the trunk.</summary>
    internal static IReadOnlyList<Module> Layers(Module network) =>
        [.. network is Joined ? network.Children.SelectMany(c => c.Children) : network.Children];

    /// <summary>The paths of the layers chosen.</summary>
    /// <exception cref="ArgumentException">The network has no layer of a name; the message lists those it has.</exception>
    internal IReadOnlyList<string> Paths(Module network)
    {
        var layers = Layers(network);
        if (Last is null)
        {
            foreach (var name in Names.Where(n => !layers.Concat(network.Children).Any(l => l.IsIn(n))
                && !network.State().Any(p => p.IsIn(n)))) ThrowUnknown(layers, name);
            return Names;
        }

        var last = layers.Select((layer, i) => layer.IsIn(Last) ? i : -1).Max();
        if (last < 0) ThrowUnknown(layers, Last);
        return [.. layers.Take(last + 1).Select(l => l.Path)];
    }

    /// <summary>Those of <see cref="Paths"/> that have parameters.</summary>
    internal IReadOnlyList<string> Learned(Module network) =>
        [.. Paths(network).Where(path => network.Parameters().Any(p => p.IsIn(path)))];

    private static void ThrowUnknown(IReadOnlyList<Module> layers, string name) => throw new ArgumentException(
        $"no layer is called '{name}'; there are {string.Join(", ", layers.Take(Shown).Select(l => l.Path))}"
            + $"{(layers.Count > Shown ? ", …" : "")}.");
}

internal sealed class LayerChoiceConverter : JsonConverter<LayerChoice>, IDescribedConverter
{
    private const string Until = "until ";

    public string Expected => "\"until NAME\", or a list of names of layers";

    public override LayerChoice Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            var text = reader.GetString()!;
            return text.StartsWith(Until, StringComparison.Ordinal) && text.Length > Until.Length
                ? LayerChoice.Until(text[Until.Length..]) : throw new JsonException();
        }

        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException();
        var names = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String || reader.GetString() is not { Length: > 0 } name)
                throw new JsonException();
            names.Add(name);
        }

        return names.Count > 0 ? LayerChoice.Of(names) : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, LayerChoice value, JsonSerializerOptions options)
    {
        if (value.Last is not null)
        {
            writer.WriteStringValue(Until + value.Last);
            return;
        }

        writer.WriteStartArray();
        foreach (var name in value.Names) writer.WriteStringValue(name);
        writer.WriteEndArray();
    }
}
