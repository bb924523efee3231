using System.CommandLine;
using Engine.Classifiers.Evaluation;
using Engine.Cli.Reports;
using Engine.Pipeline;
using Engine.Pipeline.Data;

namespace Engine.Cli.Commands;

/// <summary><c>engine predict</c>: labels recordings, or the rows of feature tables, with a trained model.</summary>
internal static class PredictCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var model = new Argument<string>("MODEL")
        {
            HelpName = "RUN|MODEL",
            Description = "A run folder, or a model.safetensors."
        };
        var paths = new Argument<string[]>("PATH")
        {
            HelpName = "FILE|FOLDER",
            Description = "Recordings, folders to search at any depth, - for standard input, or feature tables (.csv), whose " +
                "rows are labelled.",
            Arity = ArgumentArity.OneOrMore,
        };
        var top = CommonOptions.Number("--top", "K", "How many genres to list, most probable first.", 3, 1, 1000);
        var format = CommonOptions.Choice("--format", "Output format.", "table", "table", "csv", "json");
        var device = DeviceOption.Create();
        var json = new Option<bool>("--json") { Description = "The same as --format json." };
        var extraction = new WorkOptionSet();
        var command = new ExampleCommand(
            "predict",
            "Label recordings with a trained model.",
            "engine predict run song.wav",
            "engine predict run music/ --top 1 --format csv --on-error skip > labels.csv",
            "engine predict run features.csv",
            "engine predict run music/ --device cuda")
        {
            model, paths, top, format, device, json,
        };
        extraction.AddTo(command);
        command.SetAction(parsed =>
        {
            using var loaded = GenreModel.Load(parsed.GetRequiredValue(model), parsed.GetValue(device),
                extraction.MemoryLimit(parsed));
            var parts = parsed.GetRequiredValue(paths).Select(path => List(path, loaded, session)).ToArray();
            var files = parts.SelectMany(p => p.Files).ToArray();
            RequireOnce(parsed.GetRequiredValue(paths).Where(IsTable).Concat(files));
            var (predictions, skipped) = files.Length == 0
                ? ([], []) : extraction.Run(parsed, session, "predicting", options => loaded.Predict(files, options));
            foreach (var file in skipped) session.Warn($"skipped: {file.Reason}");
            if (skipped.Count == files.Length && parts.All(p => p.Table is null))
            {
                throw new CommandLineException($"none of {files.Length} recordings could be used.");
            }

            if (skipped.Count > 0) session.Warn($"{skipped.Count} of {files.Length} recordings were skipped.");
            var leaky = SplitSpec.Parse(loaded.Split).IsLeaky;

            var labelled = new List<(string, GenrePrediction)>();
            var next = 0;
            foreach (var (listed, table) in parts)
            {
                if (table is not null) labelled.AddRange(table.Rows.Select(r => r.FileName).Zip(loaded.Predict(table)));
                foreach (var file in listed)
                {
                    if (predictions[next++] is { } prediction) labelled.Add((file, prediction));
                }
            }

            var chosen = parsed.GetValue(json) ? "json" : parsed.GetValue(format)!;
            var report = PredictionReport.Format(chosen, labelled, Math.Min(parsed.GetValue(top), loaded.Labels.Count), leaky,
                session.Layout);
            if (chosen == "csv") session.WriteExactly(report);
            else session.Output.Write(report);
            return CommandLine.Done;
        });
        return command;
    }

    // Tables are read before recordings are analysed, so that an unsuitable table is rejected immediately.
    private static (IReadOnlyList<string> Files, FeatureTable? Table) List(string path, GenreModel model, Session session)
    {
        if (IsTable(path)) return ([], model.ReadTable(path));
        var files = Dataset.ListAudio(path, session.Warn);
        return files.Count > 0 ? (files, null) : throw new CommandLineException($"{path}: the folder holds no recording.");
    }

    private static bool IsTable(string path) => FeatureTable.IsName(path) && File.Exists(path);

    // As in engine features, no recording is labelled twice, whatever paths it is given by.
    private static void RequireOnce(IEnumerable<string> files)
    {
        var twice = files.GroupBy(Path.GetFullPath).FirstOrDefault(g => g.Count() > 1);
        if (twice is null) return;
        throw new CommandLineException($"{twice.First()}: appears {twice.Count()} times; name every recording once.");
    }
}
