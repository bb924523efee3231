using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Classifiers.Decomposition;
using Engine.Classifiers.Knn;
using Engine.Classifiers.Pipeline.FrontEnds;
using Engine.Classifiers.Pipeline.Networks;
using Engine.Classifiers.Selection;
using Engine.Classifiers.Svm;
using Engine.Classifiers.Trees;
using Engine.Classifiers.Tuning;
using Engine.Dsp;
using Engine.Nn.Training;

namespace Engine.Classifiers.Pipeline;

/// <summary>Enum values in JSON: lower case, words joined by hyphens.</summary>
internal sealed class KebabCaseEnum<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>The JSON of recipes and runs, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    NewLine = "\n",
    AllowOutOfOrderMetadataProperties = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [
        typeof(KebabCaseEnum<ScalerKind>), typeof(KebabCaseEnum<KnnMetric>), typeof(KebabCaseEnum<KnnVotes>),
        typeof(KebabCaseEnum<SplitCriterion>), typeof(KebabCaseEnum<ClassWeighting>), typeof(MaxFeaturesConverter),
        typeof(KebabCaseEnum<SvmKernel>), typeof(KebabCaseEnum<SvmProbabilities>),
        typeof(KebabCaseEnum<NetworkInitializer>), typeof(KebabCaseEnum<EarlyStoppingMonitor>),
        typeof(KebabCaseEnum<WindowScalerKind>), typeof(KebabCaseEnum<LogScale>), typeof(KebabCaseEnum<DecibelReference>),
        typeof(KebabCaseEnum<MelNorm>), typeof(KebabCaseEnum<ColorMapKind>), typeof(KebabCaseEnum<CorrelationMeasure>),
        typeof(KebabCaseEnum<TuningMethod>), typeof(KebabCaseEnum<CalibrationKind>), typeof(KebabCaseEnum<PcaSolver>),
        typeof(KebabCaseEnum<GenresAt>),
    ])]
[JsonSerializable(typeof(Recipe))]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(Comparison))]
[JsonSerializable(typeof(TrialsHeader))]
[JsonSerializable(typeof(Trial))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class PipelineJson : JsonSerializerContext;

/// <summary>The same JSON on one line.</summary>
internal static class CompactJson
{
    public static PipelineJson Default { get; } = new(new JsonSerializerOptions(PipelineJson.Default.Options)
    {
        WriteIndented = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
