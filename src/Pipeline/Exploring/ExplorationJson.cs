using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Classifiers.Selection;
using Engine.Pipeline.Json;
using Engine.Pipeline.Recipes;

namespace Engine.Pipeline.Exploring;

/// <summary>The JSON of an exploration, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    WriteIndented = true,
    NewLine = "\n",
    Converters = [typeof(KebabCaseEnum<ScalerKind>), typeof(KebabCaseEnum<BorutaVerdict>)])]
[JsonSerializable(typeof(Exploration))]
internal sealed partial class ExplorationJson : JsonSerializerContext
{
    /// <summary>Several lines, with names unescaped: none of it is embedded in a web page.</summary>
    public static JsonSerializerOptions Indented => field ??=
        new(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
