using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Evaluation.Names;
using Engine.Pipeline.Data.Files;
using Engine.Pipeline.Data.Tables;

namespace Engine.Pipeline.Data;

/// <summary>Reads a manifest: a table with a recording in each row, and its genre.</summary>
internal sealed class ManifestReader
{
    private const int MostNamed = 3;

    private readonly string _path;
    private readonly DataOptions _options;
    private readonly TableReader _reader;
    private readonly TableRoles _roles;
    private readonly RecordingFinder _finder;
    private readonly int _place;

    private ManifestReader(string path, DataOptions options, TableReader reader)
    {
        (_path, _options, _reader) = (path, options, reader);
        _roles = new(path, reader.Header, options);
        _place = _roles.Path ?? throw reader.Header.Missing(["path"], " Name the column of the recordings with --path-column.");
        _finder = new(path, options.Root);
    }

    /// <summary>Reads the recordings that have a genre, sorted by path, whether their files exist or not.</summary>
    /// <exception cref="EngineException">The manifest cannot be used.</exception>
    public static (List<Recording> Recordings, TrackNames Names) Read(string path, DataOptions options, Action<string>? warn) =>
        Open(path, options, reader => reader.Read(warn));

    /// <summary>Whether a table names recordings; the first rows must, where they are looked for.</summary>
    /// <param name="path">The table.</param>
    /// <param name="options">Its columns.</param>
    /// <param name="rows">How many rows are looked at.</param>
    /// <param name="example">A path that no file has, if none of them exists.</param>
    public static bool NamesRecordings(string path, DataOptions options, int rows, out string? example)
    {
        string? first = null;
        var found = TableReader.Use(path, () =>
        {
            using var reader = TableReader.Open(path, options.Where);
            if (new TableRoles(path, reader.Header, options).Path is not { } place) return false;
            var finder = new RecordingFinder(path, options.Root);
            for (var row = 0; row < rows && reader.Read(); row++)
            {
                if (reader.Text(place) is not { Length: > 0 } text) continue;
                if (File.Exists(finder.Find(text, what => reader.At(place, what)))) return true;
                first ??= text;
            }

            return false;
        });
        example = found ? null : first;
        return found;
    }

    private static T Open<T>(string path, DataOptions options, Func<ManifestReader, T> read) => TableReader.Use(path, () =>
    {
        using var rows = TableReader.Open(path, options.Where);
        return read(new(path, options, rows));
    });

    private (List<Recording> Recordings, TrackNames Names) Read(Action<string>? warn)
    {
        var label = _roles.RequireLabel();
        var listed = new List<Listed>();
        var unlabelled = new List<string>();
        var lines = new Dictionary<(string, string), long>();
        while (_reader.Read())
        {
            var text = _reader.Text(_place);
            if (text.Length == 0) throw _reader.At(_place, "the value is missing; every row names a recording");
            var genre = GenreFolders.Label(_reader.Text(label));
            if (genre.Length == 0)
            {
                unlabelled.Add(text);
                continue;
            }

            var full = _finder.Find(text, what => _reader.At(_place, what));
            if (!lines.TryAdd((full, genre), _reader.Line))
            {
                throw new EngineException($"{_path}, line {_reader.Line}: {TableHeader.Short(text)} appears twice, first on " +
                    $"line {lines[(full, genre)]}.");
            }

            listed.Add(new(text, full, genre, Identity(text), _reader.Optional(_roles.Group),
                _roles.Side is { } side ? _reader.Text(side) : null));
        }

        if (unlabelled.Count > 0)
        {
            warn?.Invoke($"{_path}: left out {Counted.Of(unlabelled.Count, "row")} without {_reader.Header.Names[label]}: " +
                $"{string.Join(", ", unlabelled.Take(MostNamed))}{(unlabelled.Count > MostNamed ? ", …" : "")}");
        }

        RequireRows(listed.Count, unlabelled.Count, _reader.Header.Names[label]);
        var kept = TwoGenres.LeaveOut(_path, [.. listed.Select(l => ((string, string)?)(l.Id ?? l.Full, l.Label))], warn);
        if (kept.Length == 0) throw new EngineException($"{_path}: every recording appears under several genres.");
        return Recordings([.. kept.Select(i => listed[i])]);
    }

    // FMA's paths are identifiers already.
    private string? Identity(string text)
    {
        if (_roles.Id is not { } id) return RecordingFinder.IsNumber(text) ? text : null;
        return _reader.Text(id) is { Length: > 0 } value
            ? value : throw _reader.At(id, "the value is missing; give every row one");
    }

    private (List<Recording>, TrackNames) Recordings(List<Listed> listed)
    {
        listed.Sort((a, b) => string.CompareOrdinal(a.Text, b.Text));
        var names = TrackNames.Of([.. listed.Select(l => new NamedRow(l.Text, l.Label, l.Id, l.Id is not null))]);
        var recordings = new List<Recording>(listed.Count);
        var seen = new Dictionary<(TrackId, int?), string>();
        foreach (var (row, (track, window)) in listed.Zip(names.Tracks))
        {
            if (!seen.TryAdd((track, window), row.Text))
            {
                throw new EngineException($"{_path}: track {track} appears twice, as {seen[(track, window)]} and {row.Text}; " +
                    "remove one of them, or tell them apart by --id-column.");
            }

            recordings.Add(new(track, window, row.Text.Replace('\\', '/'), row.Full, row.Label)
            {
                Artist = row.Artist,
                Side = row.Side,
                HasId = row.Id is not null,
            });
        }

        return (recordings, names);
    }

    private void RequireRows(int rows, int unlabelled, string label)
    {
        if (rows > 0) return;
        throw new EngineException(
            unlabelled > 0 ? $"{_path}: none of the {unlabelled} recordings has a genre in the column {label}; --label-column " +
                "names another."
            : _reader.Excluded > 0
                ? $"{_path}: none of the {_reader.Excluded} rows meets {string.Join(" and ", _options.Where!
                    .Select(w => $"--where {w}"))}."
            : $"{_path}: the manifest has a header but no rows.");
    }

    private sealed record Listed(string Text, string Full, string Label, string? Id, string? Artist, string? Side);
}
