using Engine.Pipeline.Data;

namespace Engine.Tests.Classifiers;

public class GenreFoldersTests
{
    private static string[] Labels(GenresAt genresAt, params string[] paths)
    {
        string[][] parts = [.. paths.Select(p => p.Split('/'))];
        return [.. parts.Zip(GenreFolders.Find("lib", parts, genresAt), (p, place) => p[place])];
    }

    [Theory]
    [InlineData("blues rock", "blues/a.wav", "rock/b.wav")]
    [InlineData("blues rock", "Data/genres_original/blues/a.wav", "Data/genres_original/rock/b.wav")]
    [InlineData("blues", "Data/blues/a.wav")]
    [InlineData("blues rock blues", "x/blues/blues.00001.wav", "x/rock/rock.00001.wav", "y/deep/blues/blues.00002.au")]
    [InlineData("blues rock", "blues/artist/blues.00001.wav", "rock/artist/rock.00001.wav")]
    [InlineData("blues rock blues", "train/blues/a.wav", "train/rock/b.wav", "test/blues/c.wav")]
    [InlineData("blues blues rock", "fold 1/blues/a.wav", "fold 2/blues/b.wav", "fold 2/rock/c.wav")]
    [InlineData("blues rock rock", "blues/CD1/a.wav", "rock/disc 2/b.wav", "rock/c.wav")]
    public void Auto_OneReading_IsTaken(string expected, params string[] paths) =>
    Assert.Equal(expected.Split(' '), Labels(GenresAt.Auto, paths));

    [Fact]
    public void Auto_TwoReadings_AsksNamingBoth()
    {
        string[] paths = [.. new[] { "blues", "rock" }.SelectMany(g => Enumerable.Range(1, 3).Select(a => $"{g}/{g} artist " +
            $"{a}/01.wav"))];
        var message = PipelineCorpus.ErrorOf(() => Labels(GenresAt.Auto, paths));
        Assert.Equal(
            "lib: the genres may be the upper folders (blues, rock) or those that hold the recordings (blues artist 1, blues " +
                "artist 2, blues artist 3, rock artist 1, … 6 in all), " +
            "as blues/blues artist 1/01.wav can be read both ways. Say which: --genres-at top or --genres-at parent.",
            message);
        Assert.Equal(["blues", "blues", "blues", "rock", "rock", "rock"], Labels(GenresAt.Top, paths));
        Assert.Equal("rock artist 3", Labels(GenresAt.Parent, paths)[^1]);
    }

    [Fact]
    public void Auto_SeveralDepths_Asks() =>
        Assert.Contains("as blues/artist/b.wav can be read both " +
            "ways", PipelineCorpus.ErrorOf(() => Labels(GenresAt.Auto, "blues/a.wav", "blues/artist/b.wav", "rock/c.wav")));
}
