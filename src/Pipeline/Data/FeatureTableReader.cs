using System.Globalization;
using CsvHelper;
using Engine.Classifiers;

namespace Engine.Pipeline.Data;

/// <summary>Reads the rows of a feature table and reports where it is malformed.</summary>
internal sealed class FeatureTableReader(string path, TableText text, CsvReader csv)
{
    private const int MostNamed = 4, MostShown = 40;
    private const long LongestRecording = 1L << 53;

    private string[] _header = [];
    private Dictionary<string, int> _places = [];
    private Dictionary<string, int> _placesInAnyCase = [];

    /// <summary>Reads the table.</summary>
    public FeatureTable Read(IReadOnlyList<string>? columns, bool needsLabels)
    {
        ReadHeader();
        var fileName = Place(FeatureTable.FileNameColumn) ?? throw Missing([FeatureTable.FileNameColumn]);
        var label = Place(FeatureTable.LabelColumn) ?? (needsLabels ? throw Missing([FeatureTable.LabelColumn]) : -1);
        var (length, track) = (Place(FeatureTable.LengthColumn) ?? -1, Place(FeatureTable.TrackColumn) ?? -1);
        columns ??= [.. _header.Where((n, i) => n.Length > 0 && i != fileName && i != label && i != length && i != track)];
        var places = Places(columns);

        var rows = new List<FeatureTableRow>();
        var values = new List<double>();
        var lines = new Dictionary<(string Name, string Label), long>();
        while (csv.Read())
        {
            RequireFields();
            var name = Text(fileName);
            if (name.Length == 0) throw At(fileName, "the value is missing");
            var genre = label < 0 ? "" : Text(label);
            if (!lines.TryAdd((name, genre), csv.LineNumber))
            {
                throw new EngineException($"{path}, line {csv.LineNumber}: {Short(name)} appears twice, first on line " +
                    $"{lines[(name, genre)]}.");
            }

            if (track >= 0 && csv.IsEmpty(track))
            {
                throw At(track, "the value is missing; give every row a track, or leave the column out");
            }

            rows.Add(new(name, length < 0 ? null : Length(length), genre, track < 0 ? null : Text(track)));
            foreach (var place in places) values.Add(Number(place));
        }

        if (rows.Count == 0) throw new EngineException($"{path}: the table has a header but no rows.");
        return new(columns, rows, new(rows.Count, places.Length, [.. values]));
    }

    private void ReadHeader()
    {
        _header = [.. csv.Headers.Select(n => n.Trim())];
        if (_header.All(n => n.Length == 0))
        {
            throw new EngineException($"{path}: the file is empty; expected a header line with filename, features and label.");
        }

        // Columns without a name are row numbers, or come from a trailing separator.
        var twice = _header.Where(n => n.Length > 0).GroupBy(n => n).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
        {
            throw new EngineException($"{path}, line 1: column '{Short(twice.Key)}' appears {twice.Count()} times.");
        }

        (_places, _placesInAnyCase) = (new(_header.Length), new(_header.Length, StringComparer.OrdinalIgnoreCase));
        for (var i = 0; i < _header.Length; i++)
        {
            if (_header[i].Length == 0) continue;
            _places.Add(_header[i], i);
            // Columns that differ only in case must match exactly.
            if (!_placesInAnyCase.TryAdd(_header[i], i)) _placesInAnyCase[_header[i]] = -1;
        }
    }

    private int? Place(string column) =>
        _places.TryGetValue(column, out var place) || (_placesInAnyCase.TryGetValue(column, out place) && place >= 0)
            ? place
            : null;

    private int[] Places(IReadOnlyList<string> columns)
    {
        string[] missing = [.. columns.Where(c => Place(c) is null)];
        return missing.Length == 0 ? [.. columns.Select(c => Place(c)!.Value)] : throw Missing(missing);
    }

    private EngineException Missing(string[] columns)
    {
        var more = columns.Length > 1 ? $", as are {columns.Length - 1} more ({Some(columns[1..])})" : "";
        var hint = _header.Length == 1 ? " Separate the columns by commas, semicolons or tabs." : "";
        return new($"{path}: column '{Short(columns[0])}' is missing{more}; the header has {_header.Length} columns: " +
            $"{Some(_header)}.{hint}");
    }

    // A line may end in extra separators, as spreadsheets write them.
    private void RequireFields()
    {
        var fields = csv.FieldCount;
        if (fields == _header.Length) return;
        var isLonger = fields > _header.Length;
        for (var i = _header.Length; isLonger && i < fields; i++) isLonger = csv.IsEmpty(i);
        if (!isLonger)
        {
            throw new EngineException($"{path}, line {csv.LineNumber}: {fields} fields, but the header has " +
                $"{_header.Length}{(text.Separator == ',' ? "" : $" (separated by {Separator()})")}.");
        }
    }

    private string Text(int place)
    {
        var value = csv.GetString(place);
        return !value.Contains('\uFFFD') ? value : throw At(place, $"'{Short(value)}' holds bytes that are not " +
            $"{text.Encoding.WebName.ToUpperInvariant()}; save the table as UTF-8");
    }

    private double Number(int place)
    {
        var field = csv.GetSpan(place);
        if (text.TryNumber(field, out var value))
        {
            return double.IsFinite(value) ? value : throw At(place, $"the value is {Short(csv.GetString(place))}; it must be " +
                "finite");
        }

        if (field.IsEmpty) throw At(place, "the value is missing");
        var hint = !text.DecimalComma && field.Contains((byte)',') ? "; where commas separate the columns, write decimals " +
            "with a point" : "";
        throw At(place, $"'{Short(csv.GetString(place))}' is not a number{hint}");
    }

    private long? Length(int place)
    {
        if (csv.IsEmpty(place)) return null;
        var value = Number(place);
        return value is >= 0 and <= LongestRecording && value == Math.Floor(value)
            ? (long)value : throw At(place, $"the value is " +
            $"{value.ToString(CultureInfo.InvariantCulture)}; it must be a whole number of samples");
    }

    private EngineException At(int place, string what) => new($"{path}, line {csv.LineNumber}, column " +
        $"{Short(_header[place])}: {what}.");

    private string Separator() => text.Separator == '\t' ? "tabs" : $"'{text.Separator}'";

    private static string Some(string[] names) =>
        string.Join(", ", names.Take(MostNamed).Select(Short)) + (names.Length > MostNamed ? ", ..." : "");

    private static string Short(string name) => name.Length > MostShown ? name[..MostShown] + "…" : name;
}
