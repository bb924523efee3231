using System.CommandLine;
using Engine.Pipeline.Data;

namespace Engine.Cli.Commands;

/// <summary>The options that say how data are read: folders of genres, manifests and feature tables.</summary>
internal sealed class DataOptionSet
{
    private readonly Option<string> _genresAt = CommonOptions.GenresAt();
    private readonly Option<string?> _root = Text("--root", "FOLDER",
        "The folder that a manifest's paths are relative to. Default: the manifest's own.");
    private readonly Option<string?> _path = Text("--path-column", "COLUMN",
        "Manifests: the column of the recordings: paths, or numbers as in FMA (2 is 000/000002.mp3). Default: path, file or " +
            "filename.");
    private readonly Option<string?> _label = Text("--label-column", "COLUMN",
        "Manifests and tables: the column of the genres. Default: label, genre, genre_top, track_genre and the like.");
    private readonly Option<string?> _id = Text("--id-column", "COLUMN",
        "Manifests and tables: the column that identifies the tracks; rows with the same value stay on one side of a split. " +
            "Default: track_id, else the path.");
    private readonly Option<string?> _group = Text("--group-column", "COLUMN",
        "Manifests and tables: the column of the artists, for --split artists. Default: artist_id, artist, artists " +
            "and the like.");
    private readonly Option<string[]> _where = new("--where")
    {
        HelpName = "COLUMN=VALUE",
        Description = "Manifests and tables: only rows with this value, as in --where set.subset=small. Repeat it for more " +
            "columns, or for more values of one.",
    };
    private readonly Option<string?> _columns = Text("--columns", "A,B,...|numeric",
        "Tables: the feature columns, in place of the recipe's; numeric takes all that hold only numbers.");
    private readonly Option<string?> _labels = Text("--labels", "TABLE",
        "Tables: a second table with the genres, artists and splits of the tracks, as FMA's tracks.csv beside features.csv.");
    private readonly Option<string> _missing = CommonOptions.Choice("--missing",
        "Tables: what to do with rows that lack a value: fail, or drop them.", "fail", "fail", "drop");
    private readonly Option[] _offered;

    private DataOptionSet(Func<DataOptionSet, Option[]> offered) => _offered = offered(this);

    /// <summary>The options of commands that train.</summary>
    public static DataOptionSet ForTraining() => new(s =>
        [s._genresAt, s._root, s._path, s._label, s._id, s._group, s._where, s._columns, s._labels, s._missing]);

    /// <summary>The options of a test, whose columns are those of the model.</summary>
    public static DataOptionSet ForTesting() => new(s =>
        [s._genresAt, s._root, s._path, s._label, s._id, s._group, s._where, s._labels, s._missing]);

    /// <summary>The options of commands that read recordings alone.</summary>
    public static DataOptionSet ForRecordings() => new(s =>
        [s._genresAt, s._root, s._path, s._label, s._id, s._group, s._where]);

    /// <summary>The options of commands that read manifests and feature tables of songs, whose genres do not matter.</summary>
    public static DataOptionSet ForLibraries() => new(s =>
        [s._root, s._path, s._label, s._id, s._group, s._where, s._columns, s._labels, s._missing]);

    /// <summary>The options of commands that read feature tables alone.</summary>
    public static DataOptionSet ForTables() => new(s => [s._label, s._id, s._group, s._where, s._columns, s._labels, s._missing]);

    /// <summary>What the command offers.</summary>
    public IReadOnlyList<Option> Offered => _offered;

    /// <summary>The option <c>--genres-at</c>.</summary>
    public Option GenresAt => _genresAt;

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in _offered) command.Options.Add(option);
    }

    /// <summary>The parsed options.</summary>
    public DataOptions Of(ParseResult parsed) => new()
    {
        GenresAt = _offered.Contains(_genresAt) ? CommonOptions.GenresAt(parsed, _genresAt) : default,
        Root = Value(parsed, _root),
        PathColumn = Value(parsed, _path),
        LabelColumn = Value(parsed, _label),
        IdColumn = Value(parsed, _id),
        GroupColumn = Value(parsed, _group),
        Where = Value(parsed, _where) is { Length: > 0 } where ? where : null,
        Columns = Value(parsed, _columns)?.Split(',', StringSplitOptions.TrimEntries),
        Labels = Value(parsed, _labels),
        Missing = Value(parsed, _missing) == "drop" ? MissingValues.Drop : MissingValues.Fail,
    };

    private T? Value<T>(ParseResult parsed, Option<T> option) => _offered.Contains(option) ? parsed.GetValue(option) : default;

    private static Option<string?> Text(string name, string placeholder, string description) =>
        new(name) { HelpName = placeholder, Description = description };
}
