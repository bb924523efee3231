using System.CommandLine;
using Engine.Cli.Reports;
using Engine.Dsp;
using Engine.Pipeline.Exploring.Likeness;
using Engine.Pipeline.FrontEnds;

namespace Engine.Cli.Commands;

/// <summary><c>engine cluster</c>: sorts the songs of a library into clusters of songs that are alike.</summary>
internal sealed class ClusterCommand
{
    private readonly Argument<string> _library = new("LIBRARY")
    {
        Description = "A folder searched at any depth, a manifest that names recordings, or a feature table, such as engine " +
            "features writes (.csv, .tsv), all columns of which count unless --set, --recipe or --columns name some.",
    };

    private readonly Option<int?> _k = CommonOptions.OptionalNumber("--k", "N", "How many clusters.", 1, 1_000_000);
    private readonly Option<string?> _output = new("--out")
    {
        HelpName = "F.csv",
        Description = "Write a table with the cluster of each song and its distance from the cluster's centre.",
    };

    private readonly Option<string?> _playlists = new("--m3u")
    {
        HelpName = "FOLDER",
        Description = "Write a playlist for each cluster, the most typical songs first.",
    };

    private readonly Option<bool> _force = CommonOptions.Force("Overwrite the table and playlists.");
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly LikenessOptions _features = new();
    private readonly DataOptionSet _reading = DataOptionSet.ForLibraries();
    private readonly WorkOptionSet _extraction = new(onError: "skip");

    private ClusterCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var cluster = new ClusterCommand();
        var command = new ExampleCommand(
            "cluster",
            "Sort the songs of a library into clusters of songs that are alike, by k-means of features that are standardised " +
                "over the library. Recordings that cannot be used are listed and left out; the exit code is then 1.",
            "engine cluster ~/Music --k 12",
            "engine cluster ~/Music --k 12 --m3u moods",
            "engine cluster features.csv --k 8 --out clusters.csv")
        {
            cluster._library, cluster._k, cluster._output, cluster._playlists, cluster._force, cluster._json, cluster._seed,
        };
        cluster._features.AddTo(command);
        cluster._reading.AddTo(command);
        cluster._extraction.AddTo(command);
        command.SetAction(parsed => cluster.Run(parsed, session));
        return command;
    }

    private int Run(ParseResult parsed, Session session)
    {
        var (output, playlists, force) = (parsed.GetValue(_output), parsed.GetValue(_playlists), parsed.GetValue(_force));
        var k = parsed.GetValue(_k) ?? throw new CommandLineException("--k is missing: say how many clusters there are to be.");
        if (output is not null) OutputFile.Check(output, force);
        if (playlists is not null) OutputFolder.RequireFree(playlists, force);
        if (force && output is null && playlists is null) throw new CommandLineException("--force: it needs --out or --m3u.");
        var spec = _features.Of(parsed);
        var (library, found) = _extraction.Run(parsed, session, "clustering", work =>
        {
            var read = SongLibrary.Load(parsed.GetRequiredValue(_library), new FrontEnd(spec, memoryLimit: work.MemoryLimit),
                _reading.Of(parsed), allColumns: !_features.IsGiven(parsed), work);
            if (playlists is not null && read.Songs[0].FullPath is null)
                throw new CommandLineException($"{read.Source}: a feature table names no files for playlists; leave --m3u out.");
            return (read, SongClusters.Of(read, k, parsed.GetValue(_seed), work.Threads));
        });
        foreach (var file in library.Skipped) session.Warn($"skipped: {file.Reason}");
        if (output is not null) AtomicFile.WriteText(output, ClusterReport.Csv(found));
        if (playlists is not null) WritePlaylists(playlists, force, found, session.Warn);
        session.Output.Write(parsed.GetValue(_json) ? ClusterReport.Json(found) : ClusterReport.Of(found, session.Layout));
        return library.Skipped.Count > 0 ? CommandLine.Failed : CommandLine.Done;
    }

    private static void WritePlaylists(string folder, bool force, SongClusters found, Action<string> warn)
    {
        var width = $"{found.Clusters.Count}".Length;
        OutputFolder.Fill(folder, force, staged =>
        {
            for (var c = 0; c < found.Clusters.Count; c++)
            {
                string[] songs = [.. found.Clusters[c].Select(s => s.Song.FullPath!)];
                foreach (var song in songs.Where(s => !PlaylistFile.CanHold(s)))
                    warn($"{song}: a playlist cannot hold a name with a line break; it is left out.");
                AtomicFile.WriteText(Path.Combine(staged, $"cluster-{$"{c + 1}".PadLeft(width, '0')}.m3u8"),
                    PlaylistFile.Of(songs.Where(PlaylistFile.CanHold).Select(s => PlaylistFile.Entry(folder, s))));
            }
        });
    }
}
