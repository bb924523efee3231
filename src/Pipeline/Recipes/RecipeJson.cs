using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Engine.Classifiers;
using Engine.Classifiers.Decomposition;
using Engine.Classifiers.Knn;
using Engine.Classifiers.Selection;
using Engine.Classifiers.Svm;
using Engine.Classifiers.Trees;
using Engine.Classifiers.Tuning;
using Engine.Dsp;
using Engine.Nn.Training;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Json;
using Engine.Pipeline.Networks;

namespace Engine.Pipeline.Recipes;

/// <summary>The JSON of recipes, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    GenerationMode = JsonSourceGenerationMode.Metadata,
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
        typeof(SvmGammaConverter),
        typeof(KebabCaseEnum<SvmKernel>), typeof(KebabCaseEnum<SvmProbabilities>),
        typeof(KebabCaseEnum<NetworkInitializer>), typeof(KebabCaseEnum<EarlyStoppingMonitor>),
        typeof(KebabCaseEnum<WindowScalerKind>), typeof(KebabCaseEnum<LogScale>), typeof(KebabCaseEnum<DecibelReference>),
        typeof(KebabCaseEnum<MelNorm>), typeof(KebabCaseEnum<PadMode>), typeof(KebabCaseEnum<TriangleAxis>),
        typeof(KebabCaseEnum<WindowStatistics>),
        typeof(KebabCaseEnum<ColorMapKind>), typeof(KebabCaseEnum<CorrelationMeasure>),
        typeof(KebabCaseEnum<TuningMethod>), typeof(KebabCaseEnum<CalibrationKind>), typeof(KebabCaseEnum<PcaSolver>),
        typeof(KebabCaseEnum<GenresAt>), typeof(KebabCaseEnum<MissingValues>),
        typeof(KebabCaseEnum<BlockActivation>), typeof(KebabCaseEnum<Gate>),
    ])]
[JsonSerializable(typeof(Recipe))]
[JsonSerializable(typeof(NetworkSpec))]
[JsonSerializable(typeof(EnsembleSpec))]
[JsonSerializable(typeof(RunsSpec))]
[JsonSerializable(typeof(DataOptions))]
[JsonSerializable(typeof(CustomSpec))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class RecipeJson : JsonSerializerContext
{
    /// <summary>Several lines.</summary>
    public static JsonSerializerOptions Indented => field ??= WithNetworks(Default.Options, Default);

    /// <summary>The same for writing, which also knows what only a program can make.</summary>
    public static JsonSerializerOptions Written => field ??= new(Indented)
    {
        TypeInfoResolver = Indented.TypeInfoResolver!.WithAddedModifier(type =>
        {
            if (type.Type == typeof(ClassifierOptions))
                type.PolymorphismOptions!.DerivedTypes.Add(new(typeof(CustomSpec), Recipes.CustomSpec.Kind));
        }),
    };

    /// <summary>The same JSON on one line.</summary>
    public static JsonSerializerOptions Compact => field ??= OneLine.Of(Indented);

    /// <summary>Options that also know the classifiers that are made of others or of layers.</summary>
    public static JsonSerializerOptions WithNetworks(JsonSerializerOptions options, IJsonTypeInfoResolver types) => new(options)
    {
        TypeInfoResolver = types.WithAddedModifier(type =>
        {
            if (type.Type != typeof(ClassifierOptions)) return;
            type.PolymorphismOptions!.DerivedTypes.Add(new(typeof(NetworkSpec), "network"));
            type.PolymorphismOptions.DerivedTypes.Add(new(typeof(EnsembleSpec), "ensemble"));
            type.PolymorphismOptions.DerivedTypes.Add(new(typeof(RunsSpec), "runs"));
        }),
    };
}
