using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Nn;
using Engine.Pipeline.Json;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>
/// How fast each layer learns: in JSON a number, the share of a layer's learning rate that the layer before it has (Howard and
/// Ruder 2018), so that the last learns at the full rate; or an object of factors by name, such as <c>{ "features": 0.1 }</c>,
/// where the longest name that fits a layer counts, and the others learn at the full rate.
/// </summary>
[JsonConverter(typeof(LayerRatesConverter))]
public sealed record LayerRates : IRangedValue
{
    private LayerRates(double? share, IReadOnlyDictionary<string, double> factors) => (Share, Factors) = (share, factors);

    /// <summary>The share of each layer's rate that the one before it has; null: <see cref="Factors"/> count.</summary>
    public double? Share { get; }

    /// <summary>The factors by the names of layers; empty if <see cref="Share"/> is set.</summary>
    public IReadOnlyDictionary<string, double> Factors { get; }

    /// <inheritdoc/>
    public IEnumerable<(string Place, double Number)> Numbers =>
        Share is { } share ? [("", share)] : Factors.Select(f => ($".{f.Key}", f.Value));

    /// <summary>Each layer learns at this share of the next one's rate.</summary>
    public static LayerRates ByDepth(double share) => new(share, new Dictionary<string, double>());

    /// <summary>Layers learn at these factors of the full rate.</summary>
    public static LayerRates ByName(IReadOnlyDictionary<string, double> factors) => new(null, factors);

    /// <summary>Sets the scale of each parameter.</summary>
    /// <exception cref="ArgumentException">
    /// The network has no layer of a name, or a layer would not learn at all; the message tells.
    /// </exception>
    internal void Apply(Module network)
    {
        if (Share is { } share)
        {
            var depth = 0;
            foreach (var layer in LayerChoice.Layers(network).Reverse().Where(l => l.Parameters().Any()))
            {
                var scale = Math.Pow(share, depth++);
                if (scale == 0)
                    throw new ArgumentException($"{share} to the power of {depth - 1}, the rate of {layer.Path}, is 0.");
                foreach (var parameter in layer.Parameters()) parameter.LearningRateScale = scale;
            }

            return;
        }

        _ = LayerChoice.Of([.. Factors.Keys]).Paths(network);
        foreach (var parameter in network.Parameters())
        {
            if (Factors.Keys.Where(parameter.IsIn).MaxBy(n => n.Length) is { } name)
                parameter.LearningRateScale = Factors[name];
        }
    }
}

internal sealed class LayerRatesConverter : JsonConverter<LayerRates>, IDescribedConverter
{
    public string Expected => "a number such as 0.8, or an object of numbers by names of layers such as { \"features\": 0.1 }";

    public override LayerRates Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number) return LayerRates.ByDepth(reader.GetDouble());
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
        var factors = new SortedDictionary<string, double>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (name.Length == 0 || !reader.Read() || reader.TokenType != JsonTokenType.Number) throw new JsonException();
            factors[name] = reader.GetDouble();
        }

        return factors.Count > 0 ? LayerRates.ByName(factors) : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, LayerRates value, JsonSerializerOptions options)
    {
        if (value.Share is { } share)
        {
            writer.WriteNumberValue(share);
            return;
        }

        writer.WriteStartObject();
        foreach (var (name, factor) in value.Factors) writer.WriteNumber(name, factor);
        writer.WriteEndObject();
    }
}
