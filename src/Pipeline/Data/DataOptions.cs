using System.Text.Json.Serialization;

namespace Engine.Pipeline.Data;

/// <summary>What to do with a row of a feature table that lacks a value.</summary>
public enum MissingValues
{
    /// <summary>Stop with an error that names line and column.</summary>
    Fail,

    /// <summary>Leave the row out, and say how many were.</summary>
    Drop,
}

/// <summary>
/// How data are read: a folder of genres, a manifest (a table that names recordings) or a feature table. Columns are found by
/// their usual names unless they are given here; header rows in several levels, as in FMA's tables, are joined by points
/// (<c>track.genre_top</c>).
/// </summary>
public sealed record DataOptions
{
    /// <summary>Which folders are the genres, if folders are nested.</summary>
    [JsonIgnore]
    public GenresAt GenresAt { get; init; }

    /// <summary>
    /// The folder that a manifest's paths are relative to, which they may not leave; null: that of the manifest, which they may.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Root { get; init; }

    /// <summary>The column of a manifest that names the recordings.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PathColumn { get; init; }

    /// <summary>The column of the genres.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LabelColumn { get; init; }

    /// <summary>The column whose value identifies a track: rows with the same one are never on both sides of a split.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IdColumn { get; init; }

    /// <summary>The column of the artists, or of other groups that the split <c>artists</c> keeps together.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? GroupColumn { get; init; }

    /// <summary>
    /// The features of a feature table, which take the place of the recipe's: names of columns, or <c>numeric</c> alone for all
    /// that hold only numbers and have no other part. Null: those that the recipe computes.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>
    /// The rows to read: <c>COLUMN=VALUE</c>. Conditions on different columns must all hold; of several on one, any.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Where { get; init; }

    /// <summary>
    /// A second table that has the label, artist and split of the tracks of a feature table, found by their identifiers.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Labels { get; init; }

    /// <summary>What to do with rows of a feature table that lack a value.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public MissingValues Missing { get; init; }

    /// <summary>The column of the sides, if the split names one.</summary>
    [JsonIgnore]
    internal string? SplitColumn { get; init; }

    /// <summary>The options that were given, for manifests and tables, as on the command line.</summary>
    internal IEnumerable<(string Option, string Value)> Given()
    {
        if (Root is not null) yield return ("--root", Root);
        if (PathColumn is not null) yield return ("--path-column", PathColumn);
        if (LabelColumn is not null) yield return ("--label-column", LabelColumn);
        if (IdColumn is not null) yield return ("--id-column", IdColumn);
        if (GroupColumn is not null) yield return ("--group-column", GroupColumn);
        if (Columns is not null) yield return ("--columns", string.Join(',', Columns));
        foreach (var condition in Where ?? []) yield return ("--where", condition);
        if (Labels is not null) yield return ("--labels", Labels);
        if (Missing != MissingValues.Fail) yield return ("--missing", Missing.ToString().ToLowerInvariant());
    }

    /// <summary>
    /// The same with full paths, to be read again from another folder; null if nothing but folders is described.
    /// </summary>
    internal DataOptions? ToRecord() => !Given().Any() ? null : this with
    {
        Root = Root is null ? null : Path.GetFullPath(Root),
        Labels = Labels is null ? null : Path.GetFullPath(Labels),
    };

    /// <summary>These options, and those of <paramref name="other"/> where these say nothing.</summary>
    internal DataOptions Or(DataOptions other) => this with
    {
        Root = Root ?? other.Root,
        PathColumn = PathColumn ?? other.PathColumn,
        LabelColumn = LabelColumn ?? other.LabelColumn,
        IdColumn = IdColumn ?? other.IdColumn,
        GroupColumn = GroupColumn ?? other.GroupColumn,
        Where = Where ?? other.Where,
        Labels = Labels ?? other.Labels,
        Missing = Missing == MissingValues.Fail ? other.Missing : Missing,
    };
}
