using System.ComponentModel;
using Engine.Tensors;

namespace Engine.Classifiers.Evaluation;

/// <summary>
/// Makes splits. All rows of a track stay on one side (except in <c>leaky-windows</c>), each genre is divided in proportion, and
/// the result depends only on the tracks and the seed, not on the order of the rows.
/// </summary>
public static class Splits
{
    /// <summary>
    /// Splits the rows of <paramref name="samples"/>, drawing from the stream "split" of <paramref name="seed"/>.
    /// </summary>
    /// <exception cref="EngineException">
    /// Fewer than two genres, a genre with too few tracks (groups, windows) for every side, a track with two genres, a repeated
    /// row, or a list that cannot be read, is malformed, or puts a track on two sides.
    /// </exception>
    public static Split Create(SplitSpec spec, IReadOnlyList<Sample> samples, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(samples);
        if (spec.Kind == SplitKind.None)
        {
            throw new EngineException($"Split: '{spec}' tests nothing; name a split. Only a program can train without a test.");
        }

        if (samples.Count == 0) throw new EngineException("Split: there are no rows to split.");
        var tracks = SplitUnits.Tracks(samples);
        var genres = SplitUnits.ByGenre(tracks);
        if (genres.Count < 2)
            throw new EngineException(
                $"Split: all {tracks.Count} tracks are of the genre '{genres[0].Key}'; a classifier needs at least two genres.");
        var random = new RandomStream(seed, "split");
        var notes = new List<string>();
        List<Fold> folds = spec.Kind switch
        {
            SplitKind.Stratified or SplitKind.Holdout => Holdouts(spec, genres, random),
            SplitKind.KFold => KFold(spec, genres, random),
            SplitKind.LeakyWindows => LeakyWindows(spec, tracks, samples, random),
            SplitKind.Files => [FileSplit.Create(spec, tracks, notes)],
            SplitKind.GroupsKFold => GroupFolds.Create(spec, tracks, random, notes),
            SplitKind.Artists => [ArtistSplit.Create(spec, tracks, samples, random, notes)],
            SplitKind.Column => [ColumnSplit.Create(spec, tracks, samples, notes)],
            SplitKind.Overfit => [Overfit(spec, tracks.Count, genres, random)],
            _ => [GroupSplit.Create(spec, tracks, random, notes)],
        };
        foreach (var note in OneSided(folds, samples)) notes.Add(note);
        return new Split(spec, seed, folds, Protocol(spec, seed, folds), notes);
    }

    private static List<Fold> Holdouts(SplitSpec spec, List<KeyValuePair<string, List<Unit>>> genres, RandomStream random)
    {
        RequireUnits(spec, genres, 2, "tracks");
        return [.. Enumerable.Range(0, spec.Rounds).Select(_ => SplitUnits.Draw(genres, spec.TestShare, random))];
    }

    // Each genre's shuffled tracks are dealt to the parts in turn; the next genre continues where the last one stopped, so that
    // the parts' sizes also differ by at most one.
    private static List<Fold> KFold(SplitSpec spec, List<KeyValuePair<string, List<Unit>>> genres, RandomStream random)
    {
        RequireUnits(spec, genres, spec.Rounds, "tracks");
        var parts = Enumerable.Range(0, spec.Rounds).Select(_ => new List<Unit>()).ToArray();
        var next = 0;
        foreach (var (_, tracks) in genres)
        {
            foreach (var track in SplitUnits.Shuffled(tracks, random)) parts[next++ % parts.Length].Add(track);
        }

        return [.. parts.Select(test => SplitUnits.ToFold(parts.Where(p => p != test).SelectMany(p => p), [], test))];
    }

    /// <summary>
    /// Folds of training rows, to choose settings by, which keep apart what the split <paramref name="outer"/> keeps apart:
    /// groups or artists; the tracks otherwise.
    /// </summary>
    /// <exception cref="EngineException">A genre has too few tracks or groups.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static Split Inner(SplitSpec outer, int folds, IReadOnlyList<Sample> samples, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(outer);
        ArgumentNullException.ThrowIfNull(samples);
        if (outer.Kind is SplitKind.Groups or SplitKind.GroupsKFold)
            return Create(SplitSpec.GroupsKFold(folds, outer.Files[0]), samples, seed);
        if (outer.Kind != SplitKind.Artists) return Create(SplitSpec.KFold(folds), samples, seed);
        var tracks = SplitUnits.Tracks(samples);
        var parts = GroupFolds.Create($"'artists' in {folds} folds", folds, tracks, ArtistSplit.Groups(tracks, samples, []),
            "artists", new RandomStream(seed, "split"));
        return new Split(outer, seed, parts, $"{folds} folds, every artist in one, seed {seed}", []);
    }

    private static List<Fold> LeakyWindows(SplitSpec spec, List<Unit> tracks, IReadOnlyList<Sample> samples, RandomStream random)
    {
        var windows = tracks.SelectMany(t => t.Rows.Select(r => new Unit(t.Track, t.Genre, samples[r].Window, [r])));
        var genres = SplitUnits.ByGenre(windows);
        RequireUnits(spec, genres, 2, "windows");
        return [SplitUnits.Draw(genres, spec.TestShare, random)];
    }

    /// <summary>
    /// Moves a share of a fold's training tracks to the validation rows, each genre in proportion and every window of a track on
    /// one side; a genre with a single track is not validated. Draws from the stream "validation" of <paramref name="seed"/>.
    /// </summary>
    /// <exception cref="EngineException">No genre has two tracks, or a track has two genres.</exception>
    public static Fold HoldOutValidation(Fold fold, IReadOnlyList<Sample> samples, double share, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(fold);
        ArgumentNullException.ThrowIfNull(samples);
        var tracks = SplitUnits.Tracks([.. fold.Train.Select(r => samples[r])])
            .Select(t => t with { Rows = [.. t.Rows.Select(i => fold.Train[i])] }).ToList();
        var genres = SplitUnits.ByGenre(tracks);
        var shared = genres.Where(g => g.Value.Count > 1).ToArray();
        if (shared.Length == 0)
            throw new EngineException($"Split: no genre has two of the {tracks.Count} training tracks, so none can be held out " +
                "for validation.");
        var drawn = SplitUnits.Draw(shared, share, new RandomStream(seed, "validation"));
        var alone = genres.Where(g => g.Value.Count == 1).SelectMany(g => g.Value[0].Rows);
        return new Fold([.. drawn.Train.Concat(alone).Order()], drawn.Test, fold.Test);
    }

    // The same tracks on both sides, spread over the genres as evenly as possible.
    private static Fold Overfit(SplitSpec spec, int tracks, List<KeyValuePair<string, List<Unit>>> genres, RandomStream random)
    {
        if (tracks < spec.Tracks)
            throw new EngineException($"Split: '{spec}' asks for {spec.Tracks} tracks; there are {tracks}.");
        var shuffled = genres.Select(g => SplitUnits.Shuffled(g.Value, random)).ToArray();
        var dealt = Enumerable.Range(0, shuffled.Max(g => g.Length))
            .SelectMany(i => shuffled.Where(g => i < g.Length).Select(g => g[i])).Take(spec.Tracks).ToArray();
        return SplitUnits.ToFold(dealt, [], dealt);
    }

    private static void RequireUnits(SplitSpec spec, List<KeyValuePair<string, List<Unit>>> genres, int least, string what)
    {
        foreach (var (genre, units) in genres)
        {
            if (units.Count < least)
            {
                throw new EngineException(
                    $"Split: '{spec}' needs at least {least} {what} of every genre; '{genre}' has {units.Count}.");
            }
        }
    }

    // Only lists and columns can leave a genre out of training or testing.
    private static IEnumerable<string> OneSided(List<Fold> folds, IReadOnlyList<Sample> samples)
    {
        var train = folds[0].TrainAndValid.Select(r => samples[r].Genre).ToHashSet();
        var test = folds[0].Test.Select(r => samples[r].Genre).ToHashSet();
        if (folds.Count > 1) yield break;
        foreach (var genre in test.Except(train).Order(StringComparer.Ordinal))
            yield return $"genre '{genre}' is tested but never trained on";
        foreach (var genre in train.Except(test).Order(StringComparer.Ordinal))
            yield return $"genre '{genre}' is trained on but not tested";
    }

    private static string Protocol(SplitSpec spec, ulong seed, List<Fold> folds)
    {
        var fold = folds[0];
        var rows = fold.Valid.Length == 0
            ? $"{fold.Train.Length} train, {fold.Test.Length} test rows"
            : $"{fold.Train.Length} train, {fold.Valid.Length} valid, {fold.Test.Length} test rows";
        return spec.Kind switch
        {
            SplitKind.Stratified => $"{spec}: stratified by track, {spec.TestShare:0.##%} tested, seed {seed}; {rows}",
            SplitKind.Holdout => $"{spec}: {spec.Rounds} stratified holdouts by track, {spec.TestShare:0.##%} tested, seed "
                + $"{seed}; {rows} each",
            SplitKind.KFold => $"{spec}: {spec.Rounds} stratified folds by track, each tested once, seed {seed}; {rows} in "
                + "the first",
            SplitKind.Files => $"{spec}: listed tracks; {rows}",
            SplitKind.Column => $"{spec}: sides given by the data; {rows}",
            SplitKind.Artists => $"{spec}: every artist on one side, about {spec.TestShare:0.##%} tested, seed {seed}; {rows}",
            SplitKind.Groups => $"{spec}: every group on one side, about {spec.TestShare:0.##%} tested, seed {seed}; {rows}",
            SplitKind.GroupsKFold => $"{spec}: {spec.Rounds} folds, every group in one, each tested once, seed {seed}; {rows} in "
                + "the first",
            SplitKind.Overfit => $"{spec}: LEAKY, tested on the {spec.Tracks} tracks it was trained on, seed {seed}; "
                + $"{fold.Train.Length} rows",
            _ => $"{spec}: LEAKY, windows of one track on both sides, {spec.TestShare:0.##%} tested, seed {seed}; {rows}",
        };
    }
}
