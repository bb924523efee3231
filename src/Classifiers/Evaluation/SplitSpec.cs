using System.Globalization;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Evaluation;

/// <summary>The kinds of split.</summary>
public enum SplitKind
{
    /// <summary>One split by track, each genre in proportion.</summary>
    Stratified,

    /// <summary>K independent stratified splits by track.</summary>
    Holdout,

    /// <summary>K stratified parts by track, each tested once.</summary>
    KFold,

    /// <summary>Lists of tracks in files.</summary>
    Files,

    /// <summary>One split that keeps each group (artist) on one side.</summary>
    Groups,

    /// <summary>K parts that keep each group (artist) in one, each tested once.</summary>
    GroupsKFold,

    /// <summary>One split that keeps each artist that the data name on one side.</summary>
    Artists,

    /// <summary>The sides that a column of the data names.</summary>
    Column,

    /// <summary>Windows at random, so both sides contain the same tracks.</summary>
    LeakyWindows,

    /// <summary>Trains and tests on the same N tracks: only shows that a network can learn.</summary>
    Overfit,

    /// <summary>Every row is learned from and none is tested: a model without figures.</summary>
    None,
}

/// <summary>
/// A split's name: <c>stratified</c>, <c>stratified:0.3</c>, <c>holdout:K</c>, <c>kfold:K</c>, <c>files:TRAIN,TEST</c>,
/// <c>files:TRAIN,VALID,TEST</c>, <c>groups:FILE</c>, <c>groups-kfold:K:FILE</c>, <c>artists</c>, <c>column</c>,
/// <c>column:NAME</c>, <c>leaky-windows</c>, <c>overfit:N</c>, or <c>none</c> of a model that was not tested.
/// <see cref="ToString"/> returns it.
/// </summary>
public sealed record SplitSpec
{
    private const string Forms =
        "stratified, stratified:SHARE, holdout:K, kfold:K, files:TRAIN,[VALID,]TEST, groups:FILE, groups-kfold:K:FILE, "
            + "artists, column, column:NAME, leaky-windows, overfit:N";
    private const string Untested = "none";
    private const int MostTracks = 1_000_000;
    private const int MostRounds = 1000;

    private SplitSpec(SplitKind kind, double testShare = 0.2, int rounds = 1, int tracks = 0, params string[] files) =>
        (Kind, TestShare, Rounds, Tracks, Files) = (kind, testShare, rounds, tracks, files);

    /// <summary>The default: one stratified split by track, a fifth tested.</summary>
    public static SplitSpec Stratified { get; } = new(SplitKind.Stratified);

    /// <summary>Everything is learned from, nothing tested; data cannot be split this way.</summary>
    public static SplitSpec None { get; } = new(SplitKind.None);

    /// <summary>So many stratified parts by track, each tested once: <c>kfold:K</c>.</summary>
    /// <exception cref="EngineException">There are fewer than 2 or too many.</exception>
    public static SplitSpec KFold(int parts) =>
        new(SplitKind.KFold, rounds: Within($"kfold:{parts}", "K", $"{parts}", parts, 2, MostRounds));

    /// <summary>So many parts that keep the groups of a file whole, each tested once: <c>groups-kfold:K:FILE</c>.</summary>
    /// <exception cref="EngineException">There are fewer than 2 or too many parts.</exception>
    public static SplitSpec GroupsKFold(int parts, string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        var text = $"groups-kfold:{parts}:{file}";
        return new(SplitKind.GroupsKFold, rounds: Within(text, "K", $"{parts}", parts, 2, MostRounds), files: file);
    }

    /// <summary>Which kind.</summary>
    public SplitKind Kind { get; }

    /// <summary>
    /// Share of tracks (windows, if leaky) to test, in (0, 1); unused for <c>files</c>, <c>column</c>, <c>kfold</c> and
    /// <c>groups-kfold</c>.
    /// </summary>
    public double TestShare { get; }

    /// <summary>
    /// Rounds of training and testing: K for <c>holdout:K</c>, <c>kfold:K</c> and <c>groups-kfold:K:FILE</c>, otherwise 1.
    /// </summary>
    public int Rounds { get; }

    /// <summary>N for <c>overfit:N</c>, otherwise 0.</summary>
    public int Tracks { get; }

    /// <summary>
    /// The lists of <c>files:</c> (train, then test; or train, valid, test) or the one file of <c>groups:</c> and
    /// <c>groups-kfold:</c>.
    /// </summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>The column of <c>column:NAME</c>; null: the one that is called <c>split</c>.</summary>
    public string? Column { get; private init; }

    /// <summary>Whether a track may be on both sides, which makes the figures too good.</summary>
    public bool IsLeaky => Kind is SplitKind.LeakyWindows or SplitKind.Overfit;

    /// <summary>Parses a split's name without opening files.</summary>
    /// <exception cref="EngineException">The text has none of these forms, or a number is out of range.</exception>
    public static SplitSpec Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (kind, argument) = colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
        return (kind, argument) switch
        {
            ("stratified", null) => Stratified,
            ("stratified", _) => new SplitSpec(SplitKind.Stratified, Share(text, argument)),
            ("holdout", not null) => new SplitSpec(SplitKind.Holdout, rounds: Count(text, "K", argument, 1, MostRounds)),
            ("kfold", not null) => new SplitSpec(SplitKind.KFold, rounds: Count(text, "K", argument, 2, MostRounds)),
            ("files", not null) => Lists(text, argument),
            ("groups", { Length: > 0 }) => new SplitSpec(SplitKind.Groups, files: argument),
            ("groups-kfold", not null) => GroupParts(text, argument),
            ("artists", null) => new SplitSpec(SplitKind.Artists),
            ("column", null) => new SplitSpec(SplitKind.Column),
            ("column", { Length: > 0 }) => new SplitSpec(SplitKind.Column) { Column = argument },
            (Untested, null) => None,
            ("leaky-windows", null) => new SplitSpec(SplitKind.LeakyWindows),
            ("overfit", not null) => new SplitSpec(SplitKind.Overfit, tracks: Count(text, "N", argument, 2, MostTracks)),
            _ => throw Bad(text, $"is unknown; use one of {Forms}"),
        };
    }

    /// <summary>The name, as <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Kind switch
    {
        SplitKind.Stratified => TestShare == Stratified.TestShare
            ? "stratified" : $"stratified:{TestShare.ToString(CultureInfo.InvariantCulture)}",
        SplitKind.Holdout => $"holdout:{Rounds}",
        SplitKind.KFold => $"kfold:{Rounds}",
        SplitKind.Files => $"files:{string.Join(',', Files)}",
        SplitKind.Groups => $"groups:{Files[0]}",
        SplitKind.GroupsKFold => $"groups-kfold:{Rounds}:{Files[0]}",
        SplitKind.Artists => "artists",
        SplitKind.Column => Column is null ? "column" : $"column:{Column}",
        SplitKind.Overfit => $"overfit:{Tracks}",
        SplitKind.None => Untested,
        _ => "leaky-windows",
    };

    /// <summary>Splits with equal names are equal.</summary>
    public bool Equals(SplitSpec? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    private static double Share(string text, string argument) =>
        double.TryParse(argument, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share)
        && share is > 0 and < 1
            ? share
            : throw Bad(text, $"has the test share '{Excerpt.Of(argument)}'; it must be a number between 0 and 1");

    private static int Count(string text, string what, string argument, int least, int most) =>
        Within(text, what, argument,
            int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : -1, least, most);

    private static int Within(string text, string what, string argument, int count, int least, int most) =>
        count >= least && count <= most
            ? count
            : throw Bad(text, $"has '{Excerpt.Of(argument)}' for {what}; it must be a whole number from {least} to {most}");

    private static SplitSpec GroupParts(string text, string argument)
    {
        var colon = argument.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && colon < argument.Length - 1
            ? GroupsKFold(Count(text, "K", argument[..colon], 2, MostRounds), argument[(colon + 1)..])
            : throw Bad(text, "names no file of groups; it needs groups-kfold:K:FILE");
    }

    private static SplitSpec Lists(string text, string argument)
    {
        var files = argument.Split(',', StringSplitOptions.TrimEntries);
        return files.Length is 2 or 3 && Array.TrueForAll(files, f => f.Length > 0)
            ? new SplitSpec(SplitKind.Files, files: files)
            : throw Bad(text,
                $"names {files.Count(f => f.Length > 0)} lists; it needs files:TRAIN,TEST or files:TRAIN,VALID,TEST");
    }

    private static EngineException Bad(string text, string fault) => new($"Split: '{Excerpt.Of(text)}' {fault}.");
}
