using Engine.Classifiers;
using Engine.Classifiers.Evaluation;

namespace Engine.Tests.Classifiers;

public class ArtistSplitTests
{
    private static Sample Song(string track, string genre, string? artist, string? side = null, int window = 0) =>
        new(new(track), genre, window) { Artist = artist, Side = side };

    // Ten artists a genre with two songs each.
    private static Sample[] Songs(Func<string, int, string?> artist) =>
    [
        .. new[] { "jazz", "rock" }.SelectMany(g => Enumerable.Range(0, 20).Select(
            i => Song($"{g}/{i:00}", g, artist(g, i)))),
    ];

    private static (HashSet<string> Train, HashSet<string> Test, Split Split) Sides(string spec, Sample[] songs)
    {
        var split = Splits.Create(SplitSpec.Parse(spec), songs, 1);
        var fold = Assert.Single(split.Folds);
        HashSet<string> Tracks(int[] rows) => [.. rows.Select(r => songs[r].Track.Value)];
        return (Tracks(fold.Train), Tracks(fold.Test), split);
    }

    [Fact]
    public void Create_Artists_KeepsEachOnOneSide()
    {
        var songs = Songs((g, i) => $"{g} band {i / 2}");
        var (train, test, split) = Sides("artists", songs);
        Assert.Equal((32, 8), (train.Count, test.Count));
        Assert.Empty(split.Notes);
        Assert.StartsWith("artists: every artist on one side, about 20", split.Protocol);
        var artists = songs.ToDictionary(s => s.Track.Value, s => s.Artist);
        Assert.Empty(train.Select(t => artists[t]).Intersect(test.Select(t => artists[t])));
    }

    [Fact]
    public void Create_SameNameInOtherForms_IsOneArtist()
    {
        // Case, spaces, Unicode form and the final sigma.
        string[] forms = ["Beyonc\u00e9 \u03a3\u03bf\u03c6\u03cc\u03c2", "  beyonce\u0301  \u03c3\u03bf\u03c6\u03cc\u03c3 "];
        var (train, test, _) = Sides("artists", Songs((g, i) => i < 8 ? forms[i % 2] : $"{g} {i}"));
        string[] together = [.. new[] { "jazz", "rock" }.SelectMany(g => Enumerable.Range(0, 8).Select(i => $"{g}/{i:00}"))];
        Assert.True(train.IsSupersetOf(together) || test.IsSupersetOf(together));
    }

    [Fact]
    public void Create_SharedTracks_KeepTheArtistsTogether()
    {
        // Ann sings with Bob, Bob with Cem: all three on one side.
        string? Artist(string genre, int i) => genre == "rock" || i > 5 ? $"{genre} {i}" : i switch
        {
            0 => "Ann",
            1 => "Ann; Bob",
            2 => "bob;Cem",
            3 => "CEM",
            _ => ";",
        };
        var songs = Songs(Artist);
        foreach (var order in new[] { songs, songs.Reverse().ToArray() })
        {
            var (train, test, split) = Sides("artists", order);
            string[] together = ["jazz/00", "jazz/01", "jazz/02", "jazz/03"];
            Assert.True(train.IsSupersetOf(together) || test.IsSupersetOf(together));
            Assert.Equal(["2 of 40 tracks name no artist, such as jazz/04: each counts as an artist of its own"], split.Notes);
        }

        Assert.Equal(Sides("artists", songs).Test.Order(), Sides("artists", [.. songs.Reverse()]).Test.Order());
    }

    [Fact]
    public void Create_WithoutArtists_EachTrackIsAGroup()
    {
        // One artist is named; all others could be split anywhere, and are not thrown together.
        var (train, test, _) = Sides("artists", Songs((g, i) => g == "jazz" && i < 2 ? "Ann" : i % 2 == 0 ? null : " "));
        Assert.Equal((32, 8), (train.Count, test.Count));
        Assert.Equal(4, test.Count(t => t.StartsWith("jazz", StringComparison.Ordinal)));
    }

    [Fact]
    public void Create_UnknownOrTooFewArtists_SaysWhatToDo()
    {
        static string ErrorOf(string spec, Sample[] songs) =>
            Assert.Throws<EngineException>(() => Splits.Create(SplitSpec.Parse(spec), songs, 1)).Message;
        var message = ErrorOf("artists", Songs((_, _) => null));
        Assert.Contains("engine scan MUSIC --out songs.csv", message);
        Assert.Contains("--group-column", message);
        Assert.Contains("'artists' needs at least 2 artists of every genre; 'jazz' has 1",
            ErrorOf("artists", Songs((g, i) => g == "jazz" ? "Ann" : $"{i}")));
        // Each of three artists plays two of three genres: two of them are on one side, and all of a genre with them.
        Assert.Contains("its 2 tracks share artists with other genres", ErrorOf("artists",
        [
            Song("1", "a", "Ann"), Song("2", "a", "Bob"), Song("3", "b", "Bob"), Song("4", "b", "Cem"), Song("5", "c", "Ann"),
            Song("6", "c", "Cem"),
        ]));
    }

    [Fact]
    public void Create_ThousandsOfArtists_IsQuickAndExact()
    {
        Sample[] songs = [.. Enumerable.Range(0, 40_000).Select(
            i => Song($"{i:00000}", $"genre {i % 20:00}", $"artist {i / 20 * 20 + i % 20 % 7 * 3}"))];
        var (train, test, _) = Sides("artists", songs);
        Assert.Equal(40_000, train.Count + test.Count);
        Assert.Equal(8000, test.Count, 200.0);
    }

    [Fact]
    public void Groups_OfArtists_AreWhatTheSplitKeepsTogether()
    {
        var songs = Songs((g, i) => i == 0 ? null : $"Band {i / 5}");
        var groups = GroupSplit.Groups(SplitSpec.Parse("artists"), songs);
        Assert.Equal(40, groups.Count);
        Assert.Equal(groups[new("jazz/06")], groups[new("rock/09")]);
        Assert.NotEqual(groups[new("jazz/00")], groups[new("rock/00")]);
    }

    [Fact]
    public void Create_Column_TakesTheSidesOfTheData()
    {
        string[] sides = ["training", "Train", "validation", "valid", "test", ""];
        Sample[] songs = [.. Enumerable.Range(0, 12).Select(i => Song($"{i:00}", i % 2 == 0 ? "a" : "b", null, sides[i / 2]))];
        var split = Splits.Create(SplitSpec.Parse("column"), songs, 1);
        var fold = Assert.Single(split.Folds);
        Assert.Equal([0, 1, 2, 3], fold.Train);
        Assert.Equal([4, 5, 6, 7], fold.Valid);
        Assert.Equal([8, 9], fold.Test);
        Assert.Equal(["2 tracks (2 rows), such as 10, are on no side and were left out"], split.Notes);
        Assert.Equal("column: sides given by the data; 4 train, 4 valid, 2 test rows", split.Protocol);
    }

    [Theory]
    [InlineData("train,train,train,train", "none of 4 tracks is on the side 'test'")]
    [InlineData("test,test,test,test", "none of 4 tracks is on the side 'train'")]
    [InlineData("train,test,3,train", "track '2' is on the side '3'; expected train or training, valid or validation, or test")]
    public void Create_ColumnThatCannotBe_SaysWhy(string sides, string expected)
    {
        Sample[] songs = [.. sides.Split(',').Select((side, i) => Song($"{i}", i % 2 == 0 ? "a" : "b", null, side))];
        Assert.Contains(expected,
            Assert.Throws<EngineException>(() => Splits.Create(SplitSpec.Parse("column:set"), songs, 1)).Message);
    }

    [Fact]
    public void Create_ColumnMissingOrAgainstATrack_IsAnError()
    {
        Sample[] songs = [Song("1", "a", null), Song("2", "b", null)];
        Assert.Contains("needs data with a column that says train, valid or test",
            Assert.Throws<EngineException>(() => Splits.Create(SplitSpec.Parse("column"), songs, 1)).Message);
        songs = [Song("1", "a", null, "train"), Song("1", "a", null, "test", 1), Song("2", "b", null, "train")];
        Assert.Contains("track '1' is on the sides 'train' and 'test'; it can be on one only",
            Assert.Throws<EngineException>(() => Splits.Create(SplitSpec.Parse("column"), songs, 1)).Message);
    }
}
