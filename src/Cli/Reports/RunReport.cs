using System.Globalization;
using System.Text;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using static Engine.Cli.Reports.ReportText;

namespace Engine.Cli.Reports;

/// <summary>A training or test as text for people: what ran on which data, how it was measured, and how good it is.</summary>
internal static class RunReport
{
    /// <summary>The warning on everything that comes from a leaky split.</summary>
    public const string LeakyLine =
        "LEAKY: tracks of the training set were also tested; the figures are far better than for new songs.";

    // More names would fill the screen.
    private const int MostGenres = 50;

    /// <summary>The report of a training.</summary>
    public static string Of(TrainingResult result)
    {
        var record = result.Record;
        var text = new StringBuilder();
        Field(text, "recipe", $"{record.Recipe.Name}: {record.Recipe.Description}");
        Field(text, "data", record.Data);
        Field(text, "", Describe(record.Rows));
        Field(text, "device", result.Metrics.Device ?? "");
        Figures(text, result.Metrics, record.Recipe.Calibration != CalibrationKind.None);
        foreach (var line in Remarks(record.Notes, record.Skipped)) Field(text, "note", line);
        return text.ToString();
    }

    /// <summary>The report of a test.</summary>
    public static string Of(TestingResult result)
    {
        var text = new StringBuilder();
        Field(text, "recipe", result.Metrics.Recipe ?? "");
        Field(text, "device", result.Metrics.Device ?? "");
        Figures(text, result.Metrics);
        foreach (var line in Remarks(result.Notes, result.Skipped)) Field(text, "note", line);
        return text.ToString();
    }

    /// <summary>The notes of a split, then the number of skipped recordings and why each was skipped.</summary>
    public static IEnumerable<string> Remarks(IReadOnlyList<string> notes, IReadOnlyList<SkippedFile> skipped)
    {
        foreach (var note in notes) yield return note;
        if (skipped.Count > 0)
            yield return skipped.Count == 1 ? "1 recording was skipped:" : $"{skipped.Count} recordings were skipped:";
        foreach (var file in skipped) yield return file.Reason;
    }

    /// <summary>The report of a rehearsal.</summary>
    public static string Of(RehearsalResult result)
    {
        var record = result.Training.Record;
        var text = new StringBuilder();
        Field(text, "dry run", $"recipe {record.Recipe.Name} on {Describe(record.Rows)}: features, training, checkpoint, "
            + "model, loading and testing work");
        Field(text, "device", result.Training.Metrics.Device ?? "");
        if (result.Epoch is { Record: var epoch })
        {
            Field(text, "network", string.Create(CultureInfo.InvariantCulture,
                $"1 epoch in {epoch.Seconds:0.00} s ({epoch.SamplesPerSecond:0} examples/s), loss {epoch.Loss:0.0000}"));
        }

        var size = string.Create(CultureInfo.InvariantCulture, $"{result.ModelBytes / 1e6:0.0} MB");
        Field(text, "model", $"{size}; it gives the same probabilities after saving and loading");
        Field(text, "kept", "nothing");
        foreach (var line in Remarks([], record.Skipped)) Field(text, "note", line);
        return text.ToString();
    }

    private static void Figures(StringBuilder text, MetricsReport metrics, bool asked = false)
    {
        Field(text, "protocol", metrics.Protocol ?? "");
        if (metrics.Leaky) Field(text, "", LeakyLine);
        text.AppendLine();
        if (metrics.Tracks is { } tracks)
        {
            Field(text, "by track", "each track by the mean of its windows' scores");
            Scores(text, tracks, "tracks", asked);
            text.AppendLine();
            Field(text, "by window", "");
            Scores(text, metrics, "windows", asked);
            text.AppendLine();
            Field(text, "tracks", "");
            text.Append(ConfusionTable.Format(tracks));
        }
        else
        {
            Scores(text, metrics, "rows", asked);
            text.AppendLine();
            text.Append(ConfusionTable.Format(metrics));
        }

        text.AppendLine();
    }

    private static void Scores(StringBuilder text, MetricsReport metrics, string what, bool asked)
    {
        Field(text, metrics.Leaky ? "LEAKY" : "accuracy", Accuracy(metrics));
        Field(text, "macro F1", metrics.Folds is { } folds ? Spread(folds.F1Macro) : Number(metrics.MacroAvg.F1));
        if (metrics.RocAucOvrMacro is { } area)
            Field(text, "AUROC", metrics.Folds is { } rounds ? Spread(rounds.RocAucOvrMacro) : Number(area));
        if (metrics.AveragePrecisionMacro is { } precision)
            Field(text, "AUPRC", metrics.Folds?.AveragePrecisionMacro is { } spread ? Spread(spread) : Number(precision));
        var top = metrics.TopKAccuracy.Where(k => k.Key != "1").ToArray();
        if (top.Length > 0)
            Field(text, "top " + string.Join(", ", top.Select(k => k.Key)), string.Join(", ", top.Select(k => Number(k.Value))));
        Field(text, "calibration", Calibration(metrics, asked));
        if (metrics.TrainAccuracy is { } train)
        {
            Field(text, "training", $"{Number(train)} accuracy on the {metrics.NTrain} training {what}");
        }
    }

    private static string Accuracy(MetricsReport metrics)
    {
        var interval = (metrics.AccuracyCi95 ?? metrics.Folds?.AccuracyCi95) is [var low, var high]
            ? $", 95 % interval {Number(low)} to {Number(high)}" : "";
        return metrics.Folds is { } folds
            ? $"{Spread(folds.Accuracy)} over {folds.Accuracies.Count} rounds{interval}"
            : $"{Number(metrics.Accuracy)}{interval}, {metrics.NTest} tested";
    }

    // Training warns of anything else that prevents calibration.
    private static string Calibration(MetricsReport metrics, bool asked) => metrics.Calibrated
        ? $"expected error of a probability {Number(metrics.ExpectedCalibrationError)} (ECE, 15 bins)"
        : "none: the model gives scores, not probabilities" +
            (asked ? "; calibration needs 20 held-out tracks of genres with five or more" : "");

    private static string Describe(IReadOnlyList<RunRow> rows)
    {
        var genres = rows.GroupBy(r => r.Label).Select(g => (Genre: g.Key, Tracks: g.Select(r => r.Track).Distinct().Count()))
            .OrderBy(g => g.Genre, StringComparer.Ordinal).ToArray();
        var tracks = genres.Sum(g => g.Tracks);
        var windows = rows.Count > tracks ? $" in {rows.Count} windows" : "";
        if (genres.Length > MostGenres)
            return $"{tracks} tracks{windows} of {genres.Length} genres, {genres.Min(g => g.Tracks)} to "
                + $"{genres.Max(g => g.Tracks)} each";
        var each = genres.Select(g => g.Tracks).Distinct().Count() == 1
            ? $"{genres[0].Tracks} each: {string.Join(", ", genres.Select(g => g.Genre))}"
            : string.Join(", ", genres.Select(g => $"{g.Genre} {g.Tracks}"));
        return $"{tracks} tracks{windows} of {genres.Length} genres, {each}";
    }
}
