using System.CommandLine;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Pipeline;
using Engine.Cli.Reports;

namespace Engine.Cli.Commands;

/// <summary><c>engine predict</c>: labels recordings with a trained model.</summary>
internal static class PredictCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var model = new Argument<string>("MODEL") { HelpName = "RUN|MODEL", Description = "A run folder, or a model.safetensors." };
        var paths = new Argument<string[]>("PATH") { HelpName = "FILE|FOLDER", Description = "Recordings, or folders of them at any depth; - is the standard input.", Arity = ArgumentArity.OneOrMore };
        var top = CommonOptions.Number("--top", "K", "How many genres to name, the most probable first.", 3, 1, 1000);
        var format = CommonOptions.Choice("--format", "How to print.", "table", "table", "csv", "json");
        var device = DeviceOption.Create();
        var json = new Option<bool>("--json") { Description = "The same as --format json." };
        var extraction = new ExtractionOptionSet();
        var command = new ExampleCommand(
            "predict",
            "Label recordings with a trained model.",
            "engine predict run song.wav",
            "engine predict run music/ --top 1 --format csv --on-error skip > labels.csv",
            "engine predict run music/ --device cuda")
        {
            model, paths, top, format, device, json,
        };
        extraction.AddTo(command);
        command.SetAction(parsed =>
        {
            using var loaded = GenreModel.Load(parsed.GetRequiredValue(model), parsed.GetValue(device));
            var files = parsed.GetRequiredValue(paths).SelectMany(List).ToArray();
            var (predictions, skipped) = extraction.Run(parsed, session, options => loaded.Predict(files, options));
            foreach (var file in skipped) session.Warn($"skipped: {file.Reason}");
            if (skipped.Count == files.Length) throw new CommandLineException($"none of {files.Length} recordings could be used.");
            if (skipped.Count > 0) session.Warn($"{skipped.Count} of {files.Length} recordings were skipped.");
            var leaky = SplitSpec.Parse(loaded.Split).IsLeaky;

            var labelled = files.Zip(predictions).Where(p => p.Second is not null).Select(p => (p.First, p.Second!)).ToArray();
            session.Output.Write(PredictionReport.Format(
                parsed.GetValue(json) ? "json" : parsed.GetValue(format)!, labelled, Math.Min(parsed.GetValue(top), loaded.Labels.Count), leaky));
            return CommandLine.Done;
        });
        return command;
    }

    private static IReadOnlyList<string> List(string path)
    {
        var files = Dataset.ListAudio(path);
        return files.Count > 0 ? files : throw new CommandLineException($"{path}: the folder holds no recording.");
    }
}
