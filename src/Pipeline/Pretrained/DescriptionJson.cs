using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Dsp;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Json;
using Engine.Pipeline.Networks;

namespace Engine.Pipeline.Pretrained;

/// <summary>The JSON of network descriptions, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NewLine = "\n",
    AllowOutOfOrderMetadataProperties = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(KebabCaseEnum<LogScale>), typeof(KebabCaseEnum<DecibelReference>), typeof(KebabCaseEnum<MelNorm>),
        typeof(KebabCaseEnum<ColorMapKind>), typeof(KebabCaseEnum<PadMode>), typeof(KebabCaseEnum<TriangleAxis>),
        typeof(KebabCaseEnum<BlockActivation>), typeof(KebabCaseEnum<Gate>),
        typeof(KebabCaseEnum<WindowStatistics>), typeof(KebabCaseEnum<WindowCut>)])]
[JsonSerializable(typeof(NetworkDescription))]
internal sealed partial class DescriptionJson : JsonSerializerContext
{
    /// <summary>On one line.</summary>
    public static DescriptionJson Compact => field ??= new(OneLine.Of(Default.Options));
}
