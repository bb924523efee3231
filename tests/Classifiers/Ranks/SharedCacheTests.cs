using Engine.Classifiers;
using Engine.Pipeline.FrontEnds;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers.Ranks;

public sealed class SharedCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FrontEnd _frontEnd = new(new FrontEndSpec(22050, FeatureSpec.Named["mfcc"], null));
    private readonly string[] _paths;

    public SharedCacheTests()
    {
        PipelineCorpus.WriteAudio(_folder["music"], tracks: 4);
        _paths = [.. Directory.EnumerateFiles(_folder["music"], "*.wav", SearchOption.AllDirectories).Order()];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fill_OnSeveralRanks_AnalysesEachRecordingOnce()
    {
        ThreadRanks.Run(3, ranks =>
        {
            SharedCache.Fill(_frontEnd, _paths, new() { Ranks = ranks, Cache = new(_folder["cache"]) });
        });
        var entries = new FeatureCache(_folder["cache"]).List();
        Assert.Equal(_paths.Length, entries.Count);
        Assert.All(entries, e => Assert.False(e.Torn));
        Assert.Empty(Directory.EnumerateFiles(_folder["cache"]));
    }

    [Fact]
    public void Fill_RecordingThatIsNone_IsLeftToTheReader()
    {
        File.WriteAllText(_paths[1], "no audio");
        ThreadRanks.Run(2, ranks =>
        {
            SharedCache.Fill(_frontEnd, _paths, new() { Ranks = ranks, Cache = new(_folder["cache"]) });
        });
        Assert.Equal(_paths.Length - 1, new FeatureCache(_folder["cache"]).List().Count);
    }

    [Fact]
    public void Fill_ARankWithAnotherCache_IsRefused()
    {
        var error = Assert.Throws<EngineException>(() => ThreadRanks.Run(2, ranks =>
        {
            SharedCache.Fill(_frontEnd, _paths, new() { Ranks = ranks, Cache = new(_folder[$"cache{ranks.Rank}"]) },
                patience: TimeSpan.Zero);
        }));
        Assert.Equal($"rank 1 on {Environment.MachineName} does not see the feature cache of the first rank, " +
            $"{_folder["cache1"]}: let ENGINE_CACHE name a folder that all ranks share, or add --no-cache.", error.Message);
    }

    [Fact]
    public void Fill_ARankWithOtherRecordings_IsRefused()
    {
        var error = Assert.Throws<EngineException>(() => ThreadRanks.Run(2, ranks =>
        {
            SharedCache.Fill(_frontEnd, ranks.IsFirst ? _paths : _paths[1..],
                new() { Ranks = ranks, Cache = new(_folder["cache"]) });
        }));
        Assert.StartsWith($"rank 1 on {Environment.MachineName} has another list of recordings than rank 0 on", error.Message);
    }
}
