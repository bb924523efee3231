using System.CommandLine;
using Engine.Cli.Reports;
using Engine.Pipeline.Data.Scanning;
using Engine.Pipeline.FrontEnds;

namespace Engine.Cli.Commands;

/// <summary><c>engine scan</c>: makes a manifest of a library of music from its tags.</summary>
internal static class ScanCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var music = new Argument<string[]>("MUSIC")
        {
            HelpName = "FOLDER",
            Description = "Folders of music to search at any depth, or single files.",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string>("--out")
        {
            HelpName = "SONGS.csv",
            Description = "The manifest to write: path,genre,artist,album,title,duration,sample_rate,channels,format,genres. " +
                "Paths are relative to its folder. It can be edited, and trained on.",
            Required = true,
        };
        var from = CommonOptions.Choice("--genre-from", "Where genres come from: tags, folder names, or folder names where " +
            "there is no tag. In most libraries folders are artists and albums, so they count only if asked for.", "tag",
            "tag", "folder", "tag,folder");
        var genresAt = CommonOptions.GenresAt();
        var threads = CommonOptions.Threads();
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON, with every unreadable file." };
        var force = CommonOptions.Force("Overwrite the manifest.");
        var command = new ExampleCommand(
            "scan",
            "List a library of music, with what its tags say, in a manifest to train on. Nothing is decoded.",
            "engine scan ~/Music --out songs.csv",
            "engine scan gtzan/genres --genre-from folder --out gtzan.csv",
            "engine scan ~/Music --out songs.csv --json > summary.json",
            "engine train songs.csv --recipe gtzan57-svm --split artists --out run")
        {
            music, output, from, genresAt, threads, json, force,
        };
        command.SetAction(parsed =>
        {
            var target = parsed.GetRequiredValue(output);
            if (!target.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
                throw new CommandLineException($"--out: {target} must end in .csv.");
            OutputFile.Check(target, parsed.GetValue(force));
            var source = parsed.GetValue(from) switch
            {
                "tag" => GenreSource.Tag,
                "folder" => GenreSource.Folder,
                _ => GenreSource.TagThenFolder,
            };
            if (source == GenreSource.Tag && parsed.GetResult(genresAt) is { Implicit: false })
                throw new CommandLineException("--genres-at: it needs --genre-from folder or tag,folder.");
            var scan = Progress.Show(session, "song", "writing", progress => LibraryScan.Run(parsed.GetRequiredValue(music),
                new ScanOptions
                {
                    GenreFrom = source,
                    GenresAt = CommonOptions.GenresAt(parsed, genresAt),
                    Threads = parsed.GetValue(threads),
                    Progress = (done, total, path) => progress.Report(new PipelineProgress(done, total, path)),
                    Warn = session.Warn,
                    Cancellation = session.Cancel,
                }));
            if (scan.Songs.Count == 0)
            {
                throw new CommandLineException(
                    $"none of {scan.Unreadable.Count} recordings could be read, such as {scan.Unreadable[0].Reason}");
            }

            session.Cancel.ThrowIfCancellationRequested();
            ManifestFile.Write(target, scan.Songs);
            if (parsed.GetValue(json)) session.Output.Write(ScanReport.Json(target, scan));
            else session.Output.Write(ScanReport.Of(target, scan, session.Layout));
            return CommandLine.Done;
        });
        return command;
    }
}
