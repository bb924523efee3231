using System.Globalization;
using CsvHelper;
using Engine.Classifiers;

namespace Engine.Pipeline.Data.Tables;

/// <summary>
/// The columns of a table. A header in several levels, as pandas writes it (FMA's <c>tracks.csv</c>), has two or more rows and
/// then one that names only the first column; the levels of a name are joined by points, <c>track.genre_top</c>.
/// </summary>
internal sealed class TableHeader
{
    private const int MostLevels = 4, MostNamed = 4, MostListed = 40, MostShown = 40;

    private readonly string _path;
    private readonly Dictionary<string, int> _places;
    private readonly Dictionary<string, int> _placesInAnyCase;

    private TableHeader(string path, string[] names, int rows)
    {
        (_path, Names, Rows) = (path, names, rows);
        if (names.All(n => n.Length == 0))
        {
            throw new EngineException($"{path}: the file is empty; expected a header line with filename, features and label.");
        }

        // Columns without a name are row numbers, or come from a trailing separator.
        var twice = names.Where(n => n.Length > 0).GroupBy(n => n).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
        {
            throw new EngineException($"{path}, line 1: column '{Short(twice.Key)}' appears {twice.Count()} times.");
        }

        (_places, _placesInAnyCase) = (new(names.Length), new(names.Length, StringComparer.OrdinalIgnoreCase));
        for (var i = 0; i < names.Length; i++)
        {
            if (names[i].Length == 0) continue;
            _places.Add(names[i], i);
            // Columns that differ only in case must match exactly.
            if (!_placesInAnyCase.TryAdd(names[i], i)) _placesInAnyCase[names[i]] = -1;
        }
    }

    /// <summary>The columns' names; empty for a column without one.</summary>
    public string[] Names { get; }

    /// <summary>How many rows it takes.</summary>
    public int Rows { get; }

    /// <summary>Whether it has several levels; the first column is then the one that identifies the rows.</summary>
    public bool HasLevels => Rows > 1;

    /// <summary>Reads the header of an opened table.</summary>
    public static TableHeader Read(string path, CsvReader csv)
    {
        string[] first = [.. csv.Headers.Select(n => n.Trim())];
        List<string[]> rows = [first];
        // Only a header in levels repeats names, or leaves the first column's name to its last row.
        var maybe = first.Length > 1 && (first[0].Length == 0 || first.Skip(1).Distinct().Count() < first.Length - 1);
        while (maybe && rows.Count <= MostLevels && csv.Read() && csv.FieldCount == first.Length)
        {
            string[] row = [.. Enumerable.Range(0, first.Length).Select(i => csv.GetString(i).Trim())];
            if (rows.Count > 1 && IsIndex(row)) return Joined(path, rows, row[0]);
            if (IsNumber(row[0]) || (rows.Count == 1 && row.Any(IsNumber))) break;
            rows.Add(row);
        }

        return new(path, first, 1);
    }

    /// <summary>Where a column is; null if there is none. Case matters only if two columns differ in nothing else.</summary>
    public int? Find(string column) =>
        _places.TryGetValue(column, out var place) || (_placesInAnyCase.TryGetValue(column, out place) && place >= 0)
            ? place
            : null;

    /// <summary>Where columns are.</summary>
    /// <exception cref="EngineException">A column is missing.</exception>
    public int[] Require(params IReadOnlyList<string> columns)
    {
        string[] missing = [.. columns.Where(c => Find(c) is null)];
        return missing.Length == 0 ? [.. columns.Select(c => Find(c)!.Value)] : throw Missing(missing);
    }

    /// <summary>The error for missing columns.</summary>
    public EngineException Missing(IReadOnlyList<string> columns, string advice = "")
    {
        var more = columns.Count > 1 ? $", as are {columns.Count - 1} more ({Some([.. columns.Skip(1)], MostNamed)})" : "";
        var hint = Names.Length == 1 ? " Separate the columns by commas, semicolons or tabs." : advice;
        return new($"{_path}: column '{Short(columns[0])}' is missing{more}; the header has {Names.Length} columns: " +
            $"{Some(Names, MostListed)}.{hint}");
    }

    /// <summary>The names of all columns that have one.</summary>
    public string Listed() => Some([.. Names.Where(n => n.Length > 0)], MostListed);

    /// <summary>A name or value, cut if it is long.</summary>
    public static string Short(string name) => name.Length > MostShown ? name[..MostShown] + "…" : name;

    private static bool IsIndex(string[] row) =>
        row[0].Length > 0 && !IsNumber(row[0]) && row.Skip(1).All(f => f.Length == 0);

    private static bool IsNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static TableHeader Joined(string path, List<string[]> rows, string index)
    {
        var names = rows[0].Select((_, i) => string.Join('.', rows.Select(r => r[i]).Where(n => n.Length > 0))).ToArray();
        names[0] = index;
        return new(path, names, rows.Count + 1);
    }

    private static string Some(string[] names, int most) =>
        string.Join(", ", names.Take(most).Select(n => n.Length == 0 ? "(unnamed)" : Short(n)))
            + (names.Length > most ? ", ..." : "");
}
