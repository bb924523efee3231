using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Evaluation.Names;
using Engine.Dsp.Audio;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline.Fitting;

/// <summary>Identifies a feature row.</summary>
/// <param name="Track">The recording.</param>
/// <param name="Window">Which window of it, from 0; null for the whole recording.</param>
/// <param name="Path">The file, relative to the data, or the file name in the table.</param>
/// <param name="Label">Its genre.</param>
/// <param name="Digest">16 hexadecimal digits of the SHA-256 of the audio file, or of the row's values in a table.</param>
internal sealed record LabelledRow(TrackId Track, int? Window, string Path, string Label, string Digest)
{
    /// <summary>Samples of the audio behind it; null: a table does not tell.</summary>
    public long? Length { get; init; }

    /// <summary>The row's name: the track, and the window if there is one.</summary>
    public string Name => Window is { } window ? $"{Track}.{window}" : Track.Value;
}

/// <summary>Labelled feature rows, sorted by track and window regardless of the order of the data.</summary>
internal sealed partial class LabelledRows
{
    private LabelledRows(
        string source, IReadOnlyList<LabelledRow> rows, FeatureMatrix values, IReadOnlyList<SkippedFile> skipped,
        IReadOnlyList<string> notes, Func<int[], WindowStore>? windows = null)
    {
        (Source, Skipped, Notes) = (source, skipped, notes);
        var order = Enumerable.Range(0, rows.Count)
            .OrderBy(i => rows[i].Track).ThenBy(i => rows[i].Window ?? -1).ToArray();
        Rows = [.. order.Select(i => rows[i])];
        Values = values.Select(order);
        Windows = windows?.Invoke(order);
        for (var i = 1; i < Rows.Count; i++)
        {
            if (Rows[i].Name == Rows[i - 1].Name)
            {
                throw new EngineException($"{source}: track {Rows[i].Name} appears twice, as {Rows[i - 1].Path} and " +
                    $"{Rows[i].Path}; remove one of them.");
            }
        }

        Labels = [.. Rows.Select(r => r.Label).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>The folder or table they came from.</summary>
    public string Source { get; }

    /// <summary>The identity of each row.</summary>
    public IReadOnlyList<LabelledRow> Rows { get; }

    /// <summary>The features, <c>[rows, columns]</c>.</summary>
    public FeatureMatrix Values { get; }

    /// <summary>The windows of the rows; null if the feature set has only plain columns.</summary>
    public WindowStore? Windows { get; }

    /// <summary>The genres, sorted.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The rows as a split sees them.</summary>
    public IReadOnlyList<Sample> Samples => [.. Rows.Select(r => new Sample(r.Track, r.Label, r.Window ?? 0))];

    /// <summary>The recordings left out.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; }

    /// <summary>What a reader of the figures should know about the rows' names.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Why rows of a table may be undetected windows of one track; null if nothing suggests it.</summary>
    public string? Doubt { get; private init; }

    /// <summary>What to do about the doubt.</summary>
    private string Remedy { get; init; } = $"Add a column '{FeatureTable.TrackColumn}' that names the track of each row (its " +
        "own file name, if each row is a track), or split with groups:FILE or leaky-windows.";

    /// <summary>SHA-256 over every row's name, label and content, in hexadecimal digits.</summary>
    public string Digest =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Rows.Select(r => $"{r.Name} {r.Label} {r.Digest}")))));

    /// <summary>
    /// Reads a folder of recordings, computing their features, or a feature table, whose columns must match the front end's.
    /// </summary>
    /// <param name="data">The folder or table.</param>
    /// <param name="frontEnd">Computes the features, or names the columns.</param>
    /// <param name="options">How features are computed.</param>
    /// <param name="genresAt">Which folders are the genres.</param>
    /// <param name="tracks">The tracks wanted; null: all.</param>
    public static LabelledRows Load(
        string data, FrontEnd frontEnd, WorkOptions options, GenresAt genresAt = GenresAt.Auto,
        IReadOnlySet<TrackId>? tracks = null)
    {
        RequireFits(data, frontEnd);
        if (Directory.Exists(data)) return FromFolder(Dataset.Open(data, genresAt, options.Warn), frontEnd, options, tracks);
        if (genresAt != GenresAt.Auto)
        {
            throw new EngineException($"{data}: is a feature table, whose genres are in its label column; leave --genres-at " +
                "out.");
        }

        return FromTable(data, FeatureTable.Read(data, frontEnd.Columns), options, tracks);
    }

    /// <summary>The rows of a table, with whatever columns it has.</summary>
    public static LabelledRows OfTable(string data, FeatureTable table, Action<string>? warn) =>
        FromTable(data, table, new() { Warn = warn }, tracks: null);

    /// <summary>The tracks of a table's rows.</summary>
    public static TrackNames NamesOf(FeatureTable table) =>
        TrackNames.Of([.. table.Rows.Select(r => new NamedRow(r.FileName, GenreFolders.Label(r.Label), r.Track))]);

    /// <summary>Throws unless the data is a folder, or a feature table while the front end has only plain columns.</summary>
    public static void RequireFits(string data, FrontEnd frontEnd)
    {
        if (Directory.Exists(data)) return;
        if (!File.Exists(data)) throw new EngineException($"{data}: no such folder or feature table.");
        if (!TableText.IsName(data))
        {
            throw new EngineException(
                $"{data}: expected a folder with one sub-folder of audio files per genre, or a feature table ending in .csv.");
        }

        if (frontEnd.WindowSizes.Count > 0)
        {
            throw new EngineException(
                $"{data}: a feature table holds plain columns, but this recipe reads windows of audio; name the folder of "
                    + "the recordings.");
        }
    }

    /// <summary>Splits the rows.</summary>
    /// <param name="spec">How.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="isRehearsal">
    /// Whether no figures are reported, in which case undetected windows of one track may be on both sides.
    /// </param>
    /// <exception cref="EngineException">
    /// The rows cannot be split this way; the message also names the data. A split by track requires known tracks; lists and
    /// groups are taken at the user's word, and a leaky split says that it is leaky.
    /// </exception>
    public Split Split(SplitSpec spec, ulong seed, bool isRehearsal = false)
    {
        if (Doubt is not null && !isRehearsal && spec.Kind is SplitKind.Stratified or SplitKind.Holdout or SplitKind.KFold)
        {
            throw new EngineException($"{Source}: {Doubt}, which may be windows of one track on both sides of '{spec}'.\n" +
                Remedy);
        }

        try
        {
            var split = Splits.Create(spec, Samples, seed);
            return split with { Notes = [.. split.Notes, .. Notes, .. CopiesAcross(split)] };
        }
        catch (EngineException e)
        {
            throw new EngineException($"{Source}: {e.Message}", e);
        }
    }

    /// <summary>The median length of some rows' audio in samples, the lower of two; null if one is not known.</summary>
    public int? MedianLength(IReadOnlyList<int> rows)
    {
        var lengths = rows.Select(r => Rows[r].Length).Order().ToArray();
        return lengths.Length > 0 && lengths[0] >= 1 && lengths[(lengths.Length - 1) / 2] is <= int.MaxValue and var median
            ? (int)median : null;
    }

    private static LabelledRows FromFolder(
        Dataset dataset, FrontEnd frontEnd, WorkOptions options, IReadOnlySet<TrackId>? tracks)
    {
        var recordings = dataset.Recordings.Where(r => tracks is null || tracks.Contains(r.Track)).ToArray();
        return FromRecordings(dataset.Root, recordings, dataset.Notes, frontEnd, options, _ => null);
    }

    // Recordings whose samples are given are not read from a file.
    private static LabelledRows FromRecordings(
        string data, Recording[] recordings, IReadOnlyList<string> notes, FrontEnd frontEnd, WorkOptions options,
        Func<int, AudioSignal?> given, IReadOnlyDictionary<TrackId, string>? groups = null)
    {
        string[] paths = [.. recordings.Select(r => r.FullPath)];
        var store = frontEnd.WindowSizes.Count > 0 ? new WindowStoreBuilder(frontEnd, paths, options, given) : null;
        var extracted = FeatureExtraction.Run(frontEnd, paths, options,
            i => given(i) is { } samples ? Extract(frontEnd, samples, paths[i])
                : frontEnd.ExtractFile(paths[i], options.Cache, options.MaxHours),
            (i, file) => store?.Keep(i, file) ?? file);
        var (rows, values, places) = (new List<LabelledRow>(), new List<double>(), new List<WindowPlace>());
        var segments = new Dictionary<TrackId, int>();
        for (var i = 0; i < recordings.Length; i++)
        {
            if (extracted.Files[i] is not { } file) continue;
            var recording = recordings[i];
            var features = file.Features.Rows;
            for (var r = 0; r < features.Rows; r++)
            {
                // Counted across all files of the track, which may themselves be windows.
                int? window = frontEnd.Spec.Segment is null
                    ? recording.Window : segments[recording.Track] = segments.GetValueOrDefault(recording.Track, -1) + 1;
                rows.Add(new(recording.Track, window, recording.RelativePath, recording.Label, Shorten(file.Hash))
                {
                    Length = file.Features.Length,
                });
                values.AddRange(features.Row(r));
                places.Add(new(i, r));
            }
        }

        var gone = recordings.Select(r => r.Label).Distinct().Except(rows.Select(r => r.Label)).ToArray();
        if (gone.Length > 0)
        {
            throw new EngineException(
                $"{data}: every recording of {string.Join(", ", gone)} was skipped; the first because: "
                    + $"{extracted.Skipped[0].Reason}");
        }

        WarnOfCopies(rows, options.Warn);
        return new(data, rows, new(rows.Count, frontEnd.Columns.Count, [.. values]), extracted.Skipped, notes,
            store is null ? null : order => store.Build([.. order.Select(i => places[i])]))
        {
            Groups = groups ?? new Dictionary<TrackId, string>(),
        };
    }

    private static LabelledRows FromTable(
        string data, FeatureTable table, WorkOptions options, IReadOnlySet<TrackId>? tracks)
    {
        var (rows, wanted) = (new List<LabelledRow>(table.Rows.Count), new List<int>(table.Rows.Count));
        var names = NamesOf(table);
        for (var i = 0; i < table.Rows.Count; i++)
        {
            var row = table.Rows[i];
            if (row.Label.Length == 0)
                throw new EngineException($"{data}: {row.FileName} has no label; every row needs one to train or test.");
            var (track, window) = names.Tracks[i];
            if (tracks is not null && !tracks.Contains(track)) continue;
            wanted.Add(i);
            var digest = Shorten(SHA256.HashData(MemoryMarshal.AsBytes(table.Values.Row(i))));
            rows.Add(new(track, window, row.FileName, GenreFolders.Label(row.Label), digest) { Length = row.Length });
        }

        WarnOfCopies(rows, options.Warn);
        string[] plain = names.Named > 0 && names.Doubt is null && names.Notes.Count == 0
            ? [$"the table has no column '{FeatureTable.TrackColumn}': each of the {names.Named} rows whose name is not " +
                "genre and number counts as a track"]
            : [];
        return new(data, rows, table.Values.Select([.. wanted]), [], [.. names.Notes, .. plain]) { Doubt = names.Doubt };
    }

    // Rows with the same content, trained on and tested under different names.
    private IEnumerable<string> CopiesAcross(Split split)
    {
        if (split.Leaky) yield break;
        var (tested, example) = (new HashSet<int>(), "");
        foreach (var fold in split.Folds)
        {
            var trained = new Dictionary<string, int>();
            foreach (var r in fold.TrainAndValid) trained.TryAdd(Rows[r].Digest, r);
            foreach (var r in fold.Test)
            {
                if (!trained.TryGetValue(Rows[r].Digest, out var copy) || !tested.Add(r)) continue;
                if (example.Length == 0) example = $"{Rows[r].Path} and {Rows[copy].Path}";
            }
        }

        if (tested.Count > 0)
        {
            yield return $"{tested.Count} tested rows also appear under another name among those learned from " +
                $"({example}): the figures are better than they would be for new songs";
        }
    }

    // The same recording under two names may end up on both sides of a split and flatter the result.
    private static void WarnOfCopies(List<LabelledRow> rows, Action<string>? warn)
    {
        var copies = rows.GroupBy(r => r.Digest).Select(g => g.Select(r => r.Path).Distinct().ToArray()).Where(g => g.Length > 1)
            .ToArray();
        if (copies.Length == 0) return;
        var example = string.Join(" and ", copies[0].Take(2));
        warn?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{copies.Length} recordings appear more than once under " +
            $"different names ({example}); copies on both sides of a split flatter the result."));
    }

    private static string Shorten(byte[] hash) => Convert.ToHexStringLower(hash.AsSpan(0, 8));
}
