using Engine.Classifiers;
using Engine.Pipeline.FrontEnds;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public sealed class WindowCacheTests : IDisposable
{
    private const string FrontEndJson = """{"sample_rate":22050}""";

    private static readonly FeatureRows s_rows = new(100, new FeatureMatrix(2, 1, [1.5, -2]),
    [
        new([1, 2, 3], [.. Enumerable.Range(0, 12).Select(i => MathF.Sin(i))]),
        new([3, 1, 2], [.. Enumerable.Range(0, 12).Select(i => i * 17 / 255f)]),
        new([1, 2], [0f, 1f, -0f, 1f]),
    ]);

    private readonly TemporaryFolder _folder = new();
    private readonly FeatureCache _cache;
    private readonly string _key = FeatureCache.Key([1, 2, 3], FrontEndJson, 1);

    public WindowCacheTests() => _cache = new(_folder["cache"]);

    public void Dispose() => _folder.Dispose();

    private string Entry => Directory.GetFiles(_folder["cache"], "*", SearchOption.AllDirectories).Single();

    [Fact]
    public void Put_ThenGet_GivesTheSameBits()
    {
        _cache.Put(_key, FrontEndJson, s_rows);
        var read = _cache.TryGet(_key, FrontEndJson)!;
        Assert.Equal((100, 2, 1), (read.Length, read.Rows.Rows, read.Rows.Columns));
        Assert.Equal(s_rows.Rows.Data, read.Rows.Data);
        Assert.Equal(3, read.Windows.Count);
        foreach (var (expected, actual) in s_rows.Windows.Zip(read.Windows))
        {
            Assert.Equal(expected.Sizes, actual.Sizes);
            Assert.Equal(expected.Values.Select(BitConverter.SingleToInt32Bits),
                actual.Values.Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Fact]
    public void Put_Pixels_TakeAByteEach()
    {
        _cache.Put(_key, FrontEndJson, s_rows);
        const int Columns = 2 * 8, Floats = 12 * 4, Bytes = 12, MinusZero = 4 * 4, Sizes = 4 * (5 + 5 + 4), Checksum = 32;
        Assert.Equal(24 + FrontEndJson.Length + Columns + Floats + Bytes + MinusZero + Sizes + Checksum,
            new FileInfo(Entry).Length);
    }

    [Fact]
    public void Get_EveryTruncationAndFlippedByte_IsNotTrusted()
    {
        _cache.Put(_key, FrontEndJson, s_rows);
        var (file, bytes) = (Entry, File.ReadAllBytes(Entry));
        for (var i = 0; i < bytes.Length; i++)
        {
            File.WriteAllBytes(file, bytes[..i]);
            Assert.Null(_cache.TryGet(_key, FrontEndJson));
            var flipped = (byte[])bytes.Clone();
            flipped[i] ^= 0x01;
            File.WriteAllBytes(file, flipped);
            Assert.Null(_cache.TryGet(_key, FrontEndJson));
        }
    }

    [Fact]
    public void ExtractFile_EverySet_IsCachedToTheBitAndRecomputedIfTorn()
    {
        var wav = _folder["a.wav"];
        PipelineCorpus.WriteWav(wav, PipelineCorpus.Clip("drone", 0, 1.3));
        foreach (var (spec, _) in WindowSets.Sets)
        {
            _cache.Clear();
            var frontEnd = WindowSets.FrontEnd(spec);
            var expected = frontEnd.ExtractFile(wav).Features.Only();
            var file = "";
            foreach (var state in (string[])["empty", "whole", "torn"])
            {
                if (state == "torn") File.WriteAllBytes(file, File.ReadAllBytes(file)[..^5]);
                var actual = frontEnd.ExtractFile(wav, _cache).Features.Only();
                Assert.Equal(expected.Sizes, actual.Sizes);
                Assert.Equal(expected.Values, actual.Values);
                file = Entry;
                Assert.False(_cache.List().Single().Torn);
            }
        }
    }

    [Fact]
    public void ExtractFile_EntryOfOtherSizes_IsNotUsed()
    {
        var wav = _folder["a.wav"];
        PipelineCorpus.WriteWav(wav, PipelineCorpus.Clip("drone", 0, 0.5));
        var frontEnd = WindowSets.FrontEnd(new Wave());
        var (hash, json) = (frontEnd.ExtractFile(wav).Hash, frontEnd.Spec.ToCanonicalJson());
        _cache.Put(FeatureCache.Key(hash, json, FrontEnd.Version), json,
            new(9, new FeatureMatrix(1, 0), [new([1, 4], [1, 2, 3, 4])]));
        Assert.Equal(WindowSets.Samples, frontEnd.ExtractFile(wav, _cache).Features.Length);
    }
}
