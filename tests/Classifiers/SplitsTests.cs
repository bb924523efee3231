using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Classifiers;

public class SplitsTests
{
    private static readonly string[] s_byTrack = ["stratified", "stratified:0.37", "holdout:3", "kfold:2", "kfold:3"];

    // Genres of 3 to 30 tracks, tracks of 1 to 4 windows, rows in any order.
    private static readonly Arbitrary<(Sample[] Samples, ulong Seed)> s_datasets = (
        from sizes in Gen.Choose(3, 30).ListOf(4)
        from genres in Gen.Choose(2, 4)
        from windows in Gen.Choose(1, 4)
        from seed in ArbMap.Default.GeneratorFor<ulong>()
        from samples in Gen.Shuffle(Rows(sizes.Take(genres), windows).ToArray())
        select (samples, seed)).ToArbitrary();

    private static IEnumerable<Sample> Rows(IEnumerable<int> tracksOfGenre, int windows = 1) =>
        from g in tracksOfGenre.Select((tracks, i) => (Name: $"genre{i}", Tracks: tracks))
        from t in Enumerable.Range(0, g.Tracks)
        from w in Enumerable.Range(0, 1 + (windows - 1) * (1 + t % 2) / 2)
        select new Sample(new TrackId($"{g.Name}.{t:D5}"), g.Name, w);

    private static Split Create(string spec, IEnumerable<Sample> samples, ulong seed = 1) =>
        Splits.Create(SplitSpec.Parse(spec), [.. samples], seed);

    private static string Message(string spec, params IEnumerable<Sample> samples) =>
        Assert.Throws<EngineException>(() => Create(spec, samples)).Message;

    [Fact]
    public void Create_RandomData_PutsEveryRowOnOneSideAndNoTrackOnTwo()
    {
        Prop.ForAll(s_datasets, data => s_byTrack.All(spec => Create(spec, data.Samples, data.Seed).Folds.All(fold =>
        {
            var all = fold.Train.Concat(fold.Valid).Concat(fold.Test).Order();
            var trained = fold.Train.Select(r => data.Samples[r].Track);
            var tested = fold.Test.Select(r => data.Samples[r].Track);
            return all.SequenceEqual(Enumerable.Range(0, data.Samples.Length)) && !trained.Intersect(tested).Any();
        }))).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Create_RandomData_TestsEachGenresShareWithinOneTrack()
    {
        Prop.ForAll(s_datasets,
            data => s_byTrack.All(spec => Create(spec, data.Samples, data.Seed) is var split && split.Folds.All(fold =>
        {
            var share = split.Spec.Kind == SplitKind.KFold ? 1.0 / split.Spec.Rounds : split.Spec.TestShare;
            return data.Samples.GroupBy(s => s.Genre).All(genre =>
            {
                var tracks = genre.Select(s => s.Track).Distinct().Count();
                var tested = fold.Test.Where(r => data.Samples[r].Genre == genre.Key).Select(r => data.Samples[r].Track)
                    .Distinct().Count();
                return Math.Abs(tested - share * tracks) < 1 + 1e-9 && tested > 0 && tested < tracks;
            });
        }))).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Create_Overfit_TrainsAndTestsTheSameTracksEvenlyOverGenres()
    {
        var samples = Rows([5, 7, 3], windows: 2).ToArray();
        var fold = Create("overfit:7", samples).Folds[0];
        Assert.Equal(fold.Train, fold.Test);
        var tracks = fold.Train.Select(r => samples[r]).DistinctBy(s => s.Track).ToArray();
        Assert.Equal([2, 2, 3], tracks.GroupBy(t => t.Genre).Select(g => g.Count()).Order());
        Assert.Equal(samples.Count(s => tracks.Any(t => t.Track == s.Track)), fold.Train.Length);
        Assert.Contains("LEAKY", Create("overfit:7", samples).Protocol);
        Assert.Contains("there are 15", Message("overfit:16", samples));
    }

    [Fact]
    public void HoldOutValidation_RandomData_TakesTracksOfTheTrainingSideAlone()
    {
        Prop.ForAll(s_datasets, data =>
        {
            var fold = Create("stratified", data.Samples, data.Seed).Folds[0];
            var held = Splits.HoldOutValidation(fold, data.Samples, 0.25, data.Seed);
            var (train, valid) = (held.Train.Select(r => data.Samples[r].Track).ToHashSet(),
                held.Valid.Select(r => data.Samples[r].Track).ToHashSet());
            return held.Train.Concat(held.Valid).Order().SequenceEqual(fold.Train.Order()) && held.Test.SequenceEqual(fold.Test)
                && !train.Overlaps(valid) && valid.Count > 0 && train.Count >= valid.Count;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void HoldOutValidation_OneTrackOfEachGenre_IsRefused()
    {
        var fold = new Fold([0, 1], [], []);
        var message = Assert.Throws<EngineException>(() => Splits.HoldOutValidation(fold, [.. Rows([1, 1])], 0.5, 1)).Message;
        Assert.Contains("2 training tracks", message);
    }

    [Fact]
    public void Create_PermutedRows_SameSplitInTheSameOrder()
    {
        Prop.ForAll(s_datasets, data => s_byTrack.Append("leaky-windows").All(spec =>
        {
            var sorted = data.Samples.OrderBy(s => s.Track).ThenByDescending(s => s.Window).ToArray();
            return Sides(Create(spec, data.Samples, data.Seed), data.Samples)
                .SequenceEqual(Sides(Create(spec, sorted, data.Seed), sorted));
        })).QuickCheckThrowOnFailure();
    }

    private static IEnumerable<string> Sides(Split split, Sample[] samples) =>
        split.Folds.Select(f =>
            string.Join(' ', f.Train.Append(-1).Concat(f.Test)
                .Select(r => r < 0 ? "|" : $"{samples[r].Track}#{samples[r].Window}")));

    [Fact]
    public void KFold_RandomData_TestsEveryRowOnceInPartsOfLikeSize()
    {
        Prop.ForAll(s_datasets, data =>
        {
            var split = Create("kfold:3", data.Samples, data.Seed);
            var sizes = split.Folds.Select(f => f.Test.Select(r => data.Samples[r].Track).Distinct().Count()).ToArray();
            return split.Folds.SelectMany(f => f.Test).Order().SequenceEqual(Enumerable.Range(0, data.Samples.Length))
                && sizes.Max() - sizes.Min() <= 1;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Create_OtherSeed_OtherSplit()
    {
        var samples = Rows([50, 50]).ToArray();
        Assert.NotEqual(Create("stratified", samples, 1).Folds[0].Test, Create("stratified", samples, 2).Folds[0].Test);
        var holdouts = Create("holdout:2", samples).Folds;
        Assert.NotEqual(holdouts[0].Test, holdouts[1].Test);
        Assert.Equal(holdouts[0].Test, Create("stratified", samples).Folds[0].Test);
    }

    [Fact]
    public void Stratified_UnevenGenres_HasTheRightTotal()
    {
        // Fifths of 13, 14 and 16 are 2.6, 2.8 and 3.2: nine in all.
        var split = Create("stratified", Rows([13, 14, 16]));
        Assert.Equal((34, 9), (split.Folds[0].Train.Length, split.Folds[0].Test.Length));
        Assert.Equal("stratified: stratified by track, 20% tested, seed 1; 34 train, 9 test rows", split.Protocol);
        Assert.False(split.Leaky);
        Assert.Empty(split.Notes);
    }

    [Fact]
    public void LeakyWindows_Tracks_AreOnBothSidesAndItSaysSo()
    {
        var samples = Rows([20, 20], windows: 8).ToArray();
        var split = Create("leaky-windows", samples);
        Assert.True(split.Leaky);
        Assert.Contains("LEAKY", split.Protocol);
        Assert.NotEmpty(split.Folds[0].Train.Select(r => samples[r].Track)
            .Intersect(split.Folds[0].Test.Select(r => samples[r].Track)));
        Assert.Equal(samples.Length, split.Folds[0].Train.Union(split.Folds[0].Test).Count());
    }

    [Fact]
    public void Create_TooFewTracks_NamesGenreAndCount()
    {
        Assert.Equal("Split: 'stratified' needs at least 2 tracks of every genre; 'genre1' has 1.",
            Message("stratified", Rows([5, 1])));
        Assert.Equal("Split: 'holdout:3' needs at least 2 tracks of every genre; 'genre0' has 1.",
            Message("holdout:3", Rows([1, 5], windows: 4)));
        Assert.Equal("Split: 'kfold:5' needs at least 5 tracks of every genre; 'genre1' has 4.",
            Message("kfold:5", Rows([5, 4])));
        Assert.Equal("Split: 'leaky-windows' needs at least 2 windows of every genre; 'genre1' has 1.",
            Message("leaky-windows", Rows([5, 1])));
        Assert.Equal("Split: all 5 tracks are of the genre 'genre0'; a classifier needs at least two genres.",
            Message("stratified", Rows([5])));
        Assert.Equal("Split: there are no rows to split.", Message("stratified"));
    }

    [Fact]
    public void Create_InconsistentRows_NamesTheTrack()
    {
        var track = new TrackId("blues.00000");
        Assert.Contains("track 'blues.00000' is labelled 'blues' and 'jazz'",
            Message("stratified", new Sample(track, "blues"), new Sample(track, "jazz", 1)));
        Assert.Contains("track 'blues.00000', window 3 appears twice",
            Message("stratified", new Sample(track, "blues", 3), new Sample(track, "blues", 3)));
    }
}
