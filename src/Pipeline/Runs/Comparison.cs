using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Data;
using Engine.Pipeline.Json;

namespace Engine.Pipeline.Runs;

/// <summary>
/// The figures of one system, by track or by window, and their deviations over the rounds. Where every track is tested once,
/// accuracy, recall and F1 are those of all rounds together; everything else is the mean of the rounds.
/// </summary>
/// <param name="Name">The recipe's name, or the run folder.</param>
/// <param name="Unit">What was counted: <c>track</c> or <c>window</c>.</param>
/// <param name="Protocol">The split's protocol line, with this system's numbers of rows.</param>
/// <param name="NTrain">Training tracks or windows of the first round.</param>
/// <param name="NTest">Tested tracks or windows of all rounds.</param>
/// <param name="Accuracies">Accuracy of each round.</param>
/// <param name="TrainAccuracy">Accuracy on the training set.</param>
/// <param name="Accuracy">Accuracy on the test set.</param>
/// <param name="AccuracyCi95">Its 95 % interval, [low, high]; see <see cref="Comparison.Interval"/>.</param>
/// <param name="F1Macro">Macro-averaged F1.</param>
/// <param name="RocAucOvrMacro">Macro-averaged area under the ROC curve, one against the rest.</param>
/// <param name="AveragePrecisionMacro">
/// Macro-averaged average precision: the area under the precision-recall curve, without interpolation.
/// </param>
/// <param name="FitSeconds">Seconds spent training, all rounds together.</param>
/// <param name="PredictSeconds">Seconds spent predicting the test set, all rounds together.</param>
/// <param name="Device">The device used, or several if the comparison moved between devices.</param>
public sealed record ComparedSystem(
    string Name,
    string Unit,
    string Protocol,
    int NTrain,
    int NTest,
    IReadOnlyList<double> Accuracies,
    MeanSd TrainAccuracy,
    MeanSd Accuracy,
    IReadOnlyList<double> AccuracyCi95,
    MeanSd F1Macro,
    MeanSd RocAucOvrMacro,
    MeanSd AveragePrecisionMacro,
    double FitSeconds,
    double PredictSeconds,
    string Device)
{
    /// <summary>Macro-averaged recall, the mean over the genres; null in comparisons of earlier versions.</summary>
    public MeanSd? RecallMacro { get; init; }
}

/// <summary>Two systems compared on the same test set.</summary>
/// <param name="First">One system.</param>
/// <param name="Second">The other.</param>
/// <param name="Difference">The first's mean accuracy minus the second's.</param>
/// <param name="PValue">
/// The chance of a difference at least as large between equally good systems; see <see cref="Comparison.Test"/>.
/// </param>
/// <param name="OnlyFirst">How many only the first got right; null for repeated holdouts.</param>
/// <param name="OnlySecond">How many only the second got right; null for repeated holdouts.</param>
public sealed record ComparedPair(string First, string Second, double Difference, double PValue, int? OnlyFirst, int? OnlySecond)
{
    /// <summary>The p-value with four decimals, or <c>&lt;0.0001</c>.</summary>
    [JsonIgnore]
    public string PValueText => PValue < 0.0001 ? "<0.0001" : PValue.ToString("0.0000", CultureInfo.InvariantCulture);
}

/// <summary>Several systems over the same rounds of one split: what <c>compare.json</c> holds.</summary>
/// <param name="Format">The format's name and version.</param>
/// <param name="EngineVersion">The version of Engine that made it.</param>
/// <param name="Data">The folder or feature table, as a full path.</param>
/// <param name="Split">The split by name.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Leaky">Whether tracks of the training set were also tested.</param>
/// <param name="Rounds">Rounds of the split.</param>
/// <param name="Interval">How the intervals were computed.</param>
/// <param name="Test">How the pairs were tested.</param>
/// <param name="Best">The system with the highest mean accuracy, the first of a tie.</param>
/// <param name="Systems">One entry per system, or two, by track and by window, if tracks have windows.</param>
/// <param name="Pairs">Every pair of systems tested on the same tracks or windows.</param>
/// <param name="Notes">What else a reader of the figures should know.</param>
/// <param name="MajorityAccuracy">
/// The accuracy of giving everything tested its most frequent genre: the least that a system should reach; of holdouts the mean
/// over the rounds. Null in comparisons of earlier versions.
/// </param>
public sealed record Comparison(
    string Format,
    string EngineVersion,
    string Data,
    string Split,
    ulong Seed,
    bool Leaky,
    int Rounds,
    string Interval,
    string Test,
    string Best,
    IReadOnlyList<ComparedSystem> Systems,
    IReadOnlyList<ComparedPair> Pairs,
    IReadOnlyList<string> Notes,
    double? MajorityAccuracy = null)
{
    internal const string CurrentFormat = "engine-comparison-1";

    /// <summary>How a manifest or table was read, if by more than its usual columns; null: by those.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DataOptions? Reading { get; init; }

    /// <summary>What the figures are, to print with them.</summary>
    [JsonIgnore]
    public string Figures => Rounds == 1 ? "Figures of one round"
        : SplitSpec.Parse(Split).Kind == SplitKind.Holdout ? $"Mean ± standard deviation over {Rounds} rounds"
        : $"Of all {Rounds} rounds together (areas: their mean) ± standard deviation over them";

    /// <summary>The pair of <see cref="Best"/> and another system; null if their test sets differ.</summary>
    public ComparedPair? AgainstBest(string name) =>
        Pairs.FirstOrDefault(p => (p.First == Best && p.Second == name) || (p.First == name && p.Second == Best));

    /// <summary>Whether a system is ranked and tested by these figures: by track, or by window if the split is leaky.</summary>
    public bool IsRanked(ComparedSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.Unit == (Leaky ? "window" : "track") || Systems.Count(s => s.Name == system.Name) == 1;
    }

    /// <summary>The comparison as indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Indented.Of<Comparison>()) + "\n";
}
