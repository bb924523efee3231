using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Cli.Shards;
using Engine.Dsp;
using Engine.Dsp.Numpy;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors;

namespace Engine.Cli.Features;

/// <summary>
/// Computes features and writes them in the format that an extension selects. What is planned for it is kept from one part of a
/// list to the next.
/// </summary>
internal sealed class FeatureOutput
{
    private readonly string _path, _format;
    private readonly FrontEndSpec _spec;
    private readonly IReadOnlyList<FeatureFile> _files;
    private readonly bool _isTable, _isIdentified, _hasArtists, _hasSides, _namesTracks;
    private readonly Lazy<FrontEnd> _frontEnd;
    private readonly Lazy<FrameExtractor> _frames;

    /// <summary>Looks at the recordings.</summary>
    /// <param name="path">What is written; parts of it have its format.</param>
    /// <param name="spec">What is computed.</param>
    /// <param name="files">All recordings, which decide the columns of a table: parts of a list have the same.</param>
    /// <param name="memoryLimit">The limit in bytes of the front end; null: half of what there is.</param>
    /// <param name="device">Where it is computed.</param>
    public FeatureOutput(string path, FrontEndSpec spec, IReadOnlyList<FeatureFile> files, long? memoryLimit, Device device)
    {
        (_path, _format, _isTable) = (path, Format(path), IsTable(path, spec));
        (_spec, _files) = (spec, files);
        _isIdentified = files.All(f => f.Recording.HasId);
        _hasArtists = files.Any(f => f.Recording.Artist is not null);
        _hasSides = files.Any(f => f.Recording.Side is not null);
        // If genre and number already identify every track, the table keeps the published layout.
        _namesTracks = !files.Any(f => f.Recording.HasId) && files.All(
            f => TrackId.IsNamed(f.Name, f.Label, out var named, out _) && named == f.Track);
        _frontEnd = new(() => new FrontEnd(spec, device, memoryLimit));
        _frames = new(() => new FrameExtractor(spec, device, single: _format == ".npy"));
    }

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

    /// <summary>Whether the output has a row per recording or window instead of frames.</summary>
    public static bool IsTable(string path, FrontEndSpec spec) =>
        Format(path) == ".csv" || spec.Features.Transform() is null;

    /// <summary>Computes features and writes them to the file, which appears when it is complete.</summary>
    /// <param name="places">The recordings that are written; null: all. Part of a list may have no usable recording.</param>
    /// <param name="options">How to work.</param>
    /// <exception cref="EngineException">
    /// A recording cannot be used and the policy is to fail, or the file cannot be written.
    /// </exception>
    /// <exception cref="CommandLineException">
    /// No recording could be used, or a .npy file would have to hold several arrays.
    /// </exception>
    public WrittenFeatures Write(IReadOnlyList<int>? places, WorkOptions options) =>
        Write(places, options, Path.GetDirectoryName(Path.GetFullPath(_path))!, write =>
        {
            try
            {
                using var file = new AtomicFile(_path);
                write(file.Stream);
                file.Commit();
            }
            // Frames are computed as they are written, so the file that fails may be one that is read.
            catch (Exception e) when (_isTable && e is (IOException or UnauthorizedAccessException))
            {
                throw new EngineException($"{_path}: cannot be written: {e.Message}", e);
            }
        });

    /// <summary>The same, to a stream.</summary>
    /// <param name="stream">Receives the features; it stays open.</param>
    /// <param name="places">The recordings that are written.</param>
    /// <param name="options">How to work.</param>
    /// <param name="folder">Receives scratch files of arrays too long to wait for their turn in memory.</param>
    /// <exception cref="EngineException">A recording cannot be used and the policy is to fail.</exception>
    public WrittenFeatures Write(Stream stream, IReadOnlyList<int> places, WorkOptions options, string folder) =>
        Write(places, options, folder, write => write(stream));

    private static string Format(string path) => Path.GetExtension(path).ToLowerInvariant();

    private WrittenFeatures Write(
        IReadOnlyList<int>? places, WorkOptions options, string folder, Action<Action<Stream>> target)
    {
        IReadOnlyList<FeatureFile> chosen = places is null ? _files : [.. places.Select(p => _files[p])];
        return _isTable ? WriteTable(chosen, options, target)
            : WriteFrames(chosen, isPart: places is not null, options, folder, target);
    }

    private WrittenFeatures WriteTable(IReadOnlyList<FeatureFile> files, WorkOptions options, Action<Action<Stream>> target)
    {
        var frontEnd = _frontEnd.Value;
        var result = FeatureExtraction.Run(frontEnd, [.. files.Select(f => f.FullPath)], options);
        if (result.Skipped.Count == files.Count && files.Count == _files.Count) throw NoneLeft(result.Skipped);
        var (rows, values, records) = (new List<FeatureTableRow>(), new List<double>(), new int[files.Count]);
        for (var i = 0; i < files.Count; i++)
        {
            if (result.Files[i] is not { Features: var features }) continue;
            var file = files[i];
            records[i] = features.Rows.Rows;
            for (var r = 0; r < features.Rows.Rows; r++)
            {
                rows.Add(new(_spec.Segment is null ? file.Name : WindowName(file.Name, r), features.Length, file.Label,
                    _namesTracks ? null : file.Track.Value)
                {
                    Artist = _hasArtists ? file.Recording.Artist ?? "" : null,
                    Side = _hasSides ? file.Recording.Side ?? "" : null,
                    HasId = _isIdentified,
                });
                values.AddRange(features.Rows.Row(r));
            }
        }

        var table = new FeatureTable(frontEnd.Columns, rows, new FeatureMatrix(rows.Count, frontEnd.Columns.Count, [.. values]));
        target(stream =>
        {
            switch (_format)
            {
                case ".csv":
                    table.Write(stream);
                    break;
                case ".npy":
                    Values(table).Write(stream);
                    break;
                default:
                    NpzFile.WriteContents(stream, Arrays(table));
                    break;
            }
        });
        return new(result.Skipped, records);
    }

    private static Dictionary<string, INpyContent> Arrays(FeatureTable table)
    {
        var arrays = new Dictionary<string, INpyContent>
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

    private WrittenFeatures WriteFrames(
        IReadOnlyList<FeatureFile> files, bool isPart, WorkOptions options, string folder, Action<Action<Stream>> target)
    {
        var extractor = _frames.Value;
        var skipped = new List<SkippedFile>();
        var places = new Dictionary<FeatureFile, int>(
            files.Select((f, i) => KeyValuePair.Create(f, i)), ReferenceEqualityComparer.Instance);
        var records = new int[files.Count];
        var arrays = extractor.Run(files, options, skipped, folder).Select(a =>
        {
            records[places[a.File]]++;
            return KeyValuePair.Create(a.Name, a.Array);
        });
        target(stream =>
        {
            if (_format == ".npz")
            {
                NpzFile.WriteContents(stream, arrays.Concat(extractor.Parameters()));
                if (skipped.Count == files.Count && !isPart) throw NoneLeft(skipped);
                return;
            }

            using var each = arrays.GetEnumerator();
            if (!each.MoveNext()) throw NoneLeft(skipped);
            each.Current.Value.Write(stream);
            if (each.MoveNext())
                throw new CommandLineException(
                    $"{_path}: a .npy file holds one array, and there are several recordings or windows; write a .npz file.");
        });
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
