using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline;

/// <summary>How good a model is, as measured on tracks that the tested classifier had not learned from.</summary>
/// <param name="Accuracy">Share of the tested tracks that were labelled rightly; of windows under a leaky split.</param>
/// <param name="AccuracyCi95">Its 95 % interval, [low, high]; null if there is none.</param>
/// <param name="ExpectedCalibrationError">
/// See <see cref="MetricsReport.ExpectedCalibrationError"/>; null if the model gives scores.
/// </param>
/// <param name="Tested">How many tracks were tested, each as often as it was.</param>
/// <param name="Protocol">The line that says how they were chosen.</param>
/// <param name="Leaky">Whether tracks of the training were also tested, so that the figures are too good.</param>
/// <param name="LearnedTracks">How many tracks the model itself was fitted on.</param>
/// <param name="Final">
/// Whether those are all tracks, the tested ones too: the figures are then those of a model that was fitted without them.
/// </param>
public sealed record ModelTest(
    double Accuracy,
    IReadOnlyList<double>? AccuracyCi95,
    double? ExpectedCalibrationError,
    int Tested,
    string Protocol,
    bool Leaky,
    int LearnedTracks,
    bool Final)
{
    internal const string Key = "tested";

    /// <summary>The figures of a test: by track, or by row if rows are tracks or the split is leaky.</summary>
    internal static ModelTest Of(MetricsReport report, int learnedTracks, bool final)
    {
        var figures = report is { Tracks: { } tracks, Leaky: false } ? tracks : report;
        return new(figures.Accuracy, figures.AccuracyCi95 ?? figures.Folds?.AccuracyCi95,
            report.Calibrated ? figures.ExpectedCalibrationError : null, figures.NTest, report.Protocol ?? "", report.Leaky,
            learnedTracks, final);
    }

    internal string ToJson() => JsonSerializer.Serialize(this, ModelTestJson.Default.ModelTest);

    /// <summary>What a model's metadata say; null in models of earlier versions.</summary>
    /// <exception cref="EngineException">They say something impossible.</exception>
    internal static ModelTest? Of(IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(Key, out var text)) return null;
        try
        {
            if (JsonSerializer.Deserialize(text, ModelTestJson.Default.ModelTest) is { Protocol: not null } test
                && IsShare(test.Accuracy) && (test.ExpectedCalibrationError is not { } error || IsShare(error))
                && (test.AccuracyCi95 is null || (test.AccuracyCi95.Count == 2 && test.AccuracyCi95.All(IsShare)))
                && test is { Tested: >= 0, LearnedTracks: >= 0 }) return test;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new EngineException($"the model's '{Key}' is not the JSON of its test: {Excerpt.Of(e.Message)}", e);
        }

        throw new EngineException($"the model's '{Key}' holds impossible figures: {Excerpt.Of(text)}");
    }

    private static bool IsShare(double value) => value is >= 0 and <= 1;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ModelTest))]
internal sealed partial class ModelTestJson : JsonSerializerContext;
