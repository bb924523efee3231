using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Pipeline.Json;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>
/// A size or step in both directions of a picture: in JSON <c>[3, 4]</c>, height first, or <c>3</c> for the same in both.
/// </summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
[JsonConverter(typeof(ExtentConverter))]
public readonly record struct Extent(int Height, int Width) : IRangedValue
{
    /// <summary>1 by 1.</summary>
    internal static Extent One { get; } = new(1, 1);

    /// <inheritdoc/>
    public IEnumerable<(string Place, double Number)> Numbers => [("[0]", Height), ("[1]", Width)];
}

internal sealed class ExtentConverter : JsonConverter<Extent>, IDescribedConverter
{
    public string Expected => "a size such as 3, or height and width such as [3, 3]";

    public override Extent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            var both = reader.GetInt32();
            return new(both, both);
        }

        Require(reader.TokenType == JsonTokenType.StartArray);
        var extent = new Extent(Number(ref reader), Number(ref reader));
        Require(reader.Read() && reader.TokenType == JsonTokenType.EndArray);
        return extent;
    }

    public override void Write(Utf8JsonWriter writer, Extent value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(value.Height);
        writer.WriteNumberValue(value.Width);
        writer.WriteEndArray();
    }

    private static int Number(ref Utf8JsonReader reader)
    {
        Require(reader.Read() && reader.TokenType == JsonTokenType.Number);
        return reader.GetInt32();
    }

    private static void Require(bool condition)
    {
        if (!condition) throw new JsonException();
    }
}
