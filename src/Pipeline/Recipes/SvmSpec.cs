using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Classifiers.Svm;
using Engine.Pipeline.Json;

namespace Engine.Pipeline.Recipes;

/// <summary>A support vector machine for each pair of classes, which vote.</summary>
/// <param name="Kernel">What stands in for the scalar product.</param>
/// <param name="C">What an error costs.</param>
/// <param name="Gamma">The kernel's gamma: a number, <c>scale</c> or <c>auto</c>.</param>
/// <param name="Degree">The degree of a polynomial.</param>
/// <param name="Coef0">The constant in a polynomial.</param>
/// <param name="ClassWeight">How much an error costs in each class.</param>
/// <param name="ClassWeights">The weight of each class in the order of the sorted labels; null: the rule of <paramref name="ClassWeight"/>.</param>
/// <param name="Probabilities">Where the probabilities come from.</param>
/// <param name="Tolerance">The gap at which a problem is solved.</param>
/// <param name="MaxIterations">Steps after which a problem is given up with a warning.</param>
/// <param name="Shrinking">Whether rows that seem settled are left out for a while.</param>
/// <param name="CacheMegabytes">Megabytes for values of the kernel.</param>
public sealed record SvmSpec(
    SvmKernel Kernel = SvmKernel.Rbf,
    double C = 1,
    SvmGamma Gamma = default,
    int Degree = 3,
    double Coef0 = 0,
    ClassWeighting ClassWeight = ClassWeighting.None,
    IReadOnlyList<double>? ClassWeights = null,
    SvmProbabilities Probabilities = SvmProbabilities.Votes,
    double Tolerance = 1e-3,
    int MaxIterations = 10_000_000,
    bool Shrinking = true,
    [property: JsonPropertyName("cache_mb")] int CacheMegabytes = 512) : TabularClassifierSpec
{
    internal override IClassifier Create(FitSettings settings) => new SvmClassifier(new SvmOptions
    {
        Kernel = Kernel,
        C = C,
        Gamma = Gamma,
        Degree = Degree,
        Coef0 = Coef0,
        ClassWeight = ClassWeight,
        ClassWeights = ClassWeights,
        Probabilities = Probabilities,
        Tolerance = Tolerance,
        MaxIterations = MaxIterations,
        Shrinking = Shrinking,
        CacheMegabytes = CacheMegabytes,
    })
    {
        Threads = settings.Threads,
        Seed = settings.Seed,
        Warn = settings.Warn,
        Cancellation = settings.Cancellation,
    };

    internal override void Validate(string at, RangeCheck check)
    {
        check.Positive($"{at}.c", C);
        check.Positive($"{at}.gamma", Gamma.Value ?? 1);
        check.AtLeast($"{at}.degree", Degree, 1);
        if (!double.IsFinite(Coef0)) check.Fail($"{at}.coef0", Coef0, "it must be finite");
        for (var c = 0; c < ClassWeights?.Count; c++) check.Positive($"{at}.class_weights[{c}]", ClassWeights[c]);
        check.Positive($"{at}.tolerance", Tolerance);
        if (Tolerance > 1) check.Fail($"{at}.tolerance", Tolerance, "it must be at most 1");
        check.AtLeast($"{at}.max_iterations", MaxIterations, 1);
        check.AtLeast($"{at}.cache_mb", CacheMegabytes, 1);
    }
}

internal sealed class SvmGammaConverter : JsonConverter<SvmGamma>, IDescribedConverter
{
    public string Expected => "a number above 0, \"scale\" or \"auto\"";

    public override SvmGamma Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
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
