using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Classifiers.Svm;

namespace Engine.Pipeline.Json;

internal sealed class SvmGammaConverter : JsonConverter<SvmGamma>, IDescribedConverter
{
    public string Expected => "a number above 0, \"scale\" or \"auto\"";

    public override SvmGamma Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.Number => SvmGamma.Of(reader.GetDouble()),
            JsonTokenType.String when reader.ValueTextEquals("scale") => SvmGamma.Scale,
            JsonTokenType.String when reader.ValueTextEquals("auto") => SvmGamma.Auto,
            _ => throw new JsonException(),
        };

    public override void Write(Utf8JsonWriter writer, SvmGamma value, JsonSerializerOptions options)
    {
        if (value.Value is { } number) writer.WriteNumberValue(number);
        else writer.WriteStringValue(value.ToString());
    }
}
