using System.CommandLine;
using Engine.Classifiers.Knn;
using Engine.Cli.Reports;
using Engine.Dsp;
using Engine.Pipeline.Exploring.Likeness;
using Engine.Pipeline.FrontEnds;

namespace Engine.Cli.Commands;

/// <summary><c>engine similar</c>: the songs of a library that are most like one song.</summary>
internal sealed class SimilarCommand
{
    private readonly Argument<string> _song = new("SONG")
    {
        Description = "A recording; or the name of a row, if LIBRARY is a feature table.",
    };

    private readonly Argument<string> _library = new("LIBRARY")
    {
        Description = "A folder searched at any depth, a manifest that names recordings, or a feature table, such as engine " +
            "features writes (.csv, .tsv).",
    };

    private readonly Option<int> _top = CommonOptions.Number("--top", "N", "How many songs to list, most similar first.", 20, 1,
        1_000_000);

    private readonly Option<string> _metric = CommonOptions.Choice("--metric",
        "The distance between songs, whose features are standardised over the library.", "euclidean", "euclidean", "cosine");

    private readonly Option<bool> _unique = new("--unique-artist")
    {
        Description = "At most one song of each artist, and none by that of SONG, as the data or the tags name them.",
    };

    private readonly Option<string> _format = CommonOptions.Choice("--format", "Output format; m3u is a playlist.", "table",
        "table", "csv", "json", "m3u");

    private readonly Option<bool> _json = new("--json") { Description = "The same as --format json." };
    private readonly Option<string?> _output = new("--out") { HelpName = "FILE", Description = "Write the list into a file." };
    private readonly Option<bool> _force = CommonOptions.Force("Overwrite the file.");
    private readonly LikenessOptions _features = new();
    private readonly DataOptionSet _reading = DataOptionSet.ForLibraries();
    private readonly WorkOptionSet _extraction = new(onError: "skip");

    private SimilarCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var similar = new SimilarCommand();
        var command = new ExampleCommand(
            "similar",
            "List the songs of a library that are most like one song. Recordings that cannot be used are listed and left out; " +
                "the exit code is then 1.",
            "engine similar song.mp3 ~/Music",
            "engine similar song.mp3 ~/Music --top 50 --unique-artist --format m3u --out like-it.m3u8",
            "engine similar song.mp3 songs.csv --set mfcc --metric cosine",
            "engine similar blues.00000.wav features_30_sec.csv --json")
        {
            similar._song, similar._library, similar._top, similar._metric, similar._unique, similar._format, similar._json,
            similar._output, similar._force,
        };
        similar._features.AddTo(command);
        similar._reading.AddTo(command);
        similar._extraction.AddTo(command);
        command.SetAction(parsed => similar.Run(parsed, session));
        return command;
    }

    private int Run(ParseResult parsed, Session session)
    {
        var song = parsed.GetRequiredValue(_song);
        var format = parsed.GetValue(_json) ? "json" : parsed.GetRequiredValue(_format);
        var output = parsed.GetValue(_output);
        if (output is not null) OutputFile.Check(output, parsed.GetValue(_force));
        else if (parsed.GetValue(_force)) throw new CommandLineException("--force: it needs --out.");
        var spec = _features.Of(parsed);
        var (library, found) = _extraction.Run(parsed, session, "comparing", work => Find(parsed, song, spec, work));
        if (format == "m3u" && found.Any(f => f.Song.FullPath is null))
        {
            throw new CommandLineException($"{library.Source}: a feature table names no files for a playlist; name a folder " +
                "or a manifest.");
        }

        foreach (var file in library.Skipped) session.Warn($"skipped: {file.Reason}");
        if (found.Count < parsed.GetValue(_top))
        {
            session.Warn($"{library.Source}: there are only {found.Count} other songs" +
                $"{(parsed.GetValue(_unique) ? " by different artists" : "")}.");
        }

        var text = SimilarReport.Of(format, song, found, parsed.GetRequiredValue(_metric),
            output is null ? "." : Path.GetDirectoryName(Path.GetFullPath(output))!, session);
        if (output is not null)
        {
            AtomicFile.WriteText(output, text);
            session.Output.WriteLine($"{output}: {found.Count} of {library.Songs.Count} songs");
        }
        else if (format is "csv" or "m3u") session.WriteExactly(text);
        else session.Output.Write(text);
        return library.Skipped.Count > 0 ? CommandLine.Failed : CommandLine.Done;
    }

    private (SongLibrary, IReadOnlyList<SimilarSong>) Find(ParseResult parsed, string song, FrontEndSpec spec, WorkOptions work)
    {
        var frontEnd = new FrontEnd(spec, memoryLimit: work.MemoryLimit);
        // Before the library, which may take hours.
        var own = File.Exists(song) ? SongLibrary.Extract(song, frontEnd, work) : ((byte[] Hash, double[] Values)?)null;
        var path = parsed.GetRequiredValue(_library);
        if (own is null && Directory.Exists(path)) throw new CommandLineException($"{song}: there is no such recording.");
        var library = SongLibrary.Load(path, frontEnd, _reading.Of(parsed),
            allColumns: own is null && !_features.IsGiven(parsed), work);
        var metric = Enum.Parse<KnnMetric>(parsed.GetRequiredValue(_metric), ignoreCase: true);
        if (own is { } given)
        {
            var full = Path.GetFullPath(song);
            bool IsItself(LibrarySong other) =>
                other.FullPath == full || (other.Hash is { } hash && hash.AsSpan().SequenceEqual(given.Hash));
            // A manifest may know its artist where the tags do not.
            var itself = library.Songs.FirstOrDefault(IsItself) ?? new(song, full);
            return (library, SimilarSongs.Find(library, library.Standardize(given.Values), IsItself, metric,
                parsed.GetValue(_top), parsed.GetValue(_unique) ? itself.FindArtist() ?? "" : null));
        }

        var row = library.Songs.ToList().FindIndex(s => s.Name == song);
        if (row < 0)
            throw new CommandLineException($"{song}: there is no such recording, and {library.Source} has no song of that name.");
        return (library, SimilarSongs.Find(library, library.Values.Select([row]), s => s == library.Songs[row], metric,
            parsed.GetValue(_top), parsed.GetValue(_unique) ? library.Songs[row].FindArtist() ?? "" : null));
    }
}
