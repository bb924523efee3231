using System.CommandLine;
using Engine.Classifiers.Evaluation;
using Engine.Cli.Reports;
using Engine.Pipeline;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;

namespace Engine.Cli.Commands;

/// <summary><c>engine predict</c>: labels recordings, or the rows of feature tables, with a trained model.</summary>
internal static class PredictCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var paths = new Argument<string[]>("PATH")
        {
            HelpName = "[RUN|MODEL] FILE|FOLDER",
            Description = "A run folder, a model.safetensors or a name that engine models lists; without it, the built-in " +
                "gtzan57. Then recordings, folders to search at any depth, - for standard input, or feature tables (.csv), " +
                "whose rows are labelled.",
            Arity = ArgumentArity.OneOrMore,
        };
        var top = CommonOptions.Number("--top", "K", "How many genres to list, most probable first.", 3, 1, 1000);
        var format = CommonOptions.Choice("--format", "Output format.", "table", "table", "csv", "json");
        var device = DeviceOption.Create();
        var json = new Option<bool>("--json") { Description = "The same as --format json." };
        var along = new Option<bool>("--timeline")
        {
            Description = "The genre along time: the segments where it changes, or with --format csv one line per window.",
        };
        var hop = CommonOptions.OptionalNumber("--hop", "S",
            "With --timeline: seconds from one window to the next. Default: the recipe's.", 0.01, 100_000);
        var window = CommonOptions.OptionalNumber("--window", "S", "With --timeline, for recipes that take whole recordings: " +
            "seconds in a window. Default: as long as the recordings of the training.", 0.01, 100_000);
        var extraction = new WorkOptionSet();
        var command = new ExampleCommand(
            "predict",
            "Label recordings with a trained model.",
            "engine predict song.mp3",
            "engine predict run song.wav",
            "engine predict run music/ --top 1 --format csv --on-error skip > labels.csv",
            "engine predict run features.csv",
            "engine predict run song.wav --timeline --hop 1",
            "engine predict run music/ --device cuda")
        {
            paths, top, format, device, json, along, hop, window,
        };
        extraction.AddTo(command);
        command.SetAction(parsed =>
        {
            var (model, given) = ModelArgument.Split(parsed.GetRequiredValue(paths));
            var isAlong = parsed.GetValue(along);
            RequireOptionsOf(isAlong, parsed, top, hop, window);
            if (isAlong && given.FirstOrDefault(IsTable) is { } name)
            {
                throw new CommandLineException(
                    $"{name}: the rows of a feature table have no time; --timeline reads recordings.");
            }

            using var loaded = GenreModel.Load(model, parsed.GetValue(device), extraction.MemoryLimit(parsed));
            ModelArgument.Announce(parsed.GetRequiredValue(paths), loaded, session);
            var parts = given.Select(path => List(path, loaded, session)).ToArray();
            var files = parts.SelectMany(p => p.Files).ToArray();
            RequireOnce(given.Where(IsTable).Concat(files));
            var chosen = parsed.GetValue(json) ? "json" : parsed.GetValue(format)!;
            var leaky = SplitSpec.Parse(loaded.Split).IsLeaky;
            string report;
            if (isAlong)
            {
                var (timelines, skipped) = extraction.Run(parsed, session, "predicting",
                    options => loaded.Timeline(files, options, parsed.GetValue(hop), parsed.GetValue(window)));
                Warn(session, skipped, files.Length, hasTable: false);
                report = TimelineReport.Format(chosen, Used(files, timelines), leaky, session.Layout);
            }
            else
            {
                var (predictions, skipped) = files.Length == 0
                    ? ([], []) : extraction.Run(parsed, session, "predicting", options => loaded.Predict(files, options));
                Warn(session, skipped, files.Length, hasTable: parts.Any(p => p.Table is not null));
                var labelled = new List<(string, GenrePrediction)>();
                var next = 0;
                foreach (var (listed, table) in parts)
                {
                    if (table is not null) labelled.AddRange(table.Rows.Select(r => r.FileName).Zip(loaded.Predict(table)));
                    labelled.AddRange(Used(listed, predictions.Skip(next)));
                    next += listed.Count;
                }

                report = PredictionReport.Format(chosen, labelled, Math.Min(parsed.GetValue(top), loaded.Labels.Count), leaky,
                    session.Layout);
            }

            if (chosen == "csv") session.WriteExactly(report);
            else session.Output.Write(report);
            return CommandLine.Done;
        });
        return command;
    }

    // Options that the other kind of output would ignore.
    private static void RequireOptionsOf(
        bool isAlong, ParseResult parsed, Option top, Option<double?> hop, Option<double?> window)
    {
        if (isAlong && parsed.GetResult(top) is { Implicit: false })
            throw new CommandLineException("--top: a timeline lists all genres; leave it out.");
        if (!isAlong && parsed.GetValue(hop) is not null)
            throw new CommandLineException("--hop: it needs --timeline.");
        if (!isAlong && parsed.GetValue(window) is not null)
            throw new CommandLineException("--window: it needs --timeline.");
    }

    private static void Warn(Session session, IReadOnlyList<SkippedFile> skipped, int files, bool hasTable)
    {
        foreach (var file in skipped) session.Warn($"skipped: {file.Reason}");
        if (skipped.Count == files && !hasTable)
        {
            throw new CommandLineException($"none of {files} recordings could be used.");
        }

        if (skipped.Count > 0) session.Warn($"{skipped.Count} of {files} recordings were skipped.");
    }

    // Without those that were skipped.
    private static (string File, T Result)[] Used<T>(IEnumerable<string> files, IEnumerable<T?> results)
        where T : class => [.. files.Zip(results).Where(r => r.Second is not null).Select(r => (r.First, r.Second!))];

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
