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

    /// <summary>Its artists, as the data name them.</summary>
    public string? Artist { get; init; }

    /// <summary>Its side of a split, as the data say.</summary>
    public string? Side { get; init; }

    /// <summary>The profile of the recording's sound; null: a table does not tell.</summary>
    public SoundProfile? Sound { get; init; }

    /// <summary>Whether a part of the recording is missing or damaged.</summary>
    public bool IsDamaged { get; init; }

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
    public IReadOnlyList<Sample> Samples => [.. Rows.Select(r => new Sample(r.Track, r.Label, r.Window ?? 0)
    {
        Artist = r.Artist,
        Side = r.Side,
    })];

    /// <summary>The recordings left out.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; }

    /// <summary>What a reader of the figures should know about the rows' names.</summary>
    public IReadOnlyList<string> Notes { get; private set; }

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
    /// Reads a folder or manifest of recordings, computing their features, or a feature table, whose columns must match the front
    /// end's.
    /// </summary>
    /// <param name="data">The folder, manifest or table.</param>
    /// <param name="frontEnd">Computes the features, or names the columns.</param>
    /// <param name="options">How features are computed.</param>
    /// <param name="reading">How the data are read; null: by their usual names.</param>
    /// <param name="tracks">The tracks wanted; null: all.</param>
    public static LabelledRows Load(
        string data, FrontEnd frontEnd, WorkOptions options, DataOptions? reading = null,
        IReadOnlySet<TrackId>? tracks = null)
    {
        reading ??= new();
        var kind = DataKinds.Of(data, frontEnd, reading);
        if (kind == DataKind.Folder)
            return FromRecordings(Recordings(data, kind, reading, options.Warn), frontEnd, options, tracks);

        // What a table's rows were left out for belongs to the figures, too.
        var remarks = new List<string>();
        void Remark(string line)
        {
            remarks.Add(line[($"{data}: ".Length)..]);
            options.Warn?.Invoke(line);
        }

        var rows = kind == DataKind.Table
            ? FromTable(data, FeatureTable.Read(data, reading, frontEnd.Columns, warn: Remark), options, tracks)
            : FromRecordings(Recordings(data, kind, reading, Remark), frontEnd, options, tracks);
        rows.Notes = [.. remarks, .. rows.Notes];
        return rows;
    }

    /// <summary>The rows of a table, with whatever columns it has.</summary>
    public static LabelledRows OfTable(string data, FeatureTable table, Action<string>? warn) =>
        FromTable(data, table, new() { Warn = warn }, tracks: null);

    /// <summary>The track and genre of each recording or row, without its features.</summary>
    public static IEnumerable<(TrackId Track, string Label)> Tracks(string data, FrontEnd frontEnd, DataOptions reading)
    {
        var kind = DataKinds.Of(data, frontEnd, reading);
        if (kind != DataKind.Table) return Recordings(data, kind, reading, null).Recordings.Select(r => (r.Track, r.Label));
        var table = FeatureTable.Read(data, reading, frontEnd.Columns);
        return NamesOf(table).Tracks.Zip(table.Rows, (name, row) => (name.Track, row.Label));
    }

    private static Dataset Recordings(string data, DataKind kind, DataOptions reading, Action<string>? warn) =>
        kind == DataKind.Folder ? Dataset.Open(data, reading.GenresAt, warn) : Dataset.OpenManifest(data, reading, warn);

    private static TrackNames NamesOf(FeatureTable table) =>
        TrackNames.Of([.. table.Rows.Select(r => new NamedRow(r.FileName, GenreFolders.Label(r.Label), r.Track, r.HasId))]);

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

    private static LabelledRows FromRecordings(
        Dataset dataset, FrontEnd frontEnd, WorkOptions options, IReadOnlySet<TrackId>? tracks)
    {
        Recording[] wanted = [.. dataset.Recordings.Where(r => tracks is null || tracks.Contains(r.Track))];
        var (recordings, missing) = MissingRecordings.LeaveOut(dataset.Root, wanted, options.OnError);
        SharedCache.Fill(frontEnd, [.. recordings.Select(r => r.FullPath)], options);
        return FromRecordings(
            dataset.Root, recordings, missing, wanted.Select(r => r.Label), dataset.Notes, frontEnd, options, _ => null);
    }

    // Recordings whose samples are given are not read from a file. Every label must be left at the end.
    private static LabelledRows FromRecordings(
        string data, Recording[] recordings, IEnumerable<SkippedFile> missing, IEnumerable<string> labels,
        IReadOnlyList<string> notes, FrontEnd frontEnd, WorkOptions options, Func<int, AudioSignal?> given)
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
                    Artist = recording.Artist,
                    Side = recording.Side,
                    Sound = file.Sound,
                    IsDamaged = file.Damage is not null,
                });
                values.AddRange(features.Row(r));
                places.Add(new(i, r));
            }
        }

        SkippedFile[] skipped = [.. missing, .. extracted.Skipped];
        var gone = labels.Distinct().Except(rows.Select(r => r.Label)).ToArray();
        if (gone.Length > 0)
        {
            throw new EngineException(
                $"{data}: every recording of {string.Join(", ", gone)} was skipped; the first because: {skipped[0].Reason}");
        }

        WarnOfCopies(rows, options.Warn);
        return new(data, rows, new(rows.Count, frontEnd.Columns.Count, [.. values]), skipped, notes,
            store is null ? null : order => store.Build([.. order.Select(i => places[i])]));
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
            rows.Add(new(track, window, row.FileName, GenreFolders.Label(row.Label), digest)
            {
                Length = row.Length,
                Artist = row.Artist,
                Side = row.Side,
            });
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
