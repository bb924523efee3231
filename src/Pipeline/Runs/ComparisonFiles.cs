using System.Globalization;
using System.Text;
using CsvHelper;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Dsp;
using Engine.Dsp.Files;
using Engine.Pipeline.Json;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Runs;

/// <summary>
/// Writes a comparison as JSON with everything, as CSV with one line per system, and as a Markdown table to paste; reads the
/// JSON.
/// </summary>
internal static class ComparisonFiles
{
    public const string JsonFile = "compare.json", CsvFile = "compare.csv", MarkdownFile = "compare.md";

    private static readonly MeanSd s_unknown = new(null, null);

    /// <summary>Reads the comparison of a folder.</summary>
    /// <exception cref="EngineException">It is missing, of another version, or damaged.</exception>
    public static Comparison Read(string folder)
    {
        var path = Path.Combine(folder, JsonFile);
        if (Directory.Exists(folder) && !File.Exists(path))
        {
            throw new EngineException(
                $"{folder}: the comparison is not finished (it has no {JsonFile}); run the same engine compare again to "
                    + "continue.");
        }

        var comparison = StrictJson.Read(RunFolder.ReadText(path), RunJson.Indented.Of<Comparison>(), path);
        if (comparison.Format != Comparison.CurrentFormat)
        {
            throw new EngineException($"{path}: the comparison's format is '{Excerpt.Of(comparison.Format)}'; this Engine, "
                + $"{GenreModel.CurrentVersion}, reads '{Comparison.CurrentFormat}'.");
        }

        if (comparison.Systems.All(s => s.Name != comparison.Best))
            throw new EngineException($"{path}: the best system, '{Excerpt.Of(comparison.Best)}', is not among its systems.");
        var odd = comparison.Systems.FirstOrDefault(s => s.AccuracyCi95.Count != 2 || s.Accuracy.Mean is null);
        if (odd is not null) throw new EngineException($"{path}: system {odd.Name} has no accuracy with an interval.");
        return comparison.Systems.Count > 0 ? comparison : throw new EngineException($"{path}: the comparison has no systems.");
    }

    /// <summary>Whether the comparison of a folder trained recipes, which it keeps; else it compared runs.</summary>
    public static bool IsOfRecipes(string folder) => File.Exists(Path.Combine(folder, ComparisonManifest.FileName));

    /// <summary>The file of a recipe that the folder keeps; null if it keeps none of that name.</summary>
    public static string? RecipeOf(string folder, string name) =>
        Path.GetFullPath(Path.Combine(folder, name, ComparisonFolder.RecipeFile)) is var file && File.Exists(file) ? file : null;

    /// <summary>Writes the three files into a folder.</summary>
    /// <exception cref="EngineException">They cannot be written.</exception>
    public static void Write(string folder, Comparison comparison)
    {
        try
        {
            Disk.CreateFolder(folder);
            AtomicFile.WriteText(Path.Combine(folder, JsonFile), comparison.ToJson());
            AtomicFile.WriteText(Path.Combine(folder, MarkdownFile), Markdown(comparison));
            WriteCsv(Path.Combine(folder, CsvFile), comparison);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{folder}: cannot write the comparison: {e.Message}", e);
        }
    }

    private static void WriteCsv(string path, Comparison comparison)
    {
        using var file = new AtomicFile(path);
        using (var csv = CsvWriter.Create(file.Stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            Line(csv, [
                "system", "unit", "train_accuracy_mean", "train_accuracy_sd", "accuracy_mean", "accuracy_sd", "accuracy_ci95_low",
                "accuracy_ci95_high",
                "recall_macro_mean", "recall_macro_sd", "f1_macro_mean", "f1_macro_sd",
                "roc_auc_ovr_macro_mean", "roc_auc_ovr_macro_sd", "average_precision_macro_mean",
                "average_precision_macro_sd",
                "p_against_best", "best", "interval", "test", "rounds", "n_train", "n_test", "device", "fit_seconds",
                "predict_seconds", "split", "seed", "protocol", "leaky",
            ]);
            foreach (var s in comparison.Systems) Line(csv, Fields(comparison, s));
        }

        file.Commit();
    }

    private static IEnumerable<string> Fields(Comparison comparison, ComparedSystem s) =>
    [
        s.Name, s.Unit, .. MeanAndSd(s.TrainAccuracy), .. MeanAndSd(s.Accuracy), Full(s.AccuracyCi95[0]), Full(s.AccuracyCi95[1]),
        .. MeanAndSd(s.RecallMacro ?? s_unknown), .. MeanAndSd(s.F1Macro), .. MeanAndSd(s.RocAucOvrMacro),
        .. MeanAndSd(s.AveragePrecisionMacro), Full(Pair(comparison, s)?.PValue), comparison.Best, comparison.Interval,
        comparison.Test, $"{comparison.Rounds}", $"{s.NTrain}", $"{s.NTest}", s.Device,
        Full(Math.Round(s.FitSeconds, 4)), Full(Math.Round(s.PredictSeconds, 4)), comparison.Split, $"{comparison.Seed}",
        s.Protocol, comparison.Leaky ? "LEAKY" : "no",
    ];

    private static void Line(CsvWriter csv, IEnumerable<string> fields)
    {
        foreach (var field in fields) csv.WriteField(field);
        csv.EndRecord();
    }

    private static string Markdown(Comparison comparison)
    {
        var text = new StringBuilder();
        text.Append($"Protocol: {Safe(comparison.Systems[0].Protocol)}.")
            .Append(comparison.Leaky ? " **LEAKY: tracks of the training set were also tested.**" : "").Append("\n\n");
        text.Append($"{Safe(comparison.Figures)}; {comparison.Interval}; p against "
            + $"{Safe(comparison.Best)} by {comparison.Test}.\n\n");
        text.Append($"| system{(comparison.Leaky ? " (LEAKY)" : "")} | by | train accuracy | test accuracy | 95 % interval "
            + $"| mean recall | macro F1 | AUROC | AUPRC | p |\n");
        text.Append("|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var s in comparison.Systems)
        {
            string[] cells =
            [
                Safe(s.Name), s.Unit, Short(s.TrainAccuracy), Short(s.Accuracy),
                $"{Short(s.AccuracyCi95[0])} to {Short(s.AccuracyCi95[1])}",
                Short(s.RecallMacro ?? s_unknown), Short(s.F1Macro),
                Short(s.RocAucOvrMacro), Short(s.AveragePrecisionMacro), Pair(comparison, s)?.PValueText ?? "",
            ];
            text.Append($"| {string.Join(" | ", cells)} |\n");
        }

        foreach (var note in comparison.Notes) text.Append($"\nNote: {Safe(note)}.\n");
        return text.ToString();
    }

    // Names of recipes and recordings are untrusted: none may end a cell or a line, look like a tag to a browser, or change the
    // direction of what follows. Some scripts and emoji need joiners.
    private static string Safe(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '\\' or '|' or '`' or '*' or '[' or ']') safe.Append('\\').Append(c);
            else if (c is '<' or '>' or '&') safe.Append(c switch { '<' => "&lt;", '>' => "&gt;", _ => "&amp;" });
            else if (c is not ('\u200c' or '\u200d')
            && char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) safe.Append('\ufffd');
            else safe.Append(c);
        }

        return safe.ToString();
    }

    private static ComparedPair? Pair(Comparison comparison, ComparedSystem system) => comparison.IsRanked(system)
        ? comparison.AgainstBest(system.Name) : null;

    private static string[] MeanAndSd(MeanSd value) => [Full(value.Mean), Full(value.Sd)];

    private static string Full(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static string Short(MeanSd value) => value.Sd is { } sd ? $"{Short(value.Mean)} ± {Short(sd)}" : Short(value.Mean);

    private static string Short(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-";
}
