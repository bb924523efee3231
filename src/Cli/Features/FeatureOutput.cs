using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
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
    public static void Check(string path, bool force)
    {
        if (Format(path) is not (".csv" or ".npz" or ".npy"))
            throw new CommandLineException($"--out: '{path}' ends in '{Format(path)}'; it must end in .csv, .npz or .npy.");
        OutputFile.Check(path, force);
    }

    /// <summary>Computes features on a device and writes them; returns the skipped recordings.</summary>
    /// <exception cref="EngineException">A recording cannot be used and the policy is to fail.</exception>
    /// <exception cref="CommandLineException">
    /// No recording could be used, or a .npy file would have to hold several arrays.
    /// </exception>
    public static IReadOnlyList<SkippedFile> Write(
        string path, FrontEndSpec spec, IReadOnlyList<FeatureFile> files, WorkOptions options, Device device)
    {
        return IsTable(path, spec)
            ? WriteTable(path, spec, files, options, device) : WriteFrames(path, spec, files, options, device);
    }

    /// <summary>Whether the output has a row per recording or window instead of frames.</summary>
    public static bool IsTable(string path, FrontEndSpec spec) =>
        Format(path) == ".csv" || spec.Features.Transform() is null;

    private static string Format(string path) => Path.GetExtension(path).ToLowerInvariant();

    private static IReadOnlyList<SkippedFile> WriteTable(
        string path, FrontEndSpec spec, IReadOnlyList<FeatureFile> files, WorkOptions options, Device device)
    {
        var frontEnd = new FrontEnd(spec, device, options.MemoryLimit);
        var result = FeatureExtraction.Run(frontEnd, [.. files.Select(f => f.FullPath)], options);
        if (result.Skipped.Count == files.Count) throw NoneLeft(result.Skipped);
        var (rows, values) = (new List<FeatureTableRow>(), new List<double>());
        foreach (var (file, extracted) in files.Zip(result.Files))
        {
            if (extracted is not { Features: var features }) continue;
            for (var r = 0; r < features.Rows.Rows; r++)
            {
                rows.Add(new(spec.Segment is null ? file.Name : WindowName(file.Name, r), features.Length, file.Label,
                    file.Track.Value)
                {
                    Artist = file.Recording.Artist,
                    Side = file.Recording.Side,
                    HasId = file.Recording.HasId,
                });
                values.AddRange(features.Rows.Row(r));
            }
        }

        // If genre and number already identify every track, the table keeps the published layout.
        if (rows.TrueForAll(
            r => !r.HasId && TrackId.IsNamed(r.FileName, r.Label, out var named, out _) && named.Value == r.Track))
        {
            rows = rows.ConvertAll(r => r with { Track = null });
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

        return result.Skipped;
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

    private static List<SkippedFile> WriteFrames(
        string path, FrontEndSpec spec, IReadOnlyList<FeatureFile> files, WorkOptions options, Device device)
    {
        var extractor = new FrameExtractor(spec, device, Path.GetDirectoryName(Path.GetFullPath(path))!,
            single: Format(path) == ".npy");
        var skipped = new List<SkippedFile>();
        var arrays = extractor.Run(files, options, skipped);
        using var file = new AtomicFile(path);
        if (Format(path) == ".npz")
        {
            NpzFile.WriteContents(file.Stream, arrays.Concat(extractor.Parameters()));
            if (skipped.Count == files.Count) throw NoneLeft(skipped);
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
        return skipped;
    }

    /// <summary>Window 2 of <c>blues.00000.wav</c> is <c>blues.00000.2.wav</c>.</summary>
    internal static string WindowName(string name, int window) =>
        Path.ChangeExtension(name, null) + $".{window}" + Path.GetExtension(name);

    private static CommandLineException NoneLeft(IReadOnlyList<SkippedFile> skipped) =>
        new($"none of {skipped.Count} recordings could be used; the first because: {skipped[0].Reason}");
}
