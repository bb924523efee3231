using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Classifiers.Trees;

namespace Engine.Pipeline.Json;

/// <summary><c>"sqrt"</c>, <c>"log2"</c>, <c>"all"</c>, a whole number, or a share below 1.</summary>
internal sealed class MaxFeaturesConverter : JsonConverter<MaxFeatures>, IDescribedConverter
{
    public string Expected => "\"sqrt\", \"log2\", \"all\", a whole number of columns, or a share of them below 1";

    public override MaxFeatures Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetInt32(out var number) && number >= 1) return MaxFeatures.Number(number);
            var share = reader.GetDouble();
            return share is > 0 and < 1 ? MaxFeatures.Share(share) : throw new JsonException();
        }

        return reader.TokenType != JsonTokenType.String ? throw new JsonException() : reader.GetString() switch
        {
            "sqrt" => MaxFeatures.Sqrt,
            "log2" => MaxFeatures.Log2,
            "all" => MaxFeatures.All,
            _ => throw new JsonException(),
        };
    }

    public override void Write(Utf8JsonWriter writer, MaxFeatures value, JsonSerializerOptions options)
    {
        var text = value.ToString();
        if (double.TryParse(text, CultureInfo.InvariantCulture, out _)) writer.WriteRawValue(text);
        else writer.WriteStringValue(text);
    }
}
