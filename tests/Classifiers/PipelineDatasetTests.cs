using Engine.Pipeline.Data;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public sealed class PipelineDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_NestedLayout_FindsGenresSkipsTheRest()
    {
        Touch("Data/genres_original/rock/rock.00002.wav", "Data/genres_original/rock/rock.00001.au",
            "Data/genres_original/blues/my song.mp3",
            "Data/genres_original/blues/._blues.00000.wav", "Data/genres_original/blues/.hidden.wav",
            "Data/genres_original/blues/notes.txt",
            "Data/images/rock/rock.00001.png", ".trash/blues/blues.00009.wav", "Data/features_30_sec.csv");
        var dataset = Dataset.Open(_folder.Path);
        Assert.Equal(["blues", "rock"], dataset.Labels);
        Assert.Equal(["blues/my song.mp3", "rock.00001", "rock.00002"], dataset.Recordings.Select(r => r.Track.Value));
    }

    [Fact]
    public void Open_AnyCreationOrder_ListsTheSame()
    {
        string[] files = ["b/b.00002.wav", "a/a.00010.wav", "a/B.wav", "a/a.wav", "b/b.00001.wav"];
        Touch([.. files.Select(f => "one/" + f)]);
        Touch([.. files.Reverse().Select(f => "two/" + f)]);
        Assert.Equal(Paths("one"), Paths("two"));
        Assert.Equal(Paths("one").Order(StringComparer.Ordinal), Paths("one"));
    }

    [Fact]
    public void Open_WindowsOfATrack_ShareItsIdentity()
    {
        Touch("blues/blues.00000.0.wav", "blues/blues.00000.1.wav");
        Assert.All(Dataset.Open(_folder.Path).Recordings, r => Assert.Equal("blues.00000", r.Track.Value));
    }

    [Fact]
    public void Open_NumberedFiles_AreWindowsWhereThatIsCertainElseTracksWithANote()
    {
        Touch("cut/blues/a.0.wav", "cut/blues/a.1.wav", "cut/blues/b.0.wav", "cut/rock/c.0.wav", "cut/rock/c.1.wav");
        var cut = Dataset.Open(_folder["cut"]);
        Assert.Equal(["blues/a.wav", "blues/a.wav", "blues/b.wav", "rock/c.wav", "rock/c.wav"],
            cut.Recordings.Select(r => r.Track.Value));
        Assert.Equal([0, 1, 0, 0, 1], cut.Recordings.Select(r => r.Window));
        Assert.Contains("count as windows of 3 tracks", Assert.Single(cut.Notes));

        Touch("albums/blues/a 1.wav", "albums/blues/a 2.wav", "albums/blues/b 1.wav", "albums/rock/c.wav");
        var albums = Dataset.Open(_folder["albums"]);
        Assert.Equal(4, albums.Recordings.Select(r => r.Track).Distinct().Count());
        Assert.StartsWith("2 of 4 names differ from another only in a number, such as 'blues/a 1.wav' and 'blues/a 2.wav': " +
            "each counts as a track of its own", Assert.Single(albums.Notes));
    }

    [Fact]
    public void Open_TrackTwice_NamesBothFiles()
    {
        Touch("x/blues/blues.00000.wav", "y/blues/blues.00000.au");
        var message = PipelineCorpus.ErrorOf(() => Dataset.Open(_folder.Path));
        Assert.Contains("x/blues/blues.00000.wav", message);
        Assert.Contains("y/blues/blues.00000.au", message);
    }

    [Fact]
    public void Open_EmptyFolder_SaysWhatIsExpected() =>
        Assert.Equal($"{_folder.Path}: no recording found; expected one sub-folder of audio files per genre.",
            PipelineCorpus.ErrorOf(() => Dataset.Open(_folder.Path)));

    [Fact]
    public void Open_FileOutsideGenres_IsNamed()
    {
        Touch("stray.wav", "rock/rock.00000.wav");
        Assert.Contains("stray.wav lies outside every genre folder", PipelineCorpus.ErrorOf(() => Dataset.Open(_folder.Path)));
    }

    [Fact]
    public void Open_NoFolder_IsNamed() =>
    Assert.Contains(_folder["nothing"], PipelineCorpus.ErrorOf(() => Dataset.Open(_folder["nothing"])));

    private string[] Paths(string root) => [.. Dataset.Open(_folder[root]).Recordings.Select(r => r.RelativePath)];

    private void Touch(params string[] files)
    {
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[file])!);
            File.WriteAllBytes(_folder[file], []);
        }
    }
}
