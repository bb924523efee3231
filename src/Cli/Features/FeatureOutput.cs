using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Cli.Shards;
using Engine.Dsp;
using Engine.Dsp.Numpy;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors;

namespace Engine.Cli.Features;

/// <summary>Computes features and writes them in the format that the output's extension selects.</summary>
internal static class FeatureOutput
{
    /// <summary>Throws if the output cannot be written: called before the features are computed.</summary>
    /// <exception cref="CommandLineException">The extension is not supported, or the file cannot be created.</exception>
    public static void Check(string path, bool force, Shard? shard)
    {
        if (Format(path) is not (".csv" or ".npz" or ".npy"))
            throw new CommandLineException($"--out: '{path}' ends in '{Format(path)}'; it must end in .csv, .npz or .npy.");
        if (shard is null) OutputFile.Check(path, force);
        else if (Format(path) == ".npy")
            throw new CommandLineException($"--shard: {path} would hold no names to join parts by; write .csv or .npz.");
    }

    /// <summary>Computes features on a device and writes them.</summary>
    /// <param name="path">The output.</param>
    /// <param name="spec">What is computed.</param>
    /// <param name="files">All recordings, which decide the columns of a table.</param>
    /// <param name="places">Those of them that are written; null: all. Part of a list may have no usable recording.</param>
    /// <param name="options">How to work.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="EngineException">A recording cannot be used and the policy is to fail.</exception>
    /// <exception cref="CommandLineException">
    /// No recording could be used, or a .npy file would have to hold several arrays.
    /// </exception>
    public static WrittenFeatures Write(
        string path, FrontEndSpec spec, IReadOnlyList<FeatureFile> files, IReadOnlyList<int>? places, WorkOptions options,
        Device device)
    {
        IReadOnlyList<FeatureFile> chosen = places is null ? files : [.. places.Select(p => files[p])];
        return IsTable(path, spec)
            ? WriteTable(path, spec, files, chosen, options, device)
            : WriteFrames(path, spec, chosen, places is not null, options, device);
    }

    /// <summary>Whether the output has a row per recording or window instead of frames.</summary>
    public static bool IsTable(string path, FrontEndSpec spec) =>
        Format(path) == ".csv" || spec.Features.Transform() is null;

    private static string Format(string path) => Path.GetExtension(path).ToLowerInvariant();

    private static WrittenFeatures WriteTable(
        string path, FrontEndSpec spec, IReadOnlyList<FeatureFile> all, IReadOnlyList<FeatureFile> files, WorkOptions options,
        Device device)
    {
        var frontEnd = new FrontEnd(spec, device, options.MemoryLimit);
        var result = FeatureExtraction.Run(frontEnd, [.. files.Select(f => f.FullPath)], options);
        if (result.Skipped.Count == files.Count && files.Count == all.Count) throw NoneLeft(result.Skipped);

        // The columns are those of all recordings, so that the parts of a list have the same.
        var isIdentified = all.All(f => f.Recording.HasId);
        var hasArtists = all.Any(f => f.Recording.Artist is not null);
        var hasSides = all.Any(f => f.Recording.Side is not null);
        // If genre and number already identify every track, the table keeps the published layout.
        var namesTracks = !all.Any(f => f.Recording.HasId) && all.All(
            f => TrackId.IsNamed(f.Name, f.Label, out var named, out _) && named == f.Track);
        var (rows, values, records) = (new List<FeatureTableRow>(), new List<double>(), new int[files.Count]);
        for (var i = 0; i < files.Count; i++)
        {
            if (result.Files[i] is not { Features: var features }) continue;
            var file = files[i];
            records[i] = features.Rows.Rows;
            for (var r = 0; r < features.Rows.Rows; r++)
            {
                rows.Add(new(spec.Segment is null ? file.Name : WindowName(file.Name, r), features.Length, file.Label,
                    namesTracks ? null : file.Track.Value)
                {
                    Artist = hasArtists ? file.Recording.Artist ?? "" : null,
                    Side = hasSides ? file.Recording.Side ?? "" : null,
                    HasId = isIdentified,
                });
                values.AddRange(features.Rows.Row(r));
            }
        }

        var table = new FeatureTable(frontEnd.Columns, rows, new FeatureMatrix(rows.Count, frontEnd.Columns.Count, [.. values]));
        switch (Format(path))
        {
            case ".csv":
                table.Write(path);
                break;
            case ".npy":
                Values(table).Save(path);
                break;
            default:
                NpzFile.Write(path, Arrays(table));
                break;
        }

        return new(result.Skipped, records);
    }

    private static Dictionary<string, NpyArray> Arrays(FeatureTable table)
    {
        var arrays = new Dictionary<string, NpyArray>
        {
            ["features"] = Values(table),
            ["columns"] = Column([.. table.Columns]),
            ["filename"] = Column([.. table.Rows.Select(r => r.FileName)]),
            ["length"] = Column([.. table.Rows.Select(r => r.Length ?? 0)]),
            ["label"] = Column([.. table.Rows.Select(r => r.Label)]),
        };
        if (table.HasTracks) arrays.Add("track", Column([.. table.Rows.Select(r => r.Track ?? "")]));
        return arrays;
    }

    private static NpyArray Values(FeatureTable table) => new(table.Values.Data, table.Values.Rows, table.Values.Columns);

    private static NpyArray Column<T>(T[] values) => new(values, values.Length);

    private static WrittenFeatures WriteFrames(
        string path, FrontEndSpec spec, IReadOnlyList<FeatureFile> files, bool isPart, WorkOptions options, Device device)
    {
        var extractor = new FrameExtractor(spec, device, Path.GetDirectoryName(Path.GetFullPath(path))!,
            single: Format(path) == ".npy");
        var skipped = new List<SkippedFile>();
        var places = new Dictionary<FeatureFile, int>(
            files.Select((f, i) => KeyValuePair.Create(f, i)), ReferenceEqualityComparer.Instance);
        var records = new int[files.Count];
        var arrays = extractor.Run(files, options, skipped).Select(a =>
        {
            records[places[a.File]]++;
            return KeyValuePair.Create(a.Name, a.Array);
        });
        using var file = new AtomicFile(path);
        if (Format(path) == ".npz")
        {
            NpzFile.WriteContents(file.Stream, arrays.Concat(extractor.Parameters()));
            if (skipped.Count == files.Count && !isPart) throw NoneLeft(skipped);
        }
        else
        {
            using var each = arrays.GetEnumerator();
            if (!each.MoveNext()) throw NoneLeft(skipped);
            each.Current.Value.Write(file.Stream);
            if (each.MoveNext())
                throw new CommandLineException(
                    $"{path}: a .npy file holds one array, and there are several recordings or windows; write a .npz file.");
        }

        file.Commit();
        return new(skipped, records);
    }

    /// <summary>Window 2 of <c>blues.00000.wav</c> is <c>blues.00000.2.wav</c>.</summary>
    internal static string WindowName(string name, int window) =>
        Path.ChangeExtension(name, null) + $".{window}" + Path.GetExtension(name);

    private static CommandLineException NoneLeft(IReadOnlyList<SkippedFile> skipped) =>
        NoneLeft(skipped.Count, skipped[0].Reason);

    /// <summary>The error if all recordings were skipped.</summary>
    public static CommandLineException NoneLeft(int count, string first) =>
        new($"none of {count} recordings could be used; the first because: {first}");
}
