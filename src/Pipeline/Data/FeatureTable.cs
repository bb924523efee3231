using System.Globalization;
using CsvHelper;
using Engine.Classifiers;
using Engine.Dsp;

namespace Engine.Pipeline.Data;

/// <summary>One row of a feature table, without its values.</summary>
/// <param name="FileName">The file, or the window of one (<c>blues.00000.4.wav</c>).</param>
/// <param name="Length">Its length in samples; null if the table does not say.</param>
/// <param name="Label">Its genre; empty if unknown.</param>
/// <param name="Track">
/// The track it belongs to; null if the genre and number in its file name identify it, or the table does not say.
/// </param>
public sealed record FeatureTableRow(string FileName, long? Length, string Label, string? Track = null)
{
    /// <summary>Its artists, several separated by <c>;</c>; null if unknown.</summary>
    public string? Artist { get; init; }

    /// <summary>Its side of a split, as the table says; null without such a column.</summary>
    public string? Side { get; init; }

    /// <summary>Whether <see cref="Track"/> is an identifier, the same in every genre, not a name like those of files.</summary>
    public bool HasId { get; init; }
}

/// <summary>
/// Named feature columns of many recordings, in the layout of the published <c>features_30_sec.csv</c>: file name, length in
/// samples, features, label. Columns are found by name, in any order. An optional column <c>track</c> after the file name,
/// never a feature, says which rows come from the same recording if their names alone do not; <c>artist</c> and <c>split</c> are
/// no features either.
/// </summary>
public sealed class FeatureTable
{
    internal const string FileNameColumn = "filename", TrackColumn = "track", LengthColumn = "length", LabelColumn = "label";
    private const string IdColumn = "track_id", ArtistColumn = "artist", SideColumn = "split";

    private static readonly CsvWriterOptions s_writerOptions = new() { NewLine = "\n" };

    /// <summary>Makes a table of <paramref name="rows"/> and their <paramref name="values"/> <c>[rows, columns]</c>.</summary>
    /// <exception cref="EngineException">The sizes disagree.</exception>
    public FeatureTable(IReadOnlyList<string> columns, IReadOnlyList<FeatureTableRow> rows, FeatureMatrix values)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Rows != rows.Count || values.Columns != columns.Count)
        {
            throw new EngineException(
                $"FeatureTable: {rows.Count} rows and {columns.Count} columns, but values [{values.Rows}, {values.Columns}].");
        }

        (Columns, Rows, Values) = (columns, rows, values);
    }

    /// <summary>The feature columns' names, without file name, length and label.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>What each row describes.</summary>
    public IReadOnlyList<FeatureTableRow> Rows { get; }

    /// <summary>The features, <c>[rows, columns]</c>.</summary>
    public FeatureMatrix Values { get; }

    /// <summary>Whether a path has a table's extension: <c>.csv</c> or <c>.tsv</c>.</summary>
    public static bool IsName(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return TableText.IsName(path);
    }

    /// <summary>Such as <c>1000 rows of 57 columns</c>.</summary>
    public override string ToString() => $"{Rows.Count} rows of {Columns.Count} columns";

    /// <summary>
    /// Whether the rows have file names; not if only their tracks name them, as in a table without that column: then
    /// <see cref="FeatureTableRow.FileName"/> is the track.
    /// </summary>
    public bool HasFileNames { get; init; } = true;

    /// <summary>Whether the rows name their tracks.</summary>
    public bool HasTracks => Rows.Any(r => r.Track is not null);

    /// <summary>
    /// Reads a table with a header line, which shows the separator: a comma, semicolon, tab or bar. Numbers may have decimal
    /// commas unless the comma is the separator.
    /// </summary>
    /// <param name="path">The CSV file.</param>
    /// <param name="columns">The feature columns to read, in this order; others are ignored. Null: all columns.</param>
    /// <param name="needsLabels">Whether the column <c>label</c> must exist; without it the labels are empty.</param>
    /// <exception cref="EngineException">
    /// The file cannot be read or lacks a column, or a value is missing, not a number or not finite; the message names line
    /// and column.
    /// </exception>
    public static FeatureTable Read(string path, IReadOnlyList<string>? columns = null, bool needsLabels = true)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Read(path, new(), columns, needsLabels);
    }

    /// <summary>Reads a table of any layout.</summary>
    /// <param name="path">The CSV file.</param>
    /// <param name="options">
    /// Its columns and rows. Rows without a column <c>filename</c> are named by their identifiers; rows with the same one are
    /// windows of a track.
    /// </param>
    /// <param name="columns">The feature columns to read, in this order; null: all that have no other part.</param>
    /// <param name="needsLabels">
    /// Whether the rows must have genres. If so, tracks under several genres and rows that repeat another are left out.
    /// </param>
    /// <param name="warn">Receives one line for each kind of row that was left out.</param>
    /// <exception cref="EngineException">As in the other overload.</exception>
    public static FeatureTable Read(
        string path, DataOptions options, IReadOnlyList<string>? columns = null, bool needsLabels = true,
        Action<string>? warn = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        return FeatureTableReader.Read(path, options, columns, needsLabels, warn);
    }

    /// <summary>Whether a table has one of these columns.</summary>
    internal static bool HasColumn(string path, IReadOnlyList<string> columns) => Tables.TableReader.Use(path, () =>
    {
        using var rows = Tables.TableReader.Open(path);
        return columns.Any(c => rows.Header.Find(c) is not null);
    });

    /// <summary>Writes the table, replacing the file; numbers have the shortest form that reads back to the same bits.</summary>
    /// <exception cref="EngineException">The file cannot be written.</exception>
    public void Write(string path)
    {
        try
        {
            using var file = new AtomicFile(path);
            Write(file.Stream);
            file.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot write the feature table: {e.Message}", e);
        }
    }

    /// <summary>
    /// Writes the table as UTF-8 CSV; the stream stays open. Without file names, it has no column of them.
    /// </summary>
    public void Write(Stream stream)
    {
        using var csv = CsvWriter.Create(stream, s_writerOptions, leaveOpen: true);
        var hasTracks = HasTracks;
        var (hasArtists, hasSides) = (Rows.Any(r => r.Artist is not null), Rows.Any(r => r.Side is not null));
        // Windows that only their track names would repeat its name, and a table names a file once.
        var hasNames = HasFileNames || !hasTracks;
        List<string> first = hasNames ? [FileNameColumn] : [];
        if (hasTracks) first.Add(Rows.All(r => r.HasId) ? IdColumn : TrackColumn);
        if (hasArtists) first.Add(ArtistColumn);
        if (hasSides) first.Add(SideColumn);
        foreach (var name in first.Append(LengthColumn).Concat(Columns).Append(LabelColumn)) csv.WriteField(name);
        csv.EndRecord();
        for (var r = 0; r < Rows.Count; r++)
        {
            if (hasNames) csv.WriteField(Rows[r].FileName);
            if (hasTracks) csv.WriteField(Rows[r].Track ?? "");
            if (hasArtists) csv.WriteField(Rows[r].Artist ?? "");
            if (hasSides) csv.WriteField(Rows[r].Side ?? "");
            csv.WriteField(Rows[r].Length?.ToString(CultureInfo.InvariantCulture) ?? "");
            foreach (var value in Values.Row(r)) csv.WriteField(value.ToString("R", CultureInfo.InvariantCulture));
            csv.WriteField(Rows[r].Label);
            csv.EndRecord();
        }
    }
}
