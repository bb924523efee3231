using Engine.Classifiers;
using Engine.Classifiers.Evaluation.Names;
using Engine.Classifiers.Scaling;
using Engine.Dsp;
using Engine.Dsp.Tags;
using Engine.Pipeline.Data;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline.Exploring.Likeness;

/// <summary>A song of a library.</summary>
/// <param name="Name">The file as found, or its name in a table.</param>
/// <param name="FullPath">The file; null in a table of features.</param>
internal sealed record LibrarySong(string Name, string? FullPath = null)
{
    /// <summary>Its artists as a manifest or table names them; null if it does not.</summary>
    public string? Artist { get; init; }

    /// <summary>SHA-256 of its file; null in a table of features.</summary>
    public byte[]? Hash { get; init; }

    /// <summary>Its artists: as the data name them or, where they do not, by the tags of the file; null if unknown.</summary>
    public string? FindArtist()
    {
        if (!string.IsNullOrWhiteSpace(Artist) || FullPath is null) return Artist;
        try
        {
            var tags = SongFile.Read(FullPath).Tags;
            return tags.Artists.Count > 0 ? string.Join(';', tags.Artists) : tags.AlbumArtist;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EngineException or FileKindException)
        {
            return null; // a file with broken tags still has its features
        }
    }
}

/// <summary>The songs of a library, a row of features for each, standardised over the library.</summary>
internal sealed class SongLibrary
{
    // So many rows of a table are looked at to see whether they name recordings.
    private const int Looked = 100;

    private readonly StandardScaler _scaler = new();

    private SongLibrary(
        string source, IReadOnlyList<LibrarySong> songs, FeatureMatrix values, IReadOnlyList<SkippedFile> skipped)
    {
        (Source, Songs, Skipped) = (source, songs, skipped);
        _scaler.Fit(values);
        Values = _scaler.Transform(values);
    }

    /// <summary>Where it was read from.</summary>
    public string Source { get; }

    /// <summary>The songs.</summary>
    public IReadOnlyList<LibrarySong> Songs { get; }

    /// <summary>Their features, <c>[songs, columns]</c>: mean 0 and variance 1 in each column.</summary>
    public FeatureMatrix Values { get; }

    /// <summary>Recordings left out because they could not be used.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; }

    /// <summary>Reads a folder of recordings at any depth, a manifest, or a feature table.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="frontEnd">The features of recordings.</param>
    /// <param name="reading">How a manifest or table is read.</param>
    /// <param name="allColumns">Whether all columns of a table count, not only those of the front end.</param>
    /// <param name="work">How features are computed.</param>
    /// <exception cref="EngineException">
    /// There is no such library, it cannot be read, or it has no song that can be used.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static SongLibrary Load(string path, FrontEnd frontEnd, DataOptions reading, bool allColumns, WorkOptions work)
    {
        RequirePlainColumns(frontEnd);
        work.UseThreads();
        if (Directory.Exists(path) || !FeatureTable.IsName(path))
        {
            if (reading.Given().FirstOrDefault().Option is { } option)
                throw new EngineException($"{path}: is no manifest or table; leave {option} out.");
            var files = Dataset.ListAudio(path, work.Warn);
            return OfRecordings(path, [.. files.Select(f => new LibrarySong(f, Path.GetFullPath(f)))], frontEnd, work);
        }

        if (!allColumns && reading.Columns is not null)
        {
            throw new EngineException($"{path}: --columns chooses among the columns of a table, but here a recording or " +
                "another option says which features count; leave it out.");
        }

        if (IsTable(path, frontEnd, reading, allColumns)) return OfTable(path, frontEnd, reading, allColumns, work.Warn);
        var useless = reading.Columns is not null ? "--columns" : reading.Labels is not null ? "--labels"
            : reading.Missing != MissingValues.Fail ? "--missing" : null;
        if (useless is not null)
            throw new EngineException($"{path}: names recordings; {useless} is for feature tables; leave it out.");
        var recordings = Dataset.OpenManifest(path, reading, work.Warn).Recordings;
        return OfRecordings(path,
            [.. recordings.Select(r => new LibrarySong(r.RelativePath, r.FullPath) { Artist = r.Artist })], frontEnd, work);
    }

    /// <summary>
    /// One song's features, before they are standardised: the mean of its windows, if the front end cuts windows.
    /// </summary>
    /// <exception cref="EngineException">The file cannot be used.</exception>
    public static (byte[] Hash, double[] Values) Extract(string file, FrontEnd frontEnd, WorkOptions work)
    {
        RequirePlainColumns(frontEnd);
        var extracted = frontEnd.ExtractFile(file, work.Cache, work.MaxHours);
        return (extracted.Hash, TrackAverage.Of(extracted.Features.Rows));
    }

    /// <summary>A song's features as the library's are.</summary>
    public FeatureMatrix Standardize(double[] values) => _scaler.Transform(new(1, values.Length, values));

    private static void RequirePlainColumns(FrontEnd frontEnd)
    {
        if (frontEnd.WindowSizes.Count > 0 || frontEnd.Spec.Features is PsfGaussianFeatures)
        {
            throw new EngineException("--recipe: its features are windows of audio or Gaussians, which have no distance of " +
                $"their own; name a recipe of plain columns, or one of {string.Join(", ", FeatureSpec.Named.Keys)} by --set.");
        }
    }

    // A table of any columns need not have those of the front end, nor genres.
    private static bool IsTable(string path, FrontEnd frontEnd, DataOptions reading, bool allColumns) =>
        File.Exists(path) && allColumns && reading is { Root: null, PathColumn: null }
        ? FeatureTable.HasColumn(path, frontEnd.Columns) || !ManifestReader.NamesRecordings(path, reading, Looked, out _)
        : DataKinds.Of(path, frontEnd, reading) == DataKind.Table;

    private static SongLibrary OfRecordings(string path, LibrarySong[] songs, FrontEnd frontEnd, WorkOptions work)
    {
        if (songs.Length == 0) throw new EngineException($"{path}: holds no recording.");
        // Of each song one row is kept, whatever its windows, so that memory does not grow with their number.
        var found = FeatureExtraction.Run(frontEnd, [.. songs.Select(s => s.FullPath!)], work, (_, file) => file with
        {
            Features = new(file.Features.Length,
                new FeatureMatrix(1, frontEnd.Columns.Count, TrackAverage.Of(file.Features.Rows))),
        });
        int[] used = [.. Enumerable.Range(0, songs.Length).Where(i => found.Files[i] is not null)];
        if (used.Length == 0)
            throw new EngineException($"{path}: none of {songs.Length} recordings could be used. {found.Skipped[0].Reason}");
        var values = new FeatureMatrix(used.Length, frontEnd.Columns.Count);
        for (var i = 0; i < used.Length; i++) found.Files[used[i]]!.Features.Rows.Row(0).CopyTo(values.Row(i));
        return new(path, [.. used.Select(i => songs[i] with { Hash = found.Files[i]!.Hash })], values, found.Skipped);
    }

    private static SongLibrary OfTable(
        string path, FrontEnd frontEnd, DataOptions reading, bool allColumns, Action<string>? warn)
    {
        var table = allColumns ? ChosenColumns.Read(path, reading, needsLabels: false, warn)
            : FeatureTable.Read(path, reading, frontEnd.Columns, needsLabels: false, warn);
        if (table.Rows.Count == 0 || table.Columns.Count == 0)
            throw new EngineException($"{path}: has {table.Rows.Count} rows and {table.Columns.Count} feature columns.");
        var tracks = TrackNames.Of([.. table.Rows.Select(
            r => new NamedRow(r.FileName, GenreFolders.Label(r.Label), r.Track, r.HasId))]).Tracks;
        var groups = Enumerable.Range(0, table.Rows.Count).GroupBy(i => tracks[i].Track).Select(g => g.ToArray()).ToArray();
        var values = new FeatureMatrix(groups.Length, table.Columns.Count);
        for (var g = 0; g < groups.Length; g++) TrackAverage.Of(table.Values.Select(groups[g])).CopyTo(values.Row(g));
        string Name(int[] rows) => rows.Length == 1 ? table.Rows[rows[0]].FileName : tracks[rows[0]].Track.Value;
        return new(path, [.. groups.Select(g => new LibrarySong(Name(g)) { Artist = table.Rows[g[0]].Artist })], values, []);
    }
}
