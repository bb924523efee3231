using System.CommandLine;
using Engine.Classifiers.Evaluation;
using Engine.Cli.Labelling;
using Engine.Cli.Ranks;
using Engine.Cli.Shards;
using Engine.Dsp.Audio;
using Engine.Pipeline;
using Engine.Pipeline.Data;
using Engine.Pipeline.Ranks;
using Engine.Tensors.Distributed;

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
                "gtzan57. Then recordings, folders to search at any depth, - for standard input, or feature tables (.csv, " +
                ".tsv), whose rows are labelled.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var top = CommonOptions.Number("--top", "K", "How many genres to list, most probable first.", 3, 1, 1000);
        var device = DeviceOption.Create();
        var along = new Option<bool>("--timeline")
        {
            Description = "The genre along time: the segments where it changes, or with --format csv one line per window.",
        };
        var hop = CommonOptions.OptionalNumber("--hop", "S",
            "With --timeline: seconds from one window to the next. Default: the recipe's.", 0.01, 100_000);
        var window = CommonOptions.OptionalNumber("--window", "S", "With --timeline, for recipes that take whole recordings: " +
            "seconds in a window. Default: as long as the recordings of the training.", 0.01, 100_000);
        var unknown = CommonOptions.OptionalNumber("--unknown-below", "P",
            "Answer unknown where the most probable genre is less probable than this. It needs a calibrated model.", 0.0, 1.0);
        var list = FileList.Option();
        var shard = Shard.Option();
        var targets = new LabelTargetOptions();
        var extraction = new WorkOptionSet(onError: "skip");
        var command = new ExampleCommand(
            "predict",
            "Label recordings with a trained model, one line a song as it is done. Songs that cannot be used are listed and " +
                "counted; the exit code is then 1.",
            "engine predict song.mp3",
            "engine predict run song.wav",
            "engine predict run music/ --out labels.csv --resume",
            "engine predict run music/ --sort-into sorted --unknown-below 0.5",
            "engine predict run music/ --write-tags --out labels.csv",
            "engine predict run music/ --format m3u --out playlists",
            "engine predict run features.csv",
            "engine predict run song.wav --timeline --hop 1",
            "engine predict run music/ --device cuda")
        {
            paths, list, shard, top, device, along, hop, window, unknown,
        };
        command.SharesWork = true;
        targets.AddTo(command);
        extraction.AddTo(command);
        command.SetAction(parsed =>
        {
            RankInput.Check(session.Ranks, parsed.GetValue(paths), parsed.GetValue(list));
            var listed = FileList.Recordings(parsed.GetValue(list));
            var (model, given) = ModelArgument.Split(parsed.GetValue(paths) ?? [], listed);
            var isAlong = parsed.GetValue(along);
            RequireOptionsOf(isAlong, parsed, top, unknown, hop, window);
            if (isAlong && given.FirstOrDefault(IsTable) is { } name)
            {
                throw new CommandLineException(
                    $"{name}: the rows of a feature table have no time; --timeline reads recordings.");
            }

            var target = targets.Of(parsed);
            if (session.Ranks.IsFirst) target.Check(isAlong, given, parsed.GetValue(shard));
            if (target.NeedsFiles && given.FirstOrDefault(g => IsTable(g) || AudioInput.IsInherited(g)) is { } stream)
                throw new CommandLineException($"{stream}: is no file of a song, to sort, to tag or to list in a playlist.");
            using var loaded = GenreModel.Load(
                model ?? ModelCatalog.Default, parsed.GetValue(device), extraction.MemoryLimit(parsed));
            ReleaseRead();
            if (model is null) ModelArgument.Announce(loaded, session);
            var sources = given.Select(path => List(path, loaded, session)).ToArray();
            RequireOnce(given.Where(IsTable).Concat(sources.SelectMany(s => s.Files)));
            var request = new LabelRequest(parsed.GetValue(top), parsed.GetValue(unknown),
                isAlong ? new(parsed.GetValue(hop), parsed.GetValue(window)) : null);
            var job = new LabellingJob(loaded, request, target, session);
            RequireSame(session.Ranks, job.MadeBy, sources);
            var part = parsed.GetValue(shard) is { } which ? Part(which, target, job.MadeBy, given, sources) : null;
            if (part is { IsComplete: true })
            {
                session.Output.WriteLine($"{target.Out}: part {parsed.GetValue(shard)} is there already");
                return CommandLine.Done;
            }

            string[] all = [.. sources.SelectMany(s => s.Files)];
            if (part is not null) sources = [new([.. part.Places.Select(p => all[p])], null)];
            return job.Run(sources, part, work => extraction.RunSongs(parsed, session, "predicting", options =>
            {
                work(options);
                return true;
            }));
        });
        return command;
    }

    // What a large model's file held is garbage once the network has its weights, but it would stay in memory: labelling makes so
    // little garbage of its own that nothing else collects it.
    private static void ReleaseRead()
    {
        const int large = 16 << 20;
        if (GC.GetTotalMemory(false) > large) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, true, true);
    }

    // Options that the other kind of output would ignore.
    private static void RequireOptionsOf(
        bool isAlong, ParseResult parsed, Option top, Option unknown, Option<double?> hop, Option<double?> window)
    {
        if (isAlong && parsed.GetResult(top) is { Implicit: false })
            throw new CommandLineException("--top: a timeline lists all genres; leave it out.");
        if (isAlong && parsed.GetResult(unknown) is { Implicit: false })
            throw new CommandLineException("--unknown-below: a timeline shows every window's probabilities; leave it out.");
        if (!isAlong && parsed.GetValue(hop) is not null)
            throw new CommandLineException("--hop: it needs --timeline.");
        if (!isAlong && parsed.GetValue(window) is not null)
            throw new CommandLineException("--window: it needs --timeline.");
    }

    private static ShardPart Part(Shard shard, LabelTarget target, string madeBy, string[] given, LabelSource[] sources)
    {
        if (given.FirstOrDefault(g => IsTable(g) || AudioInput.IsInherited(g)) is { } stream)
            throw new CommandLineException($"{stream}: is no recording's file; --shard shares out files only.");
        // A song found in a folder is known by its path from there, so that the folder may lie elsewhere on another machine.
        var songs = given.Zip(sources).SelectMany(g => g.Second.Files.Select(f => new ShardedSong(f,
            TrackId.OfPath(f == g.First ? f : Path.GetRelativePath(g.First, f)).Value, f)));
        return ShardPart.Begin(
            target.Out!, shard, new ShardedList(["predict", target.Format, madeBy], [.. songs]), target.Force);
    }

    private static void RequireSame(Communicator ranks, string madeBy, LabelSource[] sources)
    {
        if (ranks.Size == 1) return;
        RankAgreement.Require(ranks, "model or other options", madeBy, "Start all ranks with the same model and command line.");
        string[] songs = [.. sources.SelectMany(s => s.Files)];
        var digest = ShardNote.Digest(songs.SelectMany(f => new[] { f, ShardedList.Size(f) }));
        RankAgreement.Require(ranks, "list of recordings", $"{songs.Length} {digest[..8]}",
            RankAgreement.SameRecordings);
    }

    // Tables are read before recordings are analysed, so that an unsuitable table is rejected immediately.
    private static LabelSource List(string path, GenreModel model, Session session)
    {
        if (IsTable(path)) return new([], model.ReadTable(path));
        var files = Dataset.ListAudio(path, session.Warn);
        return files.Count > 0 ? new(files, null) : throw new CommandLineException($"{path}: the folder holds no recording.");
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
