using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public sealed class GroupFoldsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Each genre's tracks, of artists with so many tracks each, in one row or several windows.
    private Sample[] Rows(int[][] artists, int windows = 1)
    {
        List<string> lines = [];
        List<Sample> samples = [];
        for (var g = 0; g < artists.Length; g++)
        {
            var track = 0;
            for (var a = 0; a < artists[g].Length; a++)
            {
                for (var t = 0; t < artists[g][a]; t++, track++)
                {
                    var name = $"genre{g}.{track:00000}";
                    lines.Add($"{name}\tartist{g}.{a}");
                    samples.AddRange(Enumerable.Range(0, windows).Select(w => new Sample(new(name), $"genre{g}", w)));
                }
            }
        }

        File.WriteAllLines(_folder["groups.tsv"], lines);
        return [.. samples];
    }

    private Split Create(Sample[] samples, int parts = 5, ulong seed = 1) =>
        Splits.Create(SplitSpec.GroupsKFold(parts, _folder["groups.tsv"]), samples, seed);

    [Fact]
    public void Create_ManyArtists_TestsEveryTrackOnceAndKeepsArtistsWhole()
    {
        int[] sizes = [.. Enumerable.Repeat(1, 20), .. Enumerable.Repeat(3, 6), 7, 9];
        var samples = Rows([sizes, sizes, [.. Enumerable.Repeat(2, 20)]], windows: 2);
        var artist = File.ReadLines(_folder["groups.tsv"]).Select(l => l.Split('\t')).ToDictionary(f => f[0], f => f[1]);
        var split = Create(samples);
        Assert.Equal(Enumerable.Range(0, samples.Length), split.Folds.SelectMany(f => f.Test).Order());
        foreach (var fold in split.Folds)
        {
            Assert.Equal(Enumerable.Range(0, samples.Length), fold.Train.Concat(fold.Test).Order());
            Assert.Empty(fold.Train.Select(Artist).Intersect(fold.Test.Select(Artist)));

            // 54, 54 and 40 tracks in five parts; small artists even out the large ones.
            foreach (var (genre, tracks) in new[] { ("genre0", 54), ("genre1", 54), ("genre2", 40) })
                Assert.InRange(fold.Test.Count(r => samples[r].Genre == genre) / 2, tracks / 5 - 1, tracks / 5 + 2);
        }

        Assert.Empty(split.Notes);
        Assert.StartsWith($"groups-kfold:5:{_folder["groups.tsv"]}: 5 folds, every group in one, each tested once, seed 1; ",
            split.Protocol);

        string Artist(int row) => artist[samples[row].Track.Value];
    }

    [Fact]
    public void Create_OrderOfRows_DoesNotMatterAndTheSeedDoes()
    {
        var samples = Rows([[.. Enumerable.Repeat(2, 12)], [.. Enumerable.Repeat(1, 20)]]);
        var shuffled = samples.Reverse().ToArray();
        Assert.Equal(Tested(samples, 1), Tested(shuffled, 1));
        Assert.NotEqual(Tested(samples, 1), Tested(samples, 2));

        string[] Tested(Sample[] rows, ulong seed) =>
            [.. Create(rows, seed: seed).Folds.Select(f => string.Join(' ', f.Test.Select(r => rows[r].Track)))];
    }

    // One artist has most of a genre: no part can be even, but every part is tested and no genre is missing in training.
    [Fact]
    public void Create_LargeArtist_LeavesNoPartEmpty()
    {
        var samples = Rows([[30, 1, 1], [10, 10, 10, 10]]);
        var split = Create(samples, 3);
        Assert.All(split.Folds, f => Assert.NotEmpty(f.Test));
        Assert.All(split.Folds, f => Assert.Equal(2, f.Train.Select(r => samples[r].Genre).Distinct().Count()));
    }

    [Fact]
    public void Create_TracksWithoutGroup_AreLeftOutAndNoted()
    {
        var samples = Rows([[1, 1, 1], [1, 1, 1]]);
        samples = [.. samples, new(new("genre0.00099"), "genre0")];
        var split = Create(samples, 3);
        Assert.Equal([$"1 tracks (1 rows) have no group in '{_folder["groups.tsv"]}' and were left out"], split.Notes);
        Assert.Equal(6, split.Folds.Sum(f => f.Test.Length));
    }

    [Fact]
    public void Create_TooFewGroups_SaysHowMany()
    {
        var name = $"'groups-kfold:5:{_folder["groups.tsv"]}'";
        Assert.Equal($"Split: {name} needs at least 2 groups of every genre; 'genre1' has 1.", Message([[1, 1, 1], [9]]));
        Assert.Equal($"Split: {name} needs at least 5 groups; there are 4.", Message([[1, 1], [3, 3]]));
        string Message(int[][] artists)
        {
            var samples = Rows(artists);
            return Assert.Throws<EngineException>(() => Create(samples)).Message;
        }
    }

    // Both artists of a genre also made everything else of another, so one part gets both genres whole.
    [Fact]
    public void Create_GenreOfOneGroup_IsRefused()
    {
        File.WriteAllLines(_folder["groups.tsv"], ["a.00000\tx", "a.00001\tx", "b.00000\tx", "b.00001\ty"]);
        Sample[] samples = [.. new[] { "a.00000", "a.00001", "b.00000", "b.00001" }.Select(n => new Sample(new(n), n[..1]))];
        Assert.Contains("needs at least 2 groups of every genre; 'a' has 1",
            Assert.Throws<EngineException>(() => Create(samples, 2)).Message);
    }

    [Theory]
    [InlineData("groups-kfold:5", "names no file of groups")]
    [InlineData("groups-kfold:5:", "names no file of groups")]
    [InlineData("groups-kfold:1:a.tsv", "'1' for K; it must be a whole number from 2 to 1000")]
    [InlineData("groups-kfold:x:a.tsv", "'x' for K")]
    public void Parse_BadText_SaysWhatIsExpected(string text, string part) =>
        Assert.Contains(part, Assert.Throws<EngineException>(() => SplitSpec.Parse(text)).Message);

    [Fact]
    public void Inner_OfASplitByGroup_KeepsGroupsApart()
    {
        var samples = Rows([[3, 3, 3, 1, 1], [2, 2, 2, 2]]);
        samples = [.. samples.Select((s, i) => s with { Artist = $"a{i / 3}" })];
        var spec = SplitSpec.Parse("groups:" + _folder["groups.tsv"]);
        var inner = Splits.Inner(spec, 3, samples, 1);
        Assert.Equal((SplitKind.GroupsKFold, 3), (inner.Spec.Kind, inner.Folds.Count));
        var groups = GroupSplit.Groups(spec, samples);
        Assert.All(inner.Folds, f => Assert.Empty(
            f.Train.Select(r => groups[samples[r].Track]).Intersect(f.Test.Select(r => groups[samples[r].Track]))));
        var byArtist = Splits.Inner(SplitSpec.Parse("artists"), 3, samples, 1);
        Assert.All(byArtist.Folds, f => Assert.Empty(
            f.Train.Select(r => samples[r].Artist).Intersect(f.Test.Select(r => samples[r].Artist))));
        Assert.Equal(samples.Length, byArtist.Folds.Sum(f => f.Test.Length));
        Assert.Equal(SplitKind.KFold, Splits.Inner(SplitSpec.Stratified, 3, samples, 1).Spec.Kind);
    }
}
