using Engine.Classifiers;

namespace Engine.Pipeline.Data.Tables;

/// <summary>
/// Which columns of a table name its recordings, tracks, genres, artists and sides, whatever they are called. A column that the
/// user names must exist; others are found by their usual names, in any case, also as the last level of a name.
/// </summary>
internal sealed class TableRoles
{
    private static readonly string[] s_paths =
        ["path", "file_path", "filepath", "audio_path", "file", "filename", "file_name", "audio", "audio_file"];
    private static readonly string[] s_labels =
        ["label", "genre", "genre_top", "track_genre", "music_genre", "playlist_genre", "top_genre", "class"];
    private static readonly string[] s_ids = ["track_id", "trackid"];
    private static readonly string[] s_rowIds = ["id", "song_id", "instance_id"];
    private static readonly string[] s_groups =
        ["artist_id", "artist.id", "artist", "artists", "artist_name", "artist.name", "track_artist"];
    private static readonly string[] s_sides = ["split", "set.split"];

    private readonly string _source;
    private readonly TableHeader _header;
    private readonly DataOptions _options;
    private readonly Lazy<int?> _label, _path;

    /// <summary>Finds the columns that are optional.</summary>
    /// <exception cref="EngineException">A column that the user names is missing.</exception>
    public TableRoles(string source, TableHeader header, DataOptions options)
    {
        (_source, _header, _options) = (source, header, options);
        Group = Named(options.GroupColumn) ?? First(s_groups);
        Side = Named(options.SplitColumn) ?? First(s_sides);
        Length = header.Find(FeatureTable.LengthColumn);
        Track = header.Find(FeatureTable.TrackColumn);
        Id = Named(options.IdColumn) ?? First(s_ids);
        Name = header.Find(FeatureTable.FileNameColumn) ?? (options.IdColumn is null ? First(s_paths) : null);
        RowId = Id ?? First(s_rowIds) ?? (header.HasLevels ? 0 : null);
        _label = new(FindLabel);
        _path = new(() => Named(options.PathColumn) ?? Only(s_paths, "recordings", "--path-column")
            ?? (header.HasLevels ? First(s_ids) : null));
    }

    /// <summary>The column of the artists.</summary>
    public int? Group { get; }

    /// <summary>The column of the sides.</summary>
    public int? Side { get; }

    /// <summary>The column of the lengths in samples.</summary>
    public int? Length { get; }

    /// <summary>The column <c>track</c> of a table that Engine wrote.</summary>
    public int? Track { get; }

    /// <summary>The column that identifies tracks, if the user names it or it is called so.</summary>
    public int? Id { get; }

    /// <summary>The column of a feature table that names its rows; null if there is none.</summary>
    public int? Name { get; }

    /// <summary>The column that identifies the rows of a feature table without names.</summary>
    public int? RowId { get; }

    /// <summary>The column of the genres; null if there is none.</summary>
    /// <exception cref="EngineException">Several columns could be.</exception>
    public int? Label => _label.Value;

    /// <summary>The column of a manifest that names the recordings; null if there is none.</summary>
    /// <exception cref="EngineException">Several columns could be.</exception>
    public int? Path => _path.Value;

    /// <summary>The column of the genres.</summary>
    /// <exception cref="EngineException">There is none, or several could be.</exception>
    public int RequireLabel() => Label ?? throw _header.Missing([FeatureTable.LabelColumn],
        " Name the column of the genres with --label-column, or their own table with --labels.");

    /// <summary>Whether a column can be a feature where nobody says which are: it has a name and no other part.</summary>
    public bool MayBeFeature(int place)
    {
        var name = _header.Names[place];
        if (name.Length == 0 || name.StartsWith("Unnamed:", StringComparison.Ordinal)) return false;
        int?[] parts = [Group, Side, Length, Track, Id, Name, Label];
        if (parts.Contains(place)) return false;
        return !(Name is null && place == RowId) && !s_groups.Any(g => Matches(name, g)) && !s_sides.Any(s => Matches(name, s));
    }

    // The published layout holds, whatever else such a table has.
    private int? FindLabel() => Named(_options.LabelColumn)
        ?? (_header.Find(FeatureTable.FileNameColumn) is not null ? _header.Find(FeatureTable.LabelColumn) : null)
        ?? Only(s_labels, "genres", "--label-column");

    private int? Named(string? column) => column is null ? null : _header.Require(column)[0];

    private int? First(string[] names) =>
        names.SelectMany(n => Enumerable.Range(0, _header.Names.Length).Where(i => Matches(_header.Names[i], n)).Take(1))
            .Select(i => (int?)i).FirstOrDefault();

    private int? Only(string[] names, string what, string option)
    {
        int[] found = [.. Enumerable.Range(0, _header.Names.Length).Where(i => names.Any(n => Matches(_header.Names[i], n)))];
        if (found.Length < 2) return found.Length == 0 ? null : found[0];
        throw new EngineException($"{_source}: the {what} may be in the columns {string.Join(" and ", found
            .Select(i => _header.Names[i]))}; say which with {option}. The columns are {_header.Listed()}.");
    }

    private bool Matches(string column, string name) => column.Equals(name, StringComparison.OrdinalIgnoreCase)
        || (_header.HasLevels && column.EndsWith($".{name}", StringComparison.OrdinalIgnoreCase));
}
