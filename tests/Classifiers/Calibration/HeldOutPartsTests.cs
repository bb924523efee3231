using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Fitting.Calibrating;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers.Calibration;

public sealed class HeldOutPartsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private (FitJob Job, LabelledRows Data) Job(int tracks = 20, int windows = 0, string recipe = "gtzan57-knn")
    {
        var frontEnd = new FrontEnd(RecipeCatalog.Get(recipe).FrontEnd);
        var data = LabelledRows.Load(NoisyTable.Write(_folder["f.csv"], tracks, windows), frontEnd, new());
        int[] all = [.. Enumerable.Range(0, data.Rows.Count)];
        var rounds = new Rounds(RecipeCatalog.Get(recipe), data, data.Labels);
        return (new FitJob
        {
            Recipe = RecipeCatalog.Get(recipe),
            FrontEnd = frontEnd,
            Train = RowSet.Of(data, all),
            TrainLabels = rounds.Targets(all),
            Classes = 4,
            Device = Device.Cpu,
            Seed = 1
        }, data);
    }

    [Fact]
    public void Of_Windows_HoldsOutEveryTrackOnceAndWhole()
    {
        var (job, data) = Job(windows: 3);
        var parts = HeldOutParts.Of(job, columns: 57);
        Assert.Equal(5, parts.Count);
        Assert.Equal(Enumerable.Range(0, data.Rows.Count), parts.SelectMany(p => p).Order());
        var partOf = parts.SelectMany((p, i) => p.Select(r => (data.Rows[r].Track, Part: i))).Distinct()
            .ToLookup(p => p.Track, p => p.Part);
        Assert.All(partOf, track => Assert.Single(track));
        Assert.All(parts, p => Assert.Equal([4, 4, 4, 4], p.Select(r => data.Rows[r].Track).Distinct().CountBy(t => t.Value[..3])
            .Select(g => g.Value)));
    }

    [Fact]
    public void Of_Groups_KeepsEachWhole()
    {
        var (job, data) = Job();
        var groups = data.Rows.ToDictionary(r => r.Track, r => $"artist {int.Parse(r.Track.Value[^5..]) / 4} {r.Label}");
        var parts = HeldOutParts.Of(job with { Groups = groups }, columns: 57);
        var partOf = parts.SelectMany((p, i) => p.Select(r => (Group: groups[data.Rows[r].Track], Part: i))).Distinct()
            .ToLookup(p => p.Group, p => p.Part);
        Assert.Equal(20, partOf.Count);
        Assert.All(partOf, group => Assert.Single(group));
    }

    [Fact]
    public void Of_NeighborsTogether_HoldsOutThirdsByName()
    {
        var (job, data) = Job();
        var parts = HeldOutParts.Of(job with { NeighborsTogether = true }, columns: 57);
        Assert.Equal(3, parts.Count);
        Assert.Equal(Enumerable.Range(0, 80), parts.SelectMany(p => p).Order());
        foreach (var genre in parts.SelectMany(p => p.GroupBy(r => data.Rows[r].Label)))
        {
            var numbers = genre.Select(r => int.Parse(data.Rows[r].Track.Value[^5..])).Order().ToArray();
            Assert.InRange(numbers.Length, 6, 7);
            Assert.Equal(Enumerable.Range(numbers[0], numbers.Length), numbers);
        }
    }

    [Fact]
    public void Of_WideRowsOrANetwork_HoldsOutASinglePart()
    {
        Assert.Equal(20, Assert.Single(HeldOutParts.Of(Job(25).Job, columns: 1 << 20)).Length);
        Assert.Equal(20, Assert.Single(HeldOutParts.Of(Job(25, recipe: "ensemble").Job, columns: 57)).Length);
    }

    [Fact]
    public void Of_FewTracks_IsEmpty()
    {
        Assert.Empty(HeldOutParts.Of(Job(tracks: 4).Job, columns: 57));
        Assert.NotEmpty(HeldOutParts.Of(Job(tracks: 5).Job, columns: 57));
    }

    [Fact]
    public void AreKept_BlocksAndRandomChoices_AreToldApart()
    {
        var samples = Enumerable.Range(0, 400)
            .Select(i => new Sample(new TrackId($"{"ab"[i % 2]}.{i / 2:00000}"), $"{"ab"[i % 2]}")).ToArray();
        var random = new RandomStream(1, "choice");
        Assert.False(NameRuns.AreKept(samples, Of(_ => random.NextDouble() < 0.2)));
        Assert.False(NameRuns.AreKept(samples, Of(_ => random.NextDouble() < 0.6)));
        Assert.True(NameRuns.AreKept(samples, Of(i => i / 2 / 8 % 3 == 0)));
        Assert.False(NameRuns.AreKept(samples, Of(_ => false)));

        Fold Of(Func<int, bool> tested)
        {
            var test = Enumerable.Range(0, samples.Length).Where(tested).ToArray();
            return new([.. Enumerable.Range(0, samples.Length).Except(test)], [], test);
        }
    }
}
