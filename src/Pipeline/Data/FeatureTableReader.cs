using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Engine.Classifiers;
using Engine.Pipeline.Data.Tables;

namespace Engine.Pipeline.Data;

/// <summary>Reads the rows of a feature table.</summary>
internal sealed class FeatureTableReader
{
    private const long LongestRecording = 1L << 53;

    private readonly string _path;
    private readonly DataOptions _options;
    private readonly TableReader _reader;
    private readonly TableRoles _roles;
    private readonly Dictionary<string, TrackFacts>? _facts;
    private readonly Action<string>? _warn;

    private FeatureTableReader(
        string path, DataOptions options, TableReader reader, Dictionary<string, TrackFacts>? facts, Action<string>? warn)
    {
        (_path, _options, _reader, _facts, _warn) = (path, options, reader, facts, warn);
        // With a table of labels, that one has the columns of genres, artists and sides.
        _roles = new(path, reader.Header, facts is null ? options : options with
        {
            LabelColumn = null,
            GroupColumn = null,
            SplitColumn = null,
        });
    }

    /// <summary>Reads a table as <see cref="FeatureTable"/> describes.</summary>
    public static FeatureTable Read(
        string path, DataOptions options, IReadOnlyList<string>? columns, bool needsLabels, Action<string>? warn) =>
        Open(path, options, warn, reader => reader.Read(columns, needsLabels));

    /// <summary>The names of the columns that hold only numbers and have no other part.</summary>
    /// <exception cref="EngineException">The table cannot be read, or has no such column.</exception>
    public static IReadOnlyList<string> Numeric(string path, DataOptions options, Action<string>? warn) =>
        Open(path, options, warn, reader => reader.Numeric());

    private static T Open<T>(string path, DataOptions options, Action<string>? warn, Func<FeatureTableReader, T> read) =>
        TableReader.Use(path, () =>
        {
            var others = options.Labels is null ? null : new List<string>();
            using var rows = TableReader.Open(path, options.Where, others);
            var facts = others is null ? null : TrackLabels.Read(options, others);
            return read(new(path, options, rows, facts, warn));
        });

    private FeatureTable Read(IReadOnlyList<string>? columns, bool needsLabels)
    {
        var header = _reader.Header;
        var named = _roles.Name;
        var explicitId = _options.IdColumn is not null;
        var id = explicitId ? _roles.Id : _roles.Track ?? _roles.Id ?? (named is null ? _roles.RowId : null);
        var name = named ?? id ?? throw header.Missing([FeatureTable.FileNameColumn], " Name the column that identifies the " +
            "rows with --id-column.");
        if (_facts is not null && id is null)
        {
            throw header.Missing(["track_id"], $" Name the column that finds the rows in {_options.Labels} with --id-column.");
        }

        if (needsLabels && _facts is null) _roles.RequireLabel();
        columns ??= [.. header.Names.Where((n, i) => IsFeature(i, name, id))];
        var places = Places(columns);

        var rows = new List<FeatureTableRow>();
        var values = new List<double>();
        var lines = new Dictionary<(string Name, string Label), long>();
        var (incomplete, unlabelled, copies) = (0, 0, 0);
        var digests = new HashSet<(string, string, string)>();
        while (_reader.Read())
        {
            if (_options.Missing == MissingValues.Drop && (Array.Exists(places, _reader.IsMissing)
                || (needsLabels && _facts is null && _reader.Text(_roles.RequireLabel()).Length == 0)))
            {
                incomplete++;
                continue;
            }

            var file = _reader.Text(name);
            if (file.Length == 0) throw _reader.At(name, "the value is missing");
            var track = id is { } at ? _reader.Text(at) : null;
            if (track is { Length: 0 })
                throw _reader.At(id!.Value, "the value is missing; give every row a track, or leave the column out");
            var facts = _facts is null ? TrackFacts.Of(_reader, _roles) : _facts.GetValueOrDefault(track!);
            if (facts is null || (_facts is not null && facts.Label.Length == 0))
            {
                unlabelled++;
                continue;
            }

            var genre = facts.Label;
            if (named is not null && !lines.TryAdd((file, genre), _reader.Line))
            {
                throw new EngineException($"{_path}, line {_reader.Line}: {TableHeader.Short(file)} appears twice, first on " +
                    $"line {lines[(file, genre)]}.");
            }

            var start = values.Count;
            foreach (var place in places) values.Add(_reader.Number(place));
            // Rows that only their track names are its windows, unless they say the same.
            if (named is null && needsLabels && !digests.Add((track!, genre, Convert.ToHexString(
                SHA256.HashData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(values)[start..]))))))
            {
                values.RemoveRange(start, places.Length);
                copies++;
                continue;
            }

            rows.Add(new(file, _roles.Length is { } length ? Length(length) : null, genre, track)
            {
                Artist = facts.Artist,
                Side = facts.Side,
                HasId = track is not null && (explicitId || id != _roles.Track),
            });
        }

        Tell(incomplete, "without a value");
        Tell(unlabelled, $"without a label in {_options.Labels}");
        Tell(copies, "equal to another of the same track");
        RequireRows(rows.Count, incomplete + unlabelled);
        var matrix = new FeatureMatrix(rows.Count, places.Length, [.. values]);
        var table = needsLabels ? OneGenreEach(columns, rows, matrix) : new(columns, rows, matrix);
        return named is null ? new(table.Columns, table.Rows, table.Values) { HasFileNames = false } : table;
    }

    private string[] Numeric()
    {
        var header = _reader.Header;
        int[] places = [.. Enumerable.Range(0, header.Names.Length).Where(_roles.MayBeFeature)];
        var (numeric, seen) = (Enumerable.Repeat(true, places.Length).ToArray(), new bool[places.Length]);
        var rows = 0;
        for (; _reader.Read(); rows++)
        {
            for (var p = 0; p < places.Length; p++)
            {
                if (!numeric[p] || _reader.IsMissing(places[p])) continue;
                seen[p] = true;
                numeric[p] = _reader.TryNumber(places[p], out _);
            }
        }

        RequireRows(rows, 0);
        var names = places.Select(p => header.Names[p]).ToArray();
        string[] left = [.. names.Where((_, p) => !numeric[p] || !seen[p])];
        if (left.Length > 0)
        {
            _warn?.Invoke($"{_path}: {(left.Length == 1 ? "a column is" : $"{left.Length} columns are")} not numeric and left " +
                $"out: {string.Join(", ", left.Take(12).Select(TableHeader.Short))}{(left.Length > 12 ? ", …" : "")}");
        }

        return names.Except(left).ToArray() is { Length: > 0 } columns ? columns
            : throw new EngineException($"{_path}: no column is numeric; the columns are {header.Listed()}.");
    }

    private bool IsFeature(int place, int name, int? id) => place != name && place != id && _roles.MayBeFeature(place);

    private int[] Places(IReadOnlyList<string> columns)
    {
        string[] missing = [.. columns.Where(c => _reader.Header.Find(c) is null)];
        return missing.Length == 0 ? _reader.Header.Require(columns)
            : throw _reader.Header.Missing(missing, 2 * missing.Length > columns.Count
                ? " To use the columns that are there, name them with --columns, or --columns numeric." : "");
    }

    private FeatureTable OneGenreEach(IReadOnlyList<string> columns, List<FeatureTableRow> rows, FeatureMatrix values)
    {
        var kept = TwoGenres.LeaveOut(_path,
            [.. rows.Select(r => r.HasId ? (r.Track!, GenreFolders.Label(r.Label)) : ((string, string)?)null)], _warn);
        if (kept.Length == 0) throw new EngineException($"{_path}: every track appears under several genres.");
        return kept.Length == rows.Count
            ? new(columns, rows, values) : new(columns, [.. kept.Select(i => rows[i])], values.Select(kept));
    }

    private void Tell(int count, string what)
    {
        if (count > 0) _warn?.Invoke($"{_path}: left out {Counted.Of(count, "row")} {what}");
    }

    private void RequireRows(int rows, int left)
    {
        if (rows > 0) return;
        throw new EngineException(
            left > 0 ? $"{_path}: none of the {left} rows is complete."
            : _reader.Excluded > 0
                ? $"{_path}: none of the {_reader.Excluded} rows meets {string.Join(" and ", _options.Where!
                    .Select(w => $"--where {w}"))}."
            : $"{_path}: the table has a header but no rows.");
    }

    private long? Length(int place)
    {
        if (_reader.Text(place).Length == 0) return null;
        var value = _reader.Number(place);
        return value is >= 0 and <= LongestRecording && value == Math.Floor(value)
            ? (long)value : throw _reader.At(place, $"the value is " +
            $"{value.ToString(CultureInfo.InvariantCulture)}; it must be a whole number of samples");
    }
}
