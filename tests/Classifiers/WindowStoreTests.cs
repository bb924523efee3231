using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public sealed class WindowStoreTests : IDisposable
{
    private static readonly FrontEndSpec s_spec =
        new(PipelineCorpus.Rate,
            new JoinedFeatures([new MelFrames(256, 400, 12), new MfccFeatures(5), new MelPicture(256, 200, 16, 30, 20)]), 0.4,
            0.2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_EveryRow_IsTheWindowOfItsRecording()
    {
        var data = Load(new());
        Assert.Equal(9 * 4, data.Rows.Count);
        Assert.Equal(data.Rows.Count, data.Windows!.Rows);
        var frontEnd = new FrontEnd(s_spec);
        for (var row = 0; row < data.Rows.Count; row++)
        {
            var expected = frontEnd.ExtractFile(_folder["data", data.Rows[row].Path]).Features;
            for (var input = 0; input < 2; input++)
                Assert.Equal(expected.Windows[input].Row(data.Rows[row].Window!.Value).ToArray(), Read(data, row, input));
            Assert.Equal(expected.Rows.Row(data.Rows[row].Window!.Value).ToArray(), data.Values.Row(row).ToArray());
        }
    }

    [Theory]
    [InlineData(0L, true)]
    [InlineData(0L, false)]
    [InlineData(20_000L, true)]
    [InlineData(20_000L, false)]
    [InlineData(1L << 40, false)]
    public void Read_AnyBudgetThreadsAndFileOrder_GivesTheSameBits(long budget, bool cached)
    {
        var expected = All(Load(new()));
        var cache = cached ? new FeatureCache(_folder["cache"]) : null;
        foreach (var threads in (int[])[1, 3])
        {
            Directory.Delete(_folder["data"], true);
            var warnings = new List<string>();
            var data = Load(new WorkOptions
            {
                Cache = cache,
                Threads = threads,
                WindowMemory = budget,
                Warn = warnings.Add
            }, backwards: true);
            Assert.Equal(expected, All(data));
            Assert.Equal(!cached && budget < 1L << 40 ? 1 : 0, warnings.Count);
        }
    }

    [Fact]
    public void Read_ManyThreadsAndNoBudget_GivesTheSameBits()
    {
        var expected = All(Load(new()));
        var data = Load(new WorkOptions { Cache = new FeatureCache(_folder["cache"]), WindowMemory = 0 });
        var wrong = 0;
        Parallel.For(0, 400, i =>
        {
            var (row, input) = (i * 7 % data.Rows.Count, i % 2);
            if (!Read(data, row, input).AsSpan().SequenceEqual(expected[2 * row + input])) Interlocked.Increment(ref wrong);
        });
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Read_EntryGoneOrTorn_IsComputedAgain()
    {
        var expected = All(Load(new()));
        var cache = new FeatureCache(_folder["cache"]);
        var data = Load(new WorkOptions { Cache = cache, WindowMemory = 0 });
        var files = Directory.GetFiles(_folder["cache"], "*", SearchOption.AllDirectories);
        Assert.Equal(9, files.Length);
        foreach (var file in files.Take(5)) File.WriteAllBytes(file, File.ReadAllBytes(file)[..^1]);
        foreach (var file in files.Skip(5)) File.Delete(file);
        Assert.Equal(expected, All(data));
        Assert.Equal(9, cache.List().Count(e => !e.Torn));
    }

    [Fact]
    public void Read_RecordingChangedMeanwhile_IsAnError()
    {
        var data = Load(new WorkOptions { WindowMemory = 0 });
        var path = _folder["data", data.Rows[0].Path];
        PipelineCorpus.WriteWav(path, PipelineCorpus.Clip("hiss", 77));
        var message = PipelineCorpus.ErrorOf(() => Read(data, 0, 0));
        Assert.Contains(path, message);
        Assert.Contains("changed", message);
    }

    [Fact]
    public void Read_WrongLength_IsAnError() =>
        Assert.Contains("[1, 12, 23] has 276 values, but the destination 5",
            Assert.Throws<ArgumentException>(() => Load(new()).Windows!.Read(0, 0, new float[5])).Message);

    [Fact]
    public void Load_Table_SaysWhatToDo()
    {
        var table = PipelineCorpus.WriteTable(_folder["features.csv"]);
        var message = PipelineCorpus.ErrorOf(() => LabelledRows.Load(table, new FrontEnd(s_spec), new()));
        Assert.Contains(table, message);
        Assert.Contains("name the folder of the recordings", message);
    }

    [Fact]
    public void Load_PlainColumns_HasNoStore() =>
        Assert.Null(LabelledRows.Load(PipelineCorpus.WriteAudio(_folder["data"], 2),
            new FrontEnd(new(PipelineCorpus.Rate, new MfccFeatures())), new()).Windows);

    private LabelledRows Load(WorkOptions options, bool backwards = false) =>
        LabelledRows.Load(Directory.Exists(_folder["data"])
            ? _folder["data"] : PipelineCorpus.WriteAudio(_folder["data"], 3, backwards), new FrontEnd(s_spec), options);

    private static float[] Read(LabelledRows data, int row, int input)
    {
        var window = new float[data.Windows!.Sizes[input].Aggregate((a, b) => a * b)];
        data.Windows.Read(row, input, window);
        return window;
    }

    private static float[][] All(LabelledRows data) =>
        [.. Enumerable.Range(0, 2 * data.Rows.Count).Select(i => Read(data, i / 2, i % 2))];
}
