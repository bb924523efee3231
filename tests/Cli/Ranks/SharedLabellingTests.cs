using Engine.Classifiers;
using Engine.Pipeline;
using Engine.Pipeline.FrontEnds;
using Engine.Tests.Support;

namespace Engine.Tests.Cli.Ranks;

/// <summary>Songs labelled by several ranks, which are threads, beside those that one process labels.</summary>
public sealed class SharedLabellingTests : IClassFixture<CorpusFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _songs;
    private readonly CorpusFixture _corpus;

    public SharedLabellingTests(CorpusFixture corpus)
    {
        _corpus = corpus;
        string[] all = [.. Directory.GetFiles(corpus.Corpus, "*.wav", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        _songs = [.. all[..20], _folder.Write("broken.wav", "RIFF"u8.ToArray()), .. all[20..30]];
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void Label_OnRanks_GivesTheSameSongsToTheFirst(int size, bool isAlong)
    {
        using var model = GenreModel.Load(_corpus.Run);
        var timeline = isAlong ? new TimelineOptions(0.25, 0.5) : null;
        var alone = new List<byte[]>();
        var options = new WorkOptions { OnError = OnError.Skip, Threads = 2 };
        model.Label(_songs, options, song => alone.Add(Bytes(song)), timeline);
        var (progress, places) = (new List<PipelineProgress>(), new List<byte[]>[size]);
        ThreadRanks.Run(size, ranks =>
        {
            places[ranks.Rank] = [];
            model.Label(_songs, options with { Ranks = ranks, Progress = new Reports(progress) },
                song => places[ranks.Rank].Add(Bytes(song)), timeline);
        });
        Assert.Equal(_songs.Length, alone.Count);
        Assert.Equal(alone, places[0]);
        Assert.All(places[1..], Assert.Empty);
        Assert.Equal(Enumerable.Range(1, _songs.Length), progress.Select(p => p.Done));
        Assert.All(progress, p => Assert.Equal(_songs.Length, p.Total));
    }

    [Fact]
    public void Label_UnusableRecordingWhosePolicyIsToFail_EndsAfterThoseBefore()
    {
        using var model = GenreModel.Load(_corpus.Run);
        var taken = 0;
        var error = Assert.Throws<EngineException>(() => ThreadRanks.Run(2, ranks =>
            model.Label(_songs, new WorkOptions { Threads = 1, Ranks = ranks }, _ => taken++)));
        Assert.Contains("broken.wav", error.Message);
        Assert.Equal(20, taken);
    }

    private static byte[] Bytes(LabelledSong song) => LabelledSongBytes.Of(writer => LabelledSongBytes.Write(writer, song));

    [Fact]
    public void Read_BytesOfASong_AreTheSong()
    {
        using var model = GenreModel.Load(_corpus.Run);
        foreach (var timeline in new[] { null, new TimelineOptions(0.25, 0.5) })
        {
            model.Label(_songs, new WorkOptions { OnError = OnError.Skip }, song =>
            {
                using var reader = new BinaryReader(new MemoryStream(Bytes(song)));
                var read = LabelledSongBytes.Read(reader);
                Assert.Equal(Bytes(song), Bytes(read));
                Assert.Equal((song.Path, song.Error, song.IsTrainedOn, song.Bandwidth, song.LacksBand),
                    (read.Path, read.Error, read.IsTrainedOn, read.Bandwidth, read.LacksBand));
                Assert.Equal(song.Prediction?.Ranked, read.Prediction?.Ranked);
                Assert.Equal(song.Timeline?.Segments, read.Timeline?.Segments);
                Assert.Equal(song.Timeline?.Windows.SelectMany(w => w.Probabilities),
                    read.Timeline?.Windows.SelectMany(w => w.Probabilities));
            }, timeline);
        }
    }

    private sealed class Reports(List<PipelineProgress> list) : IProgress<PipelineProgress>
    {
        public void Report(PipelineProgress value) => list.Add(value);
    }
}
