using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Evaluation;

/// <summary>Precision, recall, F1 and support of one label or of an average; null where undefined.</summary>
/// <param name="Precision">Share of rows predicted as this label that are right; null if there are none.</param>
/// <param name="Recall">Share of rows with this label that are right; null if there are none.</param>
/// <param name="F1">
/// Harmonic mean of both, 2·TP / (2·TP + FP + FN); null if the label occurs neither in truth nor in prediction.
/// </param>
/// <param name="Support">Tested rows of this label.</param>
public sealed record LabelMetrics(double? Precision, double? Recall, double? F1, int Support)
{
    /// <summary>
    /// Area under the ROC curve of this label against the rest; null for averages and where either side is empty.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RocAuc { get; init; }

    /// <summary>Average precision of this label against the rest; null for averages and where the label is not tested.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? AveragePrecision { get; init; }
}

/// <summary>Mean and sample standard deviation (n - 1) over rounds.</summary>
/// <param name="Mean">The mean of the defined values; null if there is none.</param>
/// <param name="Sd">Null for fewer than two values.</param>
public sealed record MeanSd(double? Mean, double? Sd);

/// <summary>How the figures vary over the rounds of <c>holdout:K</c>, <c>kfold:K</c> or <c>groups-kfold:K:FILE</c>.</summary>
public sealed record FoldMetrics
{
    /// <summary>Accuracy of each round, in order.</summary>
    public required IReadOnlyList<double> Accuracies { get; init; }

    /// <summary>Accuracy.</summary>
    public required MeanSd Accuracy { get; init; }

    /// <summary>Top-2 accuracy; null for fewer than three labels.</summary>
    public required MeanSd Top2Accuracy { get; init; }

    /// <summary>Top-3 accuracy.</summary>
    public required MeanSd Top3Accuracy { get; init; }

    /// <summary>Macro-averaged recall, the mean over the labels; null in reports of earlier versions.</summary>
    public MeanSd? RecallMacro { get; init; }

    /// <summary>Macro-averaged F1.</summary>
    public required MeanSd F1Macro { get; init; }

    /// <summary>Macro-averaged area under the ROC curve.</summary>
    public required MeanSd RocAucOvrMacro { get; init; }

    /// <summary>Macro-averaged average precision; null in reports of earlier versions.</summary>
    public MeanSd? AveragePrecisionMacro { get; init; }

    /// <summary>
    /// The 95 % interval of the mean accuracy of holdouts, which share rows, [low, high] (<see cref="CorrectedResampled"/>); null
    /// where rows are tested once and Wilson's interval applies.
    /// </summary>
    public IReadOnlyList<double>? AccuracyCi95 { get; init; }
}

/// <summary>A true label and the label predicted instead.</summary>
/// <param name="Label">The right label.</param>
/// <param name="Predicted">The predicted label.</param>
/// <param name="Count">How often.</param>
public sealed record ConfusedPair(string Label, string Predicted, int Count);

/// <summary>How a round's scores s become probabilities: see <see cref="TemperatureScaling"/>.</summary>
/// <param name="Temperature">The higher, the closer the probabilities are to each other.</param>
/// <param name="Offset">Added to each score.</param>
public sealed record CalibrationFigures(double Temperature, double Offset)
{
    /// <summary>How sharpness grows with a row's largest score; 0 where all rows have one temperature.</summary>
    public double Slope { get; init; }
}

/// <summary>
/// The content of <c>metrics.json</c>; names as in scikit-learn. An undefined value (a label without rows, a curve with one side)
/// is null, never NaN. <see cref="Metrics.Compute"/> fills in the figures; the caller adds the rest using <c>with</c>.
/// </summary>
public sealed record MetricsReport
{
    /// <summary>Share of rows whose most probable label is right.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Wilson's 95 % interval of the accuracy, [low, high]; null when rows were tested more than once.</summary>
    public required IReadOnlyList<double>? AccuracyCi95 { get; init; }

    /// <summary>
    /// Share of rows whose label is among the k most probable, for k = 1, 2, 3 up to the number of labels; on ties the lower
    /// label comes first.
    /// </summary>
    public required IReadOnlyDictionary<string, double> TopKAccuracy { get; init; }

    /// <summary>Each label's figures.</summary>
    public required IReadOnlyDictionary<string, LabelMetrics> PerLabel { get; init; }

    /// <summary>Mean over the labels that occur; undefined values count as 0, as in scikit-learn.</summary>
    public required LabelMetrics MacroAvg { get; init; }

    /// <summary>Mean weighted by support; undefined values count as 0.</summary>
    public required LabelMetrics WeightedAvg { get; init; }

    /// <summary>From the summed counts; with one label per row, all equal the accuracy.</summary>
    public required LabelMetrics MicroAvg { get; init; }

    /// <summary>Mean of the labels' areas under the ROC curve, one against the rest.</summary>
    public required double? RocAucOvrMacro { get; init; }

    /// <summary>Mean of the labels' average precisions.</summary>
    public required double? AveragePrecisionMacro { get; init; }

    /// <summary>Mean of -ln p of the right label; p is clamped to [2⁻⁵², 1 - 2⁻⁵²].</summary>
    public required double LogLoss { get; init; }

    /// <summary>
    /// Expected calibration error (Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017): the rows fall into 15 bins of equal
    /// width by the predicted label's share; the value is the mean over rows of the gap between a bin's mean share and its
    /// accuracy. Null in reports of earlier versions.
    /// </summary>
    [JsonPropertyName("ece")]
    public double? ExpectedCalibrationError { get; init; }

    /// <summary>
    /// The reliability table behind it: the bins with rows, ascending. Null in reports of earlier versions.
    /// </summary>
    public IReadOnlyList<CalibrationBin>? Reliability { get; init; }

    /// <summary>Whether the model's numbers were calibrated on tracks it had not learned from; if not, they are scores.</summary>
    public bool Calibrated { get; init; }

    /// <summary>The calibration of each round; null if there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<CalibrationFigures>? Calibration { get; init; }

    /// <summary>Matthews' correlation of truth and prediction; null if either is constant.</summary>
    public required double? Mcc { get; init; }

    /// <summary>Cohen's kappa; null if chance agreement is 1.</summary>
    public required double? CohenKappa { get; init; }

    /// <summary>
    /// Counts [true label][predicted label]; null beyond <see cref="Metrics.MostMatrixLabels"/> labels, where it would dwarf
    /// everything else.
    /// </summary>
    public required IReadOnlyList<IReadOnlyList<int>>? ConfusionMatrix { get; init; }

    /// <summary>
    /// Replaces the matrix when there are many labels: the confused pairs, most frequent first; null if there is a matrix.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ConfusedPair>? ConfusedPairs { get; init; }

    /// <summary>The labels in the order of the confusion matrix.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Spread over rounds; null for a single one.</summary>
    public FoldMetrics? Folds { get; init; }

    /// <summary>
    /// What to show of several rounds: if every row is tested once, accuracy, recall and F1 of all rows together, which do not
    /// depend on how large a round is, with their deviations over the rounds. Areas stay means of the rounds, whose models need
    /// not give scores on one scale. If rows are tested several times, everything is. Null for a single round.
    /// </summary>
    [JsonIgnore]
    public FoldMetrics? Pooled => Folds is null || AccuracyCi95 is null ? Folds : Folds with
    {
        Accuracy = Folds.Accuracy with { Mean = Accuracy },
        RecallMacro = new(MacroAvg.Recall, Folds.RecallMacro?.Sd),
        F1Macro = Folds.F1Macro with { Mean = MacroAvg.F1 },
    };

    /// <summary>
    /// The same figures by track, if tracks have several windows: a track's probabilities are the mean over its tested windows.
    /// Null if every row is its own track.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MetricsReport? Tracks { get; init; }

    /// <summary>Accuracy on the training rows.</summary>
    public double? TrainAccuracy { get; init; }

    /// <summary>The split's protocol line.</summary>
    public string? Protocol { get; init; }

    /// <summary>Whether windows of one track were on both sides.</summary>
    public bool Leaky { get; init; }

    /// <summary>The run's seed.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The recipe's name.</summary>
    public string? Recipe { get; init; }

    /// <summary>The device it ran on.</summary>
    public string? Device { get; init; }

    /// <summary>Seconds spent learning.</summary>
    public double? FitSeconds { get; init; }

    /// <summary>Seconds spent predicting the tested rows.</summary>
    public double? PredictSeconds { get; init; }

    /// <summary>Rows learned from.</summary>
    public int? NTrain { get; init; }

    /// <summary>Rows tested.</summary>
    public required int NTest { get; init; }

    /// <summary>A copy with the protocol line and the leaky flag set, also on the tracks' figures.</summary>
    public MetricsReport Under(string protocol, bool leaky) =>
        this with { Protocol = protocol, Leaky = leaky, Tracks = Tracks?.Under(protocol, leaky) };

    /// <summary>Such as <c>accuracy 0.514 (0.456–0.571) of 290 tested, LEAKY</c>.</summary>
    public override string ToString()
    {
        var interval = AccuracyCi95 is [var low, var high] ? $" ({Share(low)}–{Share(high)})" : "";
        return $"accuracy {Share(Accuracy)}{interval} of {NTest} tested{(Leaky ? ", LEAKY" : "")}";

        static string Share(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
    }

    /// <summary>The JSON of <c>metrics.json</c>, indented, with a final line feed.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, MetricsJson.Default.MetricsReport) + "\n";

    /// <summary>Parses the output of <see cref="ToJson"/>.</summary>
    /// <exception cref="EngineException">The text is not the JSON of a report.</exception>
    public static MetricsReport FromJson(string json) => FromJson(json, "Metrics");

    /// <summary>The same, with a name for the text in errors.</summary>
    public static MetricsReport FromJson(string json, string source)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using (var document = JsonDocument.Parse(json))
            {
                RequireFinite(document.RootElement, source);
                RequireMembers(document.RootElement, source);
            }

            return JsonSerializer.Deserialize(json, MetricsJson.Default.MetricsReport)!;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair. The parser's message may quote all the remaining text.
            var reason = Excerpt.Of(e.Message);
            throw new EngineException($"{source}: the JSON is not a metrics report: {reason}", e);
        }
    }

    // Errors should use the file's terms; the parser's would name our types.
    private static void RequireMembers(JsonElement report, string source)
    {
        if (report.ValueKind != JsonValueKind.Object)
        {
            throw new EngineException($"{source}: the JSON is not a metrics report: it is not an object.");
        }

        var missing = MetricsJson.Default.MetricsReport.Properties.FirstOrDefault(
            p => p.IsRequired && !report.TryGetProperty(p.Name, out _));
        if (missing is not null)
        {
            throw new EngineException($"{source}: the JSON is not a metrics report: '{missing.Name}' is missing. Train again.");
        }
    }

    // JSON can hold numbers beyond a double; they would be read as infinity and could not be written back.
    private static void RequireFinite(JsonElement value, string source)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject()) RequireFinite(member.Value, source);
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray()) RequireFinite(item, source);
                break;
            case JsonValueKind.Number when !double.IsFinite(value.GetDouble()):
                throw new EngineException($"{source}: a figure is too large for a double: " +
                    $"{value.GetRawText().AsSpan(0, Math.Min(20, value.GetRawText().Length))}.");
        }
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(MetricsReport))]
internal sealed partial class MetricsJson : JsonSerializerContext;
