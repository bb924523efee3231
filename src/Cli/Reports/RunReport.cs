using System.Globalization;
using Engine.Classifiers.Evaluation;
using Engine.Cli.Text;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Pretrained;
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
    public static string Of(TrainingResult result, Layout layout)
    {
        var record = result.Record;
        var text = new ReportText(layout);
        text.Field("recipe", $"{record.Recipe.Name}: {record.Recipe.Description}");
        text.Field("data", record.Data);
        text.Field("", Describe(record.Rows));
        foreach (var network in StoredNetworks.Of(record.Recipe.FrontEnd)) text.Field("network", network.ToString());
        text.Field("device", result.Metrics.Device ?? "");
        foreach (var weights in record.Initializations ?? []) text.Field("weights", weights.ToString());
        if (record.Final)
        {
            text.Field("model", $"final: {record.StoredModel}; the figures below are those of the tested models, which had not " +
                "seen the tracks they were tested on");
        }

        Figures(text, result.Metrics, "metrics.json", record.Recipe.Calibration != CalibrationKind.None);
        foreach (var line in Remarks(record.Notes, record.Skipped)) text.Field("note", line);
        return text.ToString();
    }

    /// <summary>The report of a test.</summary>
    public static string Of(TestingResult result, Layout layout)
    {
        var text = new ReportText(layout);
        text.Field("recipe", result.Metrics.Recipe ?? "");
        text.Field("device", result.Metrics.Device ?? "");
        Figures(text, result.Metrics, "the output of --json");
        foreach (var line in Remarks(result.Notes, result.Skipped)) text.Field("note", line);
        return text.ToString();
    }

    /// <summary>Writes the figures as JSON to the output, and what else there is to say to standard error.</summary>
    public static void WriteJson(
        Session session, MetricsReport metrics, IReadOnlyList<string> notes, IReadOnlyList<SkippedFile> skipped)
    {
        session.Output.Write(metrics.ToJson());
        foreach (var line in Remarks(notes, skipped)) session.Warn(line);
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
    public static string Of(RehearsalResult result, Layout layout)
    {
        var record = result.Training.Record;
        var text = new ReportText(layout);
        text.Field("dry run", $"recipe {record.Recipe.Name} on {Describe(record.Rows)}: features, training, checkpoint, "
            + "model, loading and testing work");
        text.Field("device", result.Training.Metrics.Device ?? "");
        if (result.Epoch is { Record: var epoch })
        {
            text.Field("network", string.Create(CultureInfo.InvariantCulture,
                $"1 epoch in {epoch.Seconds:0.00} s ({epoch.SamplesPerSecond:0} examples/s), loss {epoch.Loss:0.0000}"));
        }

        var size = string.Create(CultureInfo.InvariantCulture, $"{result.ModelBytes / 1e6:0.0} MB");
        text.Field("model", $"{size}; it gives the same probabilities after saving and loading");
        text.Field("kept", "nothing");
        foreach (var line in Remarks([], record.Skipped)) text.Field("note", line);
        return text.ToString();
    }

    private static void Figures(ReportText text, MetricsReport metrics, string whole, bool asked = false)
    {
        text.Field("protocol", metrics.Protocol ?? "");
        if (metrics.Leaky) text.Field("", LeakyLine);
        text.Line();
        if (metrics.Tracks is { } tracks)
        {
            text.Field("by track", "each track by the mean of its windows' scores");
            Scores(text, tracks, "tracks", asked);
            text.Line();
            text.Field("by window", "");
            Scores(text, metrics, "windows", asked);
            text.Line();
            text.Field("tracks", "");
            Tables(text, tracks, whole);
        }
        else
        {
            Scores(text, metrics, "rows", asked);
            text.Line();
            Tables(text, metrics, whole);
        }

        text.Line();
    }

    private static void Tables(ReportText text, MetricsReport metrics, string whole)
    {
        ClassificationTable.Add(text, metrics, whole);
        text.Line();
        ConfusionTable.Add(text, metrics, whole);
    }

    private static void Scores(ReportText text, MetricsReport metrics, string what, bool asked)
    {
        text.Field(metrics.Leaky ? "LEAKY" : "accuracy", Accuracy(metrics));
        var rounds = metrics.Pooled;
        text.Field("mean recall", rounds?.RecallMacro is { } recall ? Spread(recall) : Number(metrics.MacroAvg.Recall));
        text.Field("macro F1", rounds is not null ? Spread(rounds.F1Macro) : Number(metrics.MacroAvg.F1));
        if (metrics.RocAucOvrMacro is { } area)
            text.Field("AUROC", rounds is not null ? Spread(rounds.RocAucOvrMacro) : Number(area));
        if (metrics.AveragePrecisionMacro is { } precision)
            text.Field("AUPRC", rounds?.AveragePrecisionMacro is { } spread ? Spread(spread) : Number(precision));
        var top = metrics.TopKAccuracy.Where(k => k.Key != "1").ToArray();
        if (top.Length > 0)
            text.Field("top " + string.Join(", ", top.Select(k => k.Key)), string.Join(", ", top.Select(k => Number(k.Value))));
        text.Field("calibration", Calibration(metrics, asked));
        if (metrics is { Calibrated: true, Reliability: { Count: > 0 } bins }) text.Field("reliability", Reliability(bins));
        if (metrics.TrainAccuracy is { } train)
        {
            text.Field("training", $"{Number(train)} accuracy on the {metrics.NTrain} training {what}");
        }
    }

    private static string Accuracy(MetricsReport metrics)
    {
        var interval = (metrics.AccuracyCi95 ?? metrics.Folds?.AccuracyCi95) is [var low, var high]
            ? $", 95 % interval {Number(low)} to {Number(high)}" : "";
        return metrics.Pooled is { } folds
            ? $"{Spread(folds.Accuracy)} over {folds.Accuracies.Count} rounds{interval}"
            : $"{Number(metrics.Accuracy)}{interval}, {metrics.NTest} tested";
    }

    // Fifteen bins are in metrics.json; five are enough to read.
    private static string Reliability(IReadOnlyList<CalibrationBin> bins) => string.Join(", ", bins
        .GroupBy(b => Math.Min(4, (int)(b.From * 5 + 1e-9))).Select(group =>
        {
            var count = group.Sum(b => b.Count);
            return $"{Number(group.Sum(b => b.Count * b.Share) / count)} promised, "
                + $"{Number(group.Sum(b => b.Count * b.Accuracy) / count)} right ({count})";
        }));

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
