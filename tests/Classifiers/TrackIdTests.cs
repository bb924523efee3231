using Engine.Classifiers.Evaluation;

namespace Engine.Tests.Classifiers;

public class TrackIdTests
{
    [Theory]
    [InlineData("blues/blues.00029.wav", "blues.00029", null)]
    [InlineData("Data/genres_original/blues/blues.00029.wav", "blues.00029", null)]
    [InlineData("blues.00029.au", "blues.00029", null)]
    [InlineData("blues.00029", "blues.00029", null)]
    [InlineData("x\\Blues.00029.mp3", "blues.00029", null)]
    [InlineData("hip.hop.00001.flac", "hip.hop.00001", null)]
    [InlineData("blues.00000.0.wav", "blues.00000", 0)]
    [InlineData("blues.00000.12", "blues.00000", 12)]
    public void TryParseName_GtzanName_GivesGenreAndNumber(string path, string expected, int? window)
    {
        Assert.True(TrackId.TryParseName(path, out var id, out var actualWindow));
        Assert.Equal((expected, window), (id.Value, actualWindow));
    }

    [Theory]
    [InlineData("")]
    [InlineData("song.mp3")]
    [InlineData("blues.0029.wav")]
    [InlineData("blues.000290.wav")]
    [InlineData(".00029.wav")]
    [InlineData("00029.wav")]
    [InlineData("blues.00029.wav.bak")]
    [InlineData("blues.00029.1.2")]
    [InlineData("blues.00029.9999999999.wav")]
    [InlineData("blues.00029.")]
    [InlineData("blues.٠٠٠٢٩.wav")]
    [InlineData("blues.00029/song.mp3")]
    public void TryParseName_OtherName_IsNone(string path)
    {
        Assert.False(TrackId.TryParseName(path, out _, out var window));
        Assert.Null(window);
    }

    [Theory]
    [InlineData("blues/blues.00029.wav", "blues", "blues.00029")]
    [InlineData("Blues/blues.00029.wav", "Blues", "blues.00029")]
    [InlineData("rock/take.00001.wav", "rock", "rock/take.00001.wav")]
    [InlineData("jazz/take.00001.wav", "jazz", "jazz/take.00001.wav")]
    [InlineData("./rock\\a song.mp3", "rock", "rock/a song.mp3")]
    public void Of_Recording_IsNamedOnlyAfterItsOwnGenre(string path, string genre, string expected) =>
        Assert.Equal(expected, TrackId.Of(path, genre).Value);

    [Fact]
    public void Comparison_IsOrdinal()
    {
        var (upper, lower) = (new TrackId("B"), new TrackId("a"));
        Assert.True(upper < lower && lower > upper && upper <= lower && lower >= upper);
    }
}
