using Engine.Classifiers;
using Engine.Dsp.Audio;
using Engine.Pipeline;
using Engine.Pipeline.FrontEnds;
using Engine.Tests.Classifiers;

namespace Engine.Tests.Embedding;

/// <summary>Predictions of samples as they come, against predictions of the same samples as a whole.</summary>
public sealed class GenreStreamTests(EmbeddingModels models) : IClassFixture<EmbeddingModels>
{
    private const int Rate = EmbeddingModels.Rate;

    private static readonly float[] s_song =
        [.. PipelineCorpus.Clip("drone", 11, 1.3), .. PipelineCorpus.Clip("hiss", 12, 1.2), .. PipelineCorpus.Clip("pulse", 13)];

    [Theory]
    [InlineData(null, 1)]
    [InlineData(0.25, 1)]
    [InlineData(0.6, 3)] // 0.5 s: what is beyond a whole number of hops is left out
    [InlineData(1.0, 7)]
    public void Push_RecipesRate_CurrentIsWhatPredictGives(double? window, int windows)
    {
        var model = models.OfWindows;
        var stream = model.OpenStream(Rate, window);
        Assert.Equal(0.25 + 0.125 * (windows - 1), stream.Window, 1e-4);
        Assert.Equal(0.125, stream.Hop, 1e-4);
        var seen = 0;
        foreach (var (at, isNew) in Pushes(stream, s_song, block: 1001))
        {
            Assert.Equal(isNew ? seen + 1 : seen, seen += isNew ? 1 : 0);
            if (!isNew) continue;
            var (start, end) = Samples(stream.Current!);
            Assert.InRange(at - end, 0, 1000);
            Assert.Equal(Math.Min(seen, windows), 1 + (int)Math.Round((end - start - 5512) / 2756.0));
            Assert.Equal(model.Predict(s_song.AsSpan(start..end), Rate).Ranked, stream.Current!.Prediction.Ranked);
        }

        Assert.Equal(1 + (s_song.Length - 5512) / 2756, seen);
        Assert.Equal("pulse", stream.Current!.Prediction.Label);
    }

    [Fact]
    public void Push_WholeRecordings_CurrentIsWhatPredictGives()
    {
        var model = models.OfWhole;
        Assert.Equal((1.0, 1.0), (model.OpenStream(Rate).Window, model.OpenStream(Rate).Hop));
        var stream = model.OpenStream(Rate, window: 0.7, hop: 0.2);
        var labels = new List<string>();
        foreach (var (_, isNew) in Pushes(stream, s_song, block: 4000))
        {
            if (!isNew) continue;
            var (start, end) = Samples(stream.Current!);
            Assert.Equal(15435, end - start);
            Assert.Equal(model.Predict(s_song.AsSpan(start..end), Rate).Ranked, stream.Current!.Prediction.Ranked);
            labels.Add(stream.Current!.Prediction.Label);
        }

        Assert.Equal(("drone", "pulse"), (labels[0], labels[^1]));
        Assert.Contains("hiss", labels);
        Assert.Equal(0.5, model.OpenStream(Rate, window: 0.5).Hop);
    }

    [Fact]
    public void Push_Network_CurrentIsWhatPredictGivesWithinRounding()
    {
        var stream = models.OfNetwork.OpenStream(Rate, window: 1);
        foreach (var (_, isNew) in Pushes(stream, s_song, block: 3000))
        {
            if (!isNew) continue;
            var (start, end) = Samples(stream.Current!);
            var expected = models.OfNetwork.Predict(s_song.AsSpan(start..end), Rate).Ranked.ToDictionary(r => r.Label);
            foreach (var (label, probability) in stream.Current!.Prediction.Ranked)
                Assert.Equal(expected[label].Probability, probability, 1e-6);
        }
    }

    [Theory]
    [InlineData(44100)]
    [InlineData(48000)]
    [InlineData(8000)]
    [InlineData(22051)]
    public void Push_AnotherRate_WindowsAreThoseOfTheWholeResampled(int rate)
    {
        var song = Resampler.For(Rate, rate).Apply(s_song);
        var whole = Resampler.For(rate, Rate).Apply(song);
        var stream = models.OfWindows.OpenStream(rate);
        foreach (var (at, isNew) in Pushes(stream, song, block: 200))
        {
            if (!isNew) continue;
            var (start, end) = Samples(stream.Current!);
            Assert.InRange((double)at / rate - stream.Current!.End, 0, 0.2);
            Assert.Equal(models.OfWindows.Predict(whole.AsSpan(start..end), Rate).Ranked, stream.Current.Prediction.Ranked);
        }

        Assert.InRange((double)s_song.Length / Rate - stream.Current!.End, 0, 0.325); // a hop, and what is still resampled
    }

    [Fact]
    public void Push_OneBlockOfEverything_EndsWhereSmallBlocksEnd()
    {
        var (small, large) = (models.OfWindows.OpenStream(Rate, 0.5), models.OfWindows.OpenStream(Rate, 0.5));
        foreach (var _ in Pushes(small, s_song, 311)) continue;
        Assert.True(large.Push(s_song));
        Assert.Equal($"{small.Current}", $"{large.Current}");
        Assert.Equal(small.Current!.Prediction.Ranked, large.Current!.Prediction.Ranked);
    }

    [Fact]
    public void Push_BetweenWindows_AllocatesNothing()
    {
        foreach (var rate in new[] { Rate, 44100, 48000 })
        {
            // A minute without a window: what is kept does not grow either.
            var stream = models.OfWindows.OpenStream(rate, hop: 120);
            var block = PipelineCorpus.Clip("hiss", 1, 0.1);
            for (var i = 0; i < 20; i++) stream.Push(block);
            Assert.NotNull(stream.Current);
            // The runtime itself may allocate on this thread when it compiles a method anew, but not twice.
            Assert.Equal(0, Math.Min(Allocated(), Allocated()));

            long Allocated()
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < 300; i++) Assert.False(stream.Push(block));
                return GC.GetAllocatedBytesForCurrentThread() - before;
            }
        }
    }

    [Fact]
    public void Push_Silence_HasNoGenreButAProblem()
    {
        var (stream, silence) = (models.OfWindows.OpenStream(Rate, 0.5), new float[Rate]);
        Assert.Null(stream.Current);
        Assert.Null(stream.Problem);
        Assert.True(stream.Push(silence));
        Assert.Null(stream.Current);
        Assert.Equal("stream: the last 0.5 s are silent, which has no genre.", stream.Problem);
        Assert.Throws<EngineException>(() => models.OfWindows.Predict(silence, Rate));
        float[] both = [.. silence, .. s_song.AsSpan(0, 6000)];
        stream.Push(s_song.AsSpan(0, 6000));
        var (start, end) = Samples(stream.Current!);
        Assert.Equal(models.OfWindows.Predict(both.AsSpan(start..end), Rate).Ranked, stream.Current!.Prediction.Ranked);
        Assert.Null(stream.Problem);
    }

    [Fact]
    public void Push_SampleThatIsNotFinite_AddsNothing()
    {
        var stream = models.OfWindows.OpenStream(Rate);
        stream.Push(s_song.AsSpan(0, 4000));
        Assert.Equal("stream: sample 2 of those pushed is NaN; every sample must be finite.",
            Assert.Throws<EngineException>(() => stream.Push([0, 0, float.NaN, 0])).Message);
        stream.Push(s_song.AsSpan(4000, 4000));
        Assert.Equal(models.OfWindows.Predict(s_song.AsSpan(0, 5512), Rate).Ranked, stream.Current!.Prediction.Ranked);
    }

    [Theory]
    [InlineData(Rate)]
    [InlineData(44100)]
    public void Reset_ForgetsEverything(int rate)
    {
        var (used, fresh) = (models.OfWindows.OpenStream(rate, 0.5), models.OfWindows.OpenStream(rate, 0.5));
        used.Push(s_song.AsSpan(0, 40_001));
        used.Reset();
        Assert.Null(used.Current);
        used.Push(s_song.AsSpan(30_000, 20_000));
        fresh.Push(s_song.AsSpan(30_000, 20_000));
        Assert.Equal((fresh.Current!.Start, fresh.Current.End), (used.Current!.Start, used.Current.End));
        Assert.Equal(fresh.Current.Prediction.Ranked, used.Current.Prediction.Ranked);
    }

    [Fact]
    public void Streams_OfOneModel_DoNotMeet()
    {
        var expected = End(models.OfWindows.OpenStream(Rate, 0.5));
        Parallel.For(0, 8, _ => Assert.Equal(expected, End(models.OfWindows.OpenStream(Rate, 0.5))));

        static string End(GenreStream stream)
        {
            foreach (var _ in Pushes(stream, s_song, 2000)) continue;
            return string.Join(';', stream.Current!.Prediction.Ranked.Select(r => (r.Label, r.Probability)));
        }
    }

    [Fact]
    public void OpenStream_ImpossibleLengths_SaysWhy()
    {
        Assert.Contains("the stream's window is 0.1 s; recipe gtzan57-knn takes windows of 0.25 s",
            Error(() => models.OfWindows.OpenStream(Rate, window: 0.1)));
        Assert.Contains("the stream's hop is 0 s; it must be above 0", Error(() => models.OfWindows.OpenStream(Rate, hop: 0)));
        Assert.Contains("the stream's window is NaN s", Error(() => models.OfWhole.OpenStream(Rate, window: double.NaN)));
        Assert.Contains("stream: the sample rate is 0 Hz", Error(() => models.OfWhole.OpenStream(0)));
        Assert.Contains("ratio may be at most 1000", Error(() => models.OfWhole.OpenStream(20)));
        Assert.Contains("segments of", Error(() => models.OfWhole.OpenStream(Rate, window: 0.001)));

        static string Error(Action action) => PipelineCorpus.ErrorOf(action);
    }

    [Fact]
    public void Push_DisposedModel_SaysSo()
    {
        using var folder = new Support.TemporaryFolder();
        models.OfWindows.Save(folder["model"]);
        var model = GenreModel.Load(folder["model"]);
        var stream = model.OpenStream(Rate);
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.Push(s_song));
        Assert.Throws<ObjectDisposedException>(() => model.OpenStream(Rate));
    }

    [Fact]
    public void WindowBuffer_HopBeyondTheWindow_LeavesSamplesOut()
    {
        var windows = new List<(long, string)>();
        var buffer = new WindowBuffer(3, 5, (w, start) => windows.Add((start, string.Join(' ', w.ToArray()))));
        for (var i = 0; i < 14; i += 2) buffer.Add([i, i + 1]);
        Assert.Equal([(0, "0 1 2"), (5, "5 6 7"), (10, "10 11 12")], windows);
    }

    private static IEnumerable<(int At, bool IsNew)> Pushes(GenreStream stream, float[] song, int block)
    {
        for (var at = 0; at < song.Length; at += block)
        {
            var end = Math.Min(song.Length, at + block);
            yield return (end, stream.Push(song.AsSpan(at..end)));
        }
    }

    private static (int Start, int End) Samples(WindowPrediction window) =>
        ((int)Math.Round(window.Start * Rate), (int)Math.Round(window.End * Rate));
}
