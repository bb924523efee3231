using System.Globalization;
using CsvHelper;
using Engine.Dsp;

namespace Engine.Classifiers.Pipeline;

/// <summary>One row of a feature table beside its values.</summary>
/// <param name="FileName">The file, or the window of one (<c>blues.00000.4.wav</c>).</param>
/// <param name="Length">Its length in samples; null if the table does not say.</param>
/// <param name="Label">Its genre; empty if unknown.</param>
public sealed record FeatureTableRow(string FileName, long? Length, string Label);

/// <summary>
/// Named feature columns of many recordings, in the layout of the published <c>features_30_sec.csv</c>: file name, length in
/// samples, features, label. Columns are found by name, in any order.
/// </summary>
public sealed class FeatureTable
{
    private const string FileNameColumn = "filename", LengthColumn = "length", LabelColumn = "label";

    private static readonly CsvReaderOptions s_readerOptions = new()
    {
        Separator = ',',
        TrimWhitespace = true,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

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
            throw new EngineException($"FeatureTable: {rows.Count} rows and {columns.Count} columns, but values [{values.Rows}, {values.Columns}].");
        }

        (Columns, Rows, Values) = (columns, rows, values);
    }

    /// <summary>The feature columns' names, without file name, length and label.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>What each row is of.</summary>
    public IReadOnlyList<FeatureTableRow> Rows { get; }

    /// <summary>The features, <c>[rows, columns]</c>.</summary>
    public FeatureMatrix Values { get; }

    /// <summary>Reads a table with a header line.</summary>
    /// <param name="path">The CSV file.</param>
    /// <param name="columns">The feature columns wanted, in this order; others are passed over. Null: every column there is.</param>
    /// <exception cref="EngineException">
    /// The file cannot be read, lacks a column, or a value is missing, not a number or not finite; line and column are named.
    /// </exception>
    public static FeatureTable Read(string path, IReadOnlyList<string>? columns = null)
    {
        try
        {
            using var csv = CsvReader.FromFile(path, s_readerOptions);
            return new Reader(path, csv).Read(columns);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CsvFormatException)
        {
            throw new EngineException($"{path}: cannot read the feature table: {e.Message}", e);
        }
    }

    /// <summary>Writes the table, replacing the file; numbers in the shortest form that reads back to the same bits.</summary>
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

    /// <summary>Writes the table as UTF-8 CSV; the stream stays open.</summary>
    public void Write(Stream stream)
    {
        using var csv = CsvWriter.Create(stream, s_writerOptions, leaveOpen: true);
        foreach (var name in Columns.Prepend(LengthColumn).Prepend(FileNameColumn).Append(LabelColumn)) csv.WriteField(name);
        csv.EndRecord();
        for (var r = 0; r < Rows.Count; r++)
        {
            csv.WriteField(Rows[r].FileName);
            csv.WriteField(Rows[r].Length?.ToString(CultureInfo.InvariantCulture) ?? "");
            foreach (var value in Values.Row(r)) csv.WriteField(value.ToString("R", CultureInfo.InvariantCulture));
            csv.WriteField(Rows[r].Label);
            csv.EndRecord();
        }
    }

    private sealed class Reader(string path, CsvReader csv)
    {
        private string[] _header = [];

        public FeatureTable Read(IReadOnlyList<string>? columns)
        {
            _header = [.. csv.Headers];
            if (_header.Length == 0) throw new EngineException($"{path}: the file is empty; expected a header line with filename, features and label.");
            var twice = _header.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1);
            if (twice is not null) throw new EngineException($"{path}, line 1: column '{twice.Key}' is there {twice.Count()} times.");
            columns ??= [.. _header.Where(n => n is not (FileNameColumn or LengthColumn or LabelColumn))];
            var places = columns.Select(Place).ToArray();
            var (fileName, label, length) = (Place(FileNameColumn), Place(LabelColumn), Array.IndexOf(_header, LengthColumn));

            var rows = new List<FeatureTableRow>();
            var values = new List<double>();
            var lines = new Dictionary<string, long>(StringComparer.Ordinal);
            while (csv.Read())
            {
                var line = csv.LineNumber;
                if (csv.FieldCount != _header.Length) throw new EngineException($"{path}, line {line}: {csv.FieldCount} fields, but the header has {_header.Length}.");
                var name = csv.GetString(fileName);
                if (name.Length == 0) throw new EngineException($"{path}, line {line}, column {FileNameColumn}: the value is missing.");
                if (!lines.TryAdd(name, line)) throw new EngineException($"{path}, line {line}: {name} is there twice, first on line {lines[name]}.");
                rows.Add(new(name, length < 0 ? null : (long)Number(length), csv.GetString(label)));
                foreach (var place in places) values.Add(Number(place));
            }

            if (rows.Count == 0) throw new EngineException($"{path}: the table has a header but no row.");
            return new(columns, rows, new(rows.Count, places.Length, [.. values]));
        }

        private int Place(string column)
        {
            var place = Array.IndexOf(_header, column);
            return place >= 0 ? place : throw new EngineException($"{path}: column '{column}' is missing; the header has {_header.Length} columns: {Some(_header)}.");
        }

        private double Number(int place)
        {
            var text = csv.GetString(place);
            if (text.Length == 0) throw new EngineException($"{path}, line {csv.LineNumber}, column {_header[place]}: the value is missing.");
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            {
                throw new EngineException($"{path}, line {csv.LineNumber}, column {_header[place]}: '{text}' is not a number.");
            }

            return double.IsFinite(value) ? value : throw new EngineException($"{path}, line {csv.LineNumber}, column {_header[place]}: the value is {text}; it must be finite.");
        }

        private static string Some(string[] names) => string.Join(", ", names.Take(4)) + (names.Length > 4 ? ", ..." : "");
    }
}
