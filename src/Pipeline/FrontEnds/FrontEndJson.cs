using System.Text.Json.Serialization;
using Engine.Dsp;
using Engine.Pipeline.Json;

namespace Engine.Pipeline.FrontEnds;

/// <summary>The JSON of front ends, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NewLine = "\n",
    Converters = [typeof(KebabCaseEnum<LogScale>), typeof(KebabCaseEnum<DecibelReference>), typeof(KebabCaseEnum<MelNorm>),
        typeof(KebabCaseEnum<ColorMapKind>), typeof(KebabCaseEnum<PadMode>), typeof(KebabCaseEnum<TriangleAxis>),
        typeof(KebabCaseEnum<WindowStatistics>)])]
[JsonSerializable(typeof(FrontEndSpec))]
internal sealed partial class FrontEndJson : JsonSerializerContext
{
    /// <summary>On one line.</summary>
    public static FrontEndJson Compact => field ??= new(OneLine.Of(Default.Options));
}
