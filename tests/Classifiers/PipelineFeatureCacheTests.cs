using System.Collections.Concurrent;
using Engine.Classifiers;
using Engine.Pipeline.FrontEnds;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public sealed class PipelineFeatureCacheTests : IDisposable
{
    private const string FrontEndJson = """{"sample_rate":22050}""";

    private readonly TemporaryFolder _folder = new();
    private readonly FeatureCache _cache;
    private readonly string _key = FeatureCache.Key([1, 2, 3], FrontEndJson, 1);

    public PipelineFeatureCacheTests() => _cache = new(_folder["cache"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Put_ThenGet_GivesTheSameBits()
    {
        var rows = Rows(3);
        _cache.Put(_key, FrontEndJson, rows);
        var read = _cache.TryGet(_key, FrontEndJson)!;
        Assert.Equal(rows.Length, read.Length);
        Assert.Equal(rows.Rows.Data, read.Rows.Data);
        Assert.Equal(rows.Rows.Rows, read.Rows.Rows);
        Assert.Null(_cache.TryGet(FeatureCache.Key([1, 2, 3], FrontEndJson, 2), FrontEndJson));
        Assert.Null(_cache.TryGet(_key, "{}"));
    }

    [Fact]
    public void Key_AnyPartDiffers_Differs()
    {
        string[] keys = [_key, FeatureCache.Key([1, 2, 4], FrontEndJson, 1), FeatureCache.Key([1, 2, 3], "{}", 1),
            FeatureCache.Key([1, 2, 3], FrontEndJson, 2)];
        Assert.Equal(4, keys.Distinct().Count());
    }

    [Fact]
    public void Get_EveryTruncationAndFlippedByte_IsNotTrusted()
    {
        _cache.Put(_key, FrontEndJson, Rows(1));
        var file = Directory.GetFiles(_folder["cache"], "*", SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(file);
        for (var i = 0; i < bytes.Length; i++)
        {
            File.WriteAllBytes(file, bytes[..i]);
            Assert.Null(_cache.TryGet(_key, FrontEndJson));
            var flipped = (byte[])bytes.Clone();
            flipped[i] ^= 0x10;
            File.WriteAllBytes(file, flipped);
            Assert.Null(_cache.TryGet(_key, FrontEndJson));
        }

        Assert.True(_cache.List().Single().Torn);
        Assert.Equal(1, _cache.RemoveTorn());
        Assert.Empty(_cache.List());
    }

    [Fact]
    public void ExtractFile_TornEntry_IsRecomputedAndReplaced()
    {
        var wav = _folder["a.wav"];
        PipelineCorpus.WriteWav(wav, PipelineCorpus.Clip("drone", 0, 0.5));
        var frontEnd = new FrontEnd(new FrontEndSpec(22050, new MfccFeatures()));
        var first = frontEnd.ExtractFile(wav, _cache).Features.Rows.Data;
        var file = Directory.GetFiles(_folder["cache"], "*", SearchOption.AllDirectories).Single();
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^5]);
        Assert.Equal(first, frontEnd.ExtractFile(wav, _cache).Features.Rows.Data);
        Assert.False(_cache.List().Single().Torn);
    }

    [Fact]
    public void ExtractFile_CachedEntry_IsUsed()
    {
        var wav = _folder["a.wav"];
        PipelineCorpus.WriteWav(wav, PipelineCorpus.Clip("drone", 0, 0.5));
        var frontEnd = new FrontEnd(new FrontEndSpec(22050, new MfccFeatures()));
        var hash = frontEnd.ExtractFile(wav).Hash;
        var planted = new FeatureRows(9, new FeatureMatrix(1, 40)) { Sound = new(-5, 9000.5f) };
        Put(planted);
        var found = frontEnd.ExtractFile(wav, _cache);
        Assert.Equal((9, planted.Sound), (found.Features.Length, found.Sound));

        // An entry of an earlier version, without the sound's profile, is made anew.
        Put(planted with { Sound = null });
        found = frontEnd.ExtractFile(wav, _cache);
        Assert.Equal(11025, found.Features.Length);
        Assert.Equal(found.Sound, frontEnd.ExtractFile(wav, _cache).Sound);
        Assert.NotNull(found.Sound);

        void Put(FeatureRows rows) => _cache.Put(FeatureCache.Key(hash, frontEnd.Spec.ToCanonicalJson(), FrontEnd.Version),
            frontEnd.Spec.ToCanonicalJson(), rows);
    }

    [Fact]
    public async Task SeveralCaches_HammeringOneFolder_ReadOnlyWholeEntries()
    {
        var keys = Enumerable.Range(0, 4).Select(i => FeatureCache.Key([(byte)i], FrontEndJson, 1)).ToArray();
        var wrong = new ConcurrentBag<string>();
        var tasks = Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            var cache = new FeatureCache(_folder["cache"], wrong.Add);
            for (var round = 0; round < 50; round++)
            {
                var which = (round + worker) % keys.Length;
                cache.Put(keys[which], FrontEndJson, Rows(which + 1));
                if (cache.TryGet(keys[which], FrontEndJson) is not { } read
                    || !read.Rows.Data.SequenceEqual(Rows(which + 1).Rows.Data)) wrong.Add($"entry {which}");
            }
        }));
        await Task.WhenAll(tasks);
        Assert.Empty(wrong);
        Assert.Equal(4, Directory.GetFiles(_folder["cache"], "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task TwoProcesses_SharingAFolderWhereEntriesAreTorn_GiveTheSameFeatures()
    {
        PipelineCorpus.WriteAudio(_folder["audio"], tracks: 4);
        await Extract("expected", "--no-cache");
        for (var round = 0; round < 2; round++)
        {
            var both = Task.WhenAll(Extract($"a{round}"), Extract($"b{round}"));
            while (!both.IsCompleted)
            {
                foreach (var entry in _cache.List().Take(3)) Tear(entry.Key);
                await Task.WhenAny(both, Task.Delay(5));
            }

            await both;
            Assert.Equal(File.ReadAllBytes(_folder["expected.csv"]), File.ReadAllBytes(_folder[$"a{round}.csv"]));
            Assert.Equal(File.ReadAllBytes(_folder["expected.csv"]), File.ReadAllBytes(_folder[$"b{round}.csv"]));
        }
    }

    [Fact]
    public void Clear_RemovesEntriesAndNothingElse()
    {
        _cache.Put(_key, FrontEndJson, Rows(2));
        var mine = _folder["cache", "ab"];
        Directory.CreateDirectory(mine);
        File.WriteAllText(Path.Combine(mine, "abba.features"), "a song list");
        Assert.Equal([new FeatureCacheEntry(_key, 24 + FrontEndJson.Length + 64 + 32, FrontEndJson, 2, 4)], _cache.List());
        Assert.Equal(1, _cache.Clear());
        Assert.Empty(_cache.List());
        Assert.Equal("a song list", File.ReadAllText(Path.Combine(mine, "abba.features")));
    }

    [Fact]
    public void Put_FolderCannotBeMade_WarnsOnceAndGoesOn()
    {
        File.WriteAllText(_folder["file"], "in the way");
        var warnings = new List<string>();
        var cache = new FeatureCache(_folder["file"], warnings.Add);
        cache.Put(_key, FrontEndJson, Rows(1));
        cache.Put(_key, FrontEndJson, Rows(1));
        Assert.Null(cache.TryGet(_key, FrontEndJson));
        Assert.Contains(_folder["file"], Assert.Single(warnings));
    }

    private void Tear(string key)
    {
        try
        {
            using var file = new FileStream(_folder["cache", key[..2], key + ".features"], FileMode.Open, FileAccess.Write,
                FileShare.ReadWrite | FileShare.Delete);
            file.SetLength(file.Length / 2);
        }
        catch (FileNotFoundException)
        {
            // Listed while it was being replaced.
        }
    }

    private async Task Extract(string name, params string[] more)
    {
        using var process = Child.Engine(_folder,
            ["features", _folder["audio"], "--set", "mfcc", "--out", _folder[$"{name}.csv"], .. more]);
        await Task.Run(() => process.End().Succeeds());
    }

    private static FeatureRows Rows(int rows) =>
        new(100, new FeatureMatrix(rows, 4, [.. Enumerable.Range(0, rows * 4).Select(i => Math.Sin(i) * rows)]));
}
