using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Classifiers.Trees;
using Engine.Pipeline.Json;

namespace Engine.Pipeline.Recipes;

/// <summary>A random forest: trees with the best thresholds, each grown from rows drawn with replacement.</summary>
/// <param name="Trees">How many trees.</param>
/// <param name="Criterion">What a split makes small.</param>
/// <param name="MaxFeatures">How many columns are tried at each split.</param>
/// <param name="MaxDepth">Most splits from the root to a leaf; null: no limit.</param>
/// <param name="MinSamplesSplit">Fewest rows that are split further.</param>
/// <param name="MinSamplesLeaf">Fewest rows in a leaf.</param>
/// <param name="Bootstrap">Whether each tree draws its rows with replacement; else it learns from all.</param>
/// <param name="ClassWeight">How much a row of each class counts.</param>
public sealed record ForestSpec(
    int Trees = 100,
    SplitCriterion Criterion = SplitCriterion.Gini,
    MaxFeatures MaxFeatures = default,
    int? MaxDepth = null,
    int MinSamplesSplit = 2,
    int MinSamplesLeaf = 1,
    bool Bootstrap = true,
    ClassWeighting ClassWeight = ClassWeighting.None) : TabularClassifierSpec
{
    internal override IClassifier Create(FitSettings settings) => ForestSpecs.Create(settings, new ForestOptions
    {
        Trees = Trees,
        Criterion = Criterion,
        MaxFeatures = MaxFeatures,
        MaxDepth = MaxDepth,
        MinSamplesSplit = MinSamplesSplit,
        MinSamplesLeaf = MinSamplesLeaf,
        Bootstrap = Bootstrap,
        ClassWeight = ClassWeight,
    });

    internal override void Validate(string at, RangeCheck check) => ForestSpecs.Validate(at, check, Trees, MaxDepth, MinSamplesSplit, MinSamplesLeaf);
}

/// <summary>Extra trees: every column drawn is cut at random, and the best of those cuts is taken.</summary>
/// <param name="Trees">How many trees.</param>
/// <param name="Criterion">What a split makes small.</param>
/// <param name="MaxFeatures">How many columns are tried at each split.</param>
/// <param name="MaxDepth">Most splits from the root to a leaf; null: no limit.</param>
/// <param name="MinSamplesSplit">Fewest rows that are split further.</param>
/// <param name="MinSamplesLeaf">Fewest rows in a leaf.</param>
/// <param name="Bootstrap">Whether each tree draws its rows with replacement; else it learns from all.</param>
/// <param name="ClassWeight">How much a row of each class counts.</param>
public sealed record ExtraTreesSpec(
    int Trees = 100,
    SplitCriterion Criterion = SplitCriterion.Gini,
    MaxFeatures MaxFeatures = default,
    int? MaxDepth = null,
    int MinSamplesSplit = 2,
    int MinSamplesLeaf = 1,
    bool Bootstrap = false,
    ClassWeighting ClassWeight = ClassWeighting.None) : TabularClassifierSpec
{
    internal override IClassifier Create(FitSettings settings) => ForestSpecs.Create(settings, new ForestOptions
    {
        Thresholds = SplitThresholds.Random,
        Trees = Trees,
        Criterion = Criterion,
        MaxFeatures = MaxFeatures,
        MaxDepth = MaxDepth,
        MinSamplesSplit = MinSamplesSplit,
        MinSamplesLeaf = MinSamplesLeaf,
        Bootstrap = Bootstrap,
        ClassWeight = ClassWeight,
    });

    internal override void Validate(string at, RangeCheck check) => ForestSpecs.Validate(at, check, Trees, MaxDepth, MinSamplesSplit, MinSamplesLeaf);
}

internal static class ForestSpecs
{
    private const int MostTrees = 100_000;

    public static ForestClassifier Create(FitSettings settings, ForestOptions options) =>
        new(options) { Seed = settings.Seed, Threads = settings.Threads, Cancellation = settings.Cancellation };

    public static void Validate(string at, RangeCheck check, int trees, int? maxDepth, int minSamplesSplit, int minSamplesLeaf)
    {
        check.Between($"{at}.trees", trees, 1, MostTrees);
        if (maxDepth is { } depth) check.AtLeast($"{at}.max_depth", depth, 1);
        check.AtLeast($"{at}.min_samples_split", minSamplesSplit, 2);
        check.AtLeast($"{at}.min_samples_leaf", minSamplesLeaf, 1);
    }
}

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
