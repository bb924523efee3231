using Engine.Classifiers.Evaluation.Names;

namespace Engine.Tests.Classifiers;

/// <summary>Which rows are of one track: what the data say, what names say, and what they leave open.</summary>
public class TrackNamesTests
{
    private static TrackNames Of(params (string Path, string Label)[] rows) =>
        TrackNames.Of([.. rows.Select(r => new NamedRow(r.Path, r.Label))]);

    private static (string Path, string Label)[] Table(string[] songs, string[] windows) =>
        [.. new[] { "blues", "rock" }.SelectMany(g => songs.SelectMany(s => windows.Select(w => ($"{g} {s}{w}", g))))];

    private static string[] Tracks(TrackNames names) =>
        [.. names.Tracks.Select(t => t.Window is { } window ? $"{t.Track}#{window}" : t.Track.Value)];

    [Fact]
    public void Names_OfFolderAndTable_GiveOneTrack()
    {
        string[] expected = ["blues/a song.wav"];
        foreach (var path in new[] { "blues/a song.wav", "a song.wav", "Data/genres/blues/a song.wav", "/home/me/blues/a " +
            "song.wav", ".\\blues\\a song.wav", " blues//a song.wav" })
        {
            Assert.Equal(expected, Tracks(Of((path, "blues"))));
        }

        Assert.Equal(["blues/artist/a.wav"], Tracks(Of(("lib/blues/artist/a.wav", "blues"))));
        Assert.Equal(["blues.00003"], Tracks(Of(("x/Blues.00003.au", "Blues"))));
        Assert.Equal(["m\u00FAsica/can\u00E7\u00E3o.wav"], Tracks(Of(("mu\u0301sica/canc\u0327a\u0303o.wav", "m\u00FAsica"))));
    }

    [Fact]
    public void Names_SameFileInTwoFoldersOfAGenre_AreToldApart() =>
        Assert.Equal(["cd1/blues/1.wav", "cd2/blues/1.wav", "blues/2.wav"],
            Tracks(Of(("cd1/blues/1.wav", "blues"), ("cd2/blues/1.wav", "blues"), ("cd2/blues/2.wav", "blues"))));

    [Theory]
    [InlineData("song.wav", "Pt. 2.wav")]
    [InlineData("a.b", "c d")]
    [InlineData("No. 5.wav", "caf\u00E9.wav")]
    public void Windows_OfFormDotNumber_AreGrouped(string one, string other)
    {
        string Window(string song, int w) =>
            NumberedNames.WithoutExtension(song) + $".{w}" + song[NumberedNames.WithoutExtension(song).Length..];
        var rows = new[] { "blues",
            "rock" }.SelectMany(g => new[] { one, other }.SelectMany(s => Enumerable.Range(0, 3).Select(w => (Window(s, w), g))))
                .ToArray();
        Array.Reverse(rows);
        var names = Of(rows);
        Assert.Null(names.Doubt);
        Assert.Equal(new[] { $"blues/{one}", $"blues/{other}", $"rock/{one}", $"rock/{other}" }.Order(),
            names.Tracks.Select(t => t.Track.Value).Distinct().Order());
        Assert.All(names.Tracks.GroupBy(t => t.Track), t => Assert.Equal([0, 1, 2], t.Select(w => w.Window!.Value).Order()));
        Assert.Contains("12 names", Assert.Single(names.Notes));
    }

    [Theory]
    [InlineData("_000.wav", "_001.wav", "_002.wav")]
    [InlineData("-1", "-2", "-3")]
    [InlineData(" (1).wav", " (2).wav", " (3).wav")]
    [InlineData(".wav", " (1).wav", " (2).wav")]
    [InlineData("-0 3s.wav", "-3 3s.wav", "-6 3s.wav")]
    [InlineData("_0-3.wav", "_3-6.wav", "_6-9.wav")]
    [InlineData(" 00:00-00:03", " 00:03-00:06", " 00:06-00:09")]
    [InlineData("_0.0-3.0.wav", "_3.0-6.0.wav", "_6.0-9.0.wav")]
    [InlineData(".wav.3", ".wav.4", ".wav.5")]
    [InlineData(".1.wav", ".2.wav", ".3.wav")]
    [InlineData(" part 1.wav", " part 2.wav", " part 3.wav")]
    [InlineData("#1", "#2", "#3")]
    public void Windows_OfOtherForms_AreDoubted(params string[] windows)
    {
        var doubt = Of(Table(["song 1", "song 2", "tune"], windows)).Doubt;
        Assert.Contains("of 18 names differ from another only in a number", doubt);
        Assert.Contains("'blues song 1", doubt);
    }

    [Theory]
    [InlineData("track01.wav", "track02.wav", "track03.wav")]
    [InlineData("blues song 1.wav", "blues song 2.wav", "blues song 3.wav")]
    [InlineData("blues.0.wav", "blues.1.wav", "blues.2.wav")]
    [InlineData("000002.mp3", "000005.mp3", "000010.mp3")]
    [InlineData("01 - Intro.wav", "02 - Song.wav", "03 - Coda.wav")]
    [InlineData("Mambo No.5.wav", "Symphony 9.wav", "99 Balloons.wav")]
    [InlineData("1 of 3.wav", "2 of 3.wav", "3 of 3.wav")]
    public void Songs_NumberedWithinTheirGenre_AreTracks(params string[] songs)
    {
        var names = Of([.. songs.SelectMany(s => new[] { (s, "blues"), (s, "rock") })]);
        Assert.Null(names.Doubt);
        Assert.Empty(names.Notes);
        Assert.Equal(6, names.Tracks.Distinct().Count());
    }

    [Fact]
    public void Songs_OfWhichTwoOfManyAreAlike_AreTracksWithANote()
    {
        var many = Enumerable.Range(0, 60).Select(i => ($"{(char)('a' + i % 26)}{(char)('a' + i / 26)} tune", "rock"));
        var names = Of([.. many, ("sonata 1", "rock"), ("sonata 2", "rock")]);
        Assert.Null(names.Doubt);
        Assert.StartsWith("2 of 62 names differ", Assert.Single(names.Notes));
    }

    [Fact]
    public void Tracks_ThatAreGiven_HoldWhateverTheNames()
    {
        NamedRow[] rows =
        [
            new("b_2.wav", "blues", "song b"), new("a_10.wav", "blues", "blues/song " +
                "a.wav"), new("a_2.wav", "blues", "blues/song a.wav"),
            new("song c.wav", "blues", "song c.wav"), new("d.7.wav", "blues", "d.wav"), new("d.5.wav", "blues", "d.wav"),
            new("x.wav", "blues", "blues.00001"),
        ];
        string[] expected = ["blues/song b", "blues/song a.wav#1", "blues/song a.wav#0", "blues/song " +
            "c.wav", "blues/d.wav#7", "blues/d.wav#5", "blues.00001"];
        Assert.Equal(expected, Tracks(TrackNames.Of(rows)));
        Assert.Equal(expected.Reverse(), Tracks(TrackNames.Of([.. rows.Reverse()])));
        Assert.Null(TrackNames.Of(rows).Doubt);
    }
}
