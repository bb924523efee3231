using CsvHelper;
using Engine.Classifiers;

namespace Engine.Pipeline.Data.Tables;

/// <summary>Reads a table row by row and reports where it is malformed.</summary>
internal sealed class TableReader : IDisposable
{
    private readonly string _path;
    private readonly TableText _text;
    private readonly CsvReader _csv;
    private readonly (int Place, string[] Values)[] _conditions;

    private TableReader(string path, TableText text, TableHeader header, CsvReader csv, (int, string[])[] conditions) =>
        (_path, _text, Header, _csv, _conditions) = (path, text, header, csv, conditions);

    /// <summary>The columns.</summary>
    public TableHeader Header { get; }

    /// <summary>The line that the current row ends on.</summary>
    public long Line => _csv.LineNumber;

    /// <summary>Rows so far that the conditions left out.</summary>
    public int Excluded { get; private set; }

    /// <summary>Opens a table at its first row.</summary>
    /// <param name="path">The file.</param>
    /// <param name="where">Conditions on its rows, <c>COLUMN=VALUE</c>; null: none.</param>
    /// <param name="others">Receives conditions whose columns it lacks; null: they are errors.</param>
    /// <exception cref="EngineException">It is not a table, or lacks a column.</exception>
    public static TableReader Open(string path, IReadOnlyList<string>? where = null, List<string>? others = null)
    {
        var text = TableText.Of(path);
        TableHeader header;
        using (var start = text.Open(path)) header = TableHeader.Read(path, start);
        var conditions = Conditions(header, where ?? [], others);
        var csv = text.Open(path);
        for (var row = 1; row < header.Rows; row++) csv.Read();
        return new(path, text, header, csv, conditions);
    }

    /// <summary>Reads with one of these, and explains what the system says.</summary>
    public static T Use<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CsvFormatException)
        {
            throw new EngineException($"{path}: cannot read the table: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _csv.Dispose();

    /// <summary>Goes to the next row that meets the conditions.</summary>
    public bool Read()
    {
        while (_csv.Read())
        {
            RequireFields();
            if (Array.TrueForAll(_conditions, c => c.Values.Contains(Text(c.Place)))) return true;
            Excluded++;
        }

        return false;
    }

    /// <summary>The text of a field, trimmed.</summary>
    public string Text(int place)
    {
        var value = _csv.GetString(place).Trim();
        return !value.Contains('\uFFFD') ? value : throw At(place, $"'{TableHeader.Short(value)}' holds bytes that are not " +
            $"{_text.Encoding.WebName.ToUpperInvariant()}; save the table as UTF-8");
    }

    /// <summary>The text of a field; null if it is empty, or there is no such column.</summary>
    public string? Optional(int? place) => place is { } at && Text(at) is { Length: > 0 } text ? text : null;

    /// <summary>Whether a field is empty, or says that a number is missing.</summary>
    public bool IsMissing(int place) => _csv.IsEmpty(place) || (TryNumber(place, out var value) && double.IsNaN(value));

    /// <summary>Whether a field is a number.</summary>
    public bool TryNumber(int place, out double value) => _text.TryNumber(_csv.GetSpan(place), out value);

    /// <summary>A finite number.</summary>
    /// <exception cref="EngineException">The field holds none.</exception>
    public double Number(int place)
    {
        if (TryNumber(place, out var value))
        {
            return double.IsFinite(value) ? value : throw At(place, $"the value is {TableHeader.Short(_csv.GetString(place))}; " +
                "it must be finite");
        }

        if (_csv.GetSpan(place).IsEmpty)
            throw At(place, "the value is missing; --missing drop leaves such rows out of a training");
        var hint = !_text.DecimalComma && _csv.GetSpan(place).Contains((byte)',')
            ? "; where commas separate the columns, write decimals with a point" : "";
        throw At(place, $"'{TableHeader.Short(_csv.GetString(place))}' is not a number{hint}");
    }

    /// <summary>An error in the current row.</summary>
    public EngineException At(int place, string what) => new($"{_path}, line {Line}, column " +
        $"{TableHeader.Short(Header.Names[place])}: {what}.");

    // A line may end in extra separators, as spreadsheets write them.
    private void RequireFields()
    {
        var (fields, expected) = (_csv.FieldCount, Header.Names.Length);
        if (fields == expected) return;
        var isLonger = fields > expected;
        for (var i = expected; isLonger && i < fields; i++) isLonger = _csv.IsEmpty(i);
        if (!isLonger)
        {
            throw new EngineException($"{_path}, line {Line}: {fields} fields, but the header has " +
                $"{expected}{(_text.Separator == ',' ? "" : $" (separated by {Separator()})")}.");
        }
    }

    private string Separator() => _text.Separator == '\t' ? "tabs" : $"'{_text.Separator}'";

    private static (int, string[])[] Conditions(TableHeader header, IReadOnlyList<string> where, List<string>? others)
    {
        var conditions = new List<(int Place, string Value)>();
        foreach (var condition in where)
        {
            var at = condition.IndexOf('=', StringComparison.Ordinal);
            if (at < 1) throw new EngineException($"--where: '{condition}' is not of the form COLUMN=VALUE.");
            var column = condition[..at].Trim();
            if (others is not null && header.Find(column) is null) others.Add(condition);
            else conditions.Add((header.Require(column)[0], condition[(at + 1)..].Trim()));
        }

        return [.. conditions.GroupBy(c => c.Place).Select(g => (g.Key, g.Select(c => c.Value).ToArray()))];
    }
}
