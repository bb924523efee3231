using Engine.Classifiers;
using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public sealed class LongRecordingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Extract_Source_GivesTheRowsOfItsSamples()
    {
        var source = new FormulaSource(135_000);
        foreach (var spec in FeatureSpec.Named.Values.Append(new PsfGaussianFeatures(FftSize: 1024))
            .Concat(WindowSets.Sets.Select(s => s.Spec)))
        {
            var frontEnd = WindowSets.FrontEnd(spec, spec.HasWindows ? WindowSets.Segment : null, spec.HasWindows ? 0.3 : null);
            var (expected, actual) = (frontEnd.Extract(source.ToArray(), PipelineCorpus.Rate), frontEnd.Extract(source));
            Equal(expected, actual);
        }
    }

    [Fact]
    public void Extract_SourceOfAnotherRate_IsResampled()
    {
        var frontEnd = new FrontEnd(new(PipelineCorpus.Rate, new MfccFeatures()));
        var source = new FormulaSource(50_000, 44_100);
        Equal(frontEnd.Extract(source.ToArray(), 44_100), frontEnd.Extract(source));
    }

    [Fact]
    public void Extract_LongSource_ReadsItInParts()
    {
        var source = new FormulaSource(120 * PipelineCorpus.Rate);
        new FrontEnd(new(PipelineCorpus.Rate, new MfccFeatures())).Extract(source);
        new FrontEnd(new(PipelineCorpus.Rate, new PsfGaussianFeatures(FftSize: 1024))).Extract(source);
        new FrontEnd(new(PipelineCorpus.Rate, new MelPicture(Width: 30, Height: 20))).Extract(source);
        Assert.InRange(source.LargestRead, 1, (1 << 20) + 2048);
    }

    [Fact]
    public void Extract_SilentOrBadSource_SaysSo()
    {
        var frontEnd = new FrontEnd(new(PipelineCorpus.Rate, new MfccFeatures()));
        var silence = new float[100_000];
        Assert.Contains("all 100000 samples are 0",
            PipelineCorpus.ErrorOf(() => frontEnd.Extract(SampleSource.Of(silence, PipelineCorpus.Rate))));
        silence[70_001] = float.NaN;
        Assert.Contains("sample 70001 is NaN",
            PipelineCorpus.ErrorOf(() => frontEnd.Extract(SampleSource.Of(silence, PipelineCorpus.Rate))));
        silence[70_001] = 2e15f;
        Assert.Contains("sample 70001 is 2E+15",
            PipelineCorpus.ErrorOf(() => FrontEnd.CheckSamples(SampleSource.Of(silence, PipelineCorpus.Rate), "x", 1e15f)));
    }

    [Fact]
    public void ExtractParts_ManyWindows_AreTheRowsInOrder()
    {
        // 35 KB a window, 44 MB in all: two parts.
        var frontEnd = WindowSets.FrontEnd(new Wave(), hop: 0.005);
        var source = new FormulaSource(8820 + 110 * 1250);
        var (count, parts) = frontEnd.ExtractParts(source, batch: 32);
        var rows = new List<float[]>();
        foreach (var part in parts)
        {
            Assert.InRange(part.Only().Values.Length, 1, 32 << 18);
            for (var r = 0; r < part.Rows.Rows; r++) rows.Add(part.Only().Row(r).ToArray());
            Assert.True(rows.Count % 32 == 0 || rows.Count == count);
        }

        var whole = frontEnd.Extract(source).Only();
        Assert.Equal((1251, 1251), (count, rows.Count));
        for (var r = 0; r < count; r++) Assert.True(whole.Row(r).SequenceEqual(rows[r]), $"row {r}");
    }

    [Fact]
    public void ExtractParts_Pictures_LeaveLittleGarbage()
    {
        // Mel frames, 0.7 MB a window, are kept for two passes; samples and decibels are read in short blocks.
        var frontEnd = new FrontEnd(new(PipelineCorpus.Rate, new MelPicture(Width: 40, Height: 30), Segment: 29.9));
        var parts = frontEnd.ExtractParts(new FormulaSource(20 * 30 * PipelineCorpus.Rate), batch: 2).Parts;
        foreach (var _ in parts) break;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var windows = parts.Sum(p => p.Rows.Rows);
        Assert.Equal(20, windows);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / windows, 0, 2_000_000);
    }

    [Fact]
    public void ExtractParts_WideWindows_AreNoMoreThanABatch()
    {
        // 3.5 MB a window: two fit into a part of 8 MB, and a batch of four does not.
        var frontEnd = new FrontEnd(WindowSets.FrontEnd(new Wave(), hop: 1).Spec with { Segment = 40 });
        var source = new FormulaSource((40 + 10) * 22_050);
        foreach (var (batch, rows) in new[] { (1, 2), (2, 2), (4, 4) })
            Assert.Equal(rows, frontEnd.ExtractParts(source, batch).Parts.First().Rows.Rows);
    }

    [Fact]
    public void ExtractFile_MoreWindowsThanAreKept_HandsThemOverAndCachesNone()
    {
        var cache = new FeatureCache(_folder["cache"]);
        var (short_, long_) = (Write("short.wav", 20_000), Write("long.wav", 8820 + 110 * 1250));
        var frontEnd = WindowSets.FrontEnd(new Wave(), hop: 0.005);
        foreach (var (path, kept) in new[] { (short_, true), (long_, false) })
        {
            var whole = frontEnd.ExtractFile(path).Features;
            var rows = 0;
            var file = frontEnd.ExtractFile(path, cache, WorkOptions.DefaultMaxHours, new((part, count) =>
            {
                Assert.Equal(whole.Rows.Rows, count);
                for (var r = 0; r < part.Rows.Rows; r++)
                    Assert.True(whole.Only().Row(rows + r).SequenceEqual(part.Only().Row(r)));
                rows += part.Rows.Rows;
            }, 32));
            Assert.Equal(whole.Rows.Rows, rows);
            Assert.Equal(kept ? rows : 0, file.Features.Rows.Rows);
            Assert.Equal(kept ? 1 : 0, cache.List().Count);
            cache.Clear();
        }
    }

    [Fact]
    public void TryGet_EntryLargerThanAsked_IsPassedOver()
    {
        var cache = new FeatureCache(_folder["cache"]);
        var key = FeatureCache.Key(new byte[32], "{}", 1);
        cache.Put(key, "{}", new(10, new FeatureMatrix(100, 10)));
        Assert.NotNull(cache.TryGet(key, "{}"));
        Assert.Null(cache.TryGet(key, "{}", 7_999));
        Assert.NotNull(cache.TryGet(key, "{}", 9_000));
    }

    [Fact]
    public void TrackAverage_InParts_GivesTheBitsOfTheWhole()
    {
        var random = new Random(2);
        var rows = new FeatureMatrix(100, 7, [.. Enumerable.Range(0, 700).Select(_ => random.NextDouble())]);
        var mean = new double[7];
        foreach (var part in (int[][])[[.. Enumerable.Range(0, 64)], [.. Enumerable.Range(64, 36)]])
            TrackAverage.Add(rows.Select(part), 100, mean);
        Assert.Equal(TrackAverage.Of(rows), mean);
    }

    // A hop so short that the spectrogram is not remembered, and comes in blocks.
    [Fact]
    public void Picture_LongRecording_IsThatOfTheWholeSpectrogram()
    {
        var spec = new MelPicture(256, 16, 128, 40, 30, ColorMapKind.Gray);
        var source = new FormulaSource(270_000);
        var mel = new MelSpectrogram(new StftOptions { FftSize = 256, HopLength = 16 },
            new MelOptions { SampleRate = PipelineCorpus.Rate });
        Assert.True((long)mel.Stft.FrameCount(270_000) * 128 > 1 << 21);
        var decibels = new Levels(LogScale.Db, amplitude: false, DecibelReference.Max, 80).Of(mel.Compute(source.ToArray()));
        var (columns, rows, picture) = (new float[40 * 128], new float[40 * 128], new float[40 * 30]);
        new AxisResize(decibels.Count, 40).Apply(decibels.Data, columns, 128);
        Matrices.Transpose(columns, rows, 40, 128);
        new AxisResize(128, 30).Apply(rows, picture, 40);
        var expected = Array.ConvertAll(picture, v => Math.Clamp((int)((v + 80) * (256 / 80f)), 0, 255));
        var actual = new FrontEnd(new(PipelineCorpus.Rate, spec)).Extract(source).Only().Row(0).ToArray();
        for (var y = 0; y < 30; y++)
        {
            for (var x = 0; x < 40; x++) Assert.Equal(expected[(29 - y) * 40 + x], (int)MathF.Round(actual[y * 40 + x] * 255));
        }
    }

    [Theory]
    [InlineData(100, 7)]
    [InlineData(7, 100)]
    [InlineData(33, 33)]
    public void AxisResize_InParts_GivesTheBitsOfTheWhole(int from, int to)
    {
        var source = Signals.Noise(from * 5);
        var (expected, actual) = (new float[to * 5], new float[to * 5]);
        var resize = new AxisResize(from, to);
        resize.Apply(source, expected, 5);
        for (var first = 0; first < from; first += 4)
            resize.Add(source.AsSpan(first * 5, Math.Min(4, from - first) * 5), first, actual, 5);
        Assert.Equal(expected, actual);
    }

    private string Write(string name, int samples)
    {
        WavWriter.Write(_folder[name], new FormulaSource(samples).ToArray(), PipelineCorpus.Rate);
        return _folder[name];
    }

    private static void Equal(FeatureRows expected, FeatureRows actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.Equal(expected.Rows.Data, actual.Rows.Data);
        Assert.Equal(expected.Windows.Select(w => w.Values), actual.Windows.Select(w => w.Values));
    }
}
