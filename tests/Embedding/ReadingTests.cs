using Engine.Classifiers;
using Engine.Dsp.Audio;
using Engine.Dsp.Files;
using Engine.Pipeline;
using Engine.Pipeline.FrontEnds;
using Engine.Tests.Classifiers;
using Engine.Tests.Support;

namespace Engine.Tests.Embedding;

/// <summary>Recordings from streams, by window, asynchronously, and cancelled.</summary>
public sealed class ReadingTests(EmbeddingModels models) : IClassFixture<EmbeddingModels>
{
    [Fact]
    public async Task Predict_AnyStream_EqualsTheFile()
    {
        var path = models.Wav("hiss");
        var bytes = File.ReadAllBytes(path);
        var expected = models.OfWindows.Predict(path).Ranked;
        using var memory = new MemoryStream(bytes) { Position = 100 };
        Assert.Equal(expected, models.OfWindows.Predict(memory).Ranked);
        Assert.True(memory.CanRead);
        Assert.Equal(expected, models.OfWindows.Predict(new Pipe(bytes)).Ranked);
        using var file = File.OpenRead(path);
        Assert.Equal(expected, (await models.OfWindows.PredictAsync(file)).Ranked);
        Assert.Equal(expected, (await models.OfWindows.PredictAsync(path)).Ranked);
        Assert.Equal(expected, (await models.OfWindows.PredictAsync(new Pipe(bytes) { IsAsynchronous = true })).Ranked);
    }

    [FfmpegFact]
    public void Predict_StreamThatFfmpegReads_EqualsTheFile()
    {
        using var folder = new TemporaryFolder();
        var samples = PipelineCorpus.Clip("drone", 3).Select(s => Math.Round(s * 20_000)).ToArray();
        var wav = folder.Write("a.wav", AudioBytes.Wav(AudioBytes.Encode(samples, 16)));
        using (var ffmpeg = System.Diagnostics.Process.Start("ffmpeg", ["-v", "error", "-i", wav, folder["a.flac"]])!)
            ffmpeg.WaitForExit();
        Assert.Equal(models.OfWindows.Predict(wav).Ranked,
            models.OfWindows.Predict(new Pipe(File.ReadAllBytes(folder["a.flac"]))).Ranked);
    }

    [Fact]
    public void Predict_CacheOfASeekableStream_IsThatOfTheFile()
    {
        using var folder = new TemporaryFolder();
        var cache = new FeatureCache(folder["cache"]);
        var expected = models.OfWhole.Predict(models.Wav("pulse"), cache).Ranked;
        var entries = Directory.GetFiles(folder["cache"], "*", SearchOption.AllDirectories).Length;
        using var memory = new MemoryStream(File.ReadAllBytes(models.Wav("pulse"))) { Position = 7 };
        Assert.Equal(expected, models.OfWhole.Predict(memory, "again", cache).Ranked);
        Assert.Equal(entries, Directory.GetFiles(folder["cache"], "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task Predict_UnusableStreams_NameTheRecording()
    {
        var (model, empty) = (models.OfWhole, new MemoryStream());
        Assert.Equal("upload.wav: the file is empty (0 bytes). Leave it out.",
            Assert.Throws<EngineException>(() => model.Predict(empty, "upload.wav")).Message);
        Assert.StartsWith("upload.wav: ", (await Assert.ThrowsAsync<EngineException>(
            () => model.PredictAsync(new MemoryStream("text, not sound"u8.ToArray()), "upload.wav"))).Message);
        Assert.StartsWith("stream: ", Assert.Throws<EngineException>(() => model.PredictWindows(empty)).Message);
        Assert.Equal("song: cannot be read: the line is cut", (await Assert.ThrowsAsync<EngineException>(
            () => model.PredictAsync(new Pipe([]) { Failure = new IOException("the line is cut") }, "song"))).Message);
        var closed = new MemoryStream();
        closed.Dispose();
        Assert.Throws<ArgumentException>(() => model.Predict(closed));
        await Assert.ThrowsAsync<ArgumentException>(() => model.PredictAsync(closed));
        Assert.Throws<ArgumentException>(() => model.Predict(empty, ""));
    }

    [Fact]
    public async Task PredictWindows_FilesStreamsAndSamples_AreTheTimelinesWindows()
    {
        var (model, path) = (models.OfWindows, models.Wav("drone"));
        var timeline = model.Timeline(path, hop: 0.25);
        var windows = model.PredictWindows(path, hop: 0.25);
        Assert.Equal(4, windows.Count);
        for (var w = 0; w < windows.Count; w++)
        {
            Assert.Equal((timeline.Windows[w].Start, timeline.Windows[w].End), (windows[w].Start, windows[w].End));
            Assert.Equal(0.25 * w, windows[w].Start, 1e-3);
            Assert.Equal(0.25 * w + 0.25, windows[w].End, 1e-3);
            Assert.Equal(timeline.Windows[w].Label, windows[w].Prediction.Label);
            Assert.Equal(timeline.Windows[w].Probabilities.OrderDescending(),
                windows[w].Prediction.Ranked.Select(r => r.Probability));
        }

        var text = string.Join('\n', windows);
        var audio = AudioFile.Read(path);
        var bytes = File.ReadAllBytes(path);
        Assert.Equal(text, string.Join('\n', model.PredictWindows(audio.Samples, audio.SampleRate, hop: 0.25)));
        Assert.Equal(text, string.Join('\n', model.PredictWindows(new Pipe(bytes), hop: 0.25)));
        Assert.Equal(text, string.Join('\n', await model.PredictWindowsAsync(path, hop: 0.25)));
        Assert.Equal(text, string.Join('\n', await model.PredictWindowsAsync(new Pipe(bytes), hop: 0.25)));
        Assert.Equal($"{timeline}", $"{await model.TimelineAsync(new Pipe(bytes), hop: 0.25)}");
        Assert.Equal($"{timeline}", $"{await model.TimelineAsync(path, hop: 0.25)}");
        Assert.Equal(2, models.OfWhole.PredictWindows(path, window: 0.5).Count);
    }

    [Fact]
    public async Task Cancelled_BeforeOrWhileReading_Stops()
    {
        var (model, path) = (models.OfWhole, models.Wav("drone"));
        using var before = new CancellationTokenSource();
        before.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => model.Predict(path, null, before.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => model.PredictWindows(path, cancellation: before.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => model.PredictAsync(path, null, before.Token));

        var bytes = AudioBytes.Wav(AudioBytes.Encode(Enumerable.Range(0, 200_000).Select(i => (double)(i % 999)), 16));
        foreach (var isAsynchronous in new[] { false, true })
        {
            using var stop = new CancellationTokenSource();
            var pipe = new Pipe(bytes) { IsAsynchronous = isAsynchronous, AfterHalf = stop.Cancel };
            if (isAsynchronous)
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => model.PredictAsync(pipe, "a", stop.Token));
            }
            else Assert.ThrowsAny<OperationCanceledException>(() => model.Predict(pipe, "a", null, stop.Token));
            Assert.InRange(pipe.Position, bytes.Length / 2, bytes.Length - 10_000);
        }

        using var late = new CancellationTokenSource();
        var samples = new CancellableSource(SampleSource.Of(new float[10], 8000), late.Token);
        samples.Read(0, new float[5]);
        late.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => samples.Read(5, new float[5]));
    }

    [Fact]
    public async Task PredictAsync_ManyFiles_AreInOrderWithTheirProblems()
    {
        string[] paths = [models.Wav("pulse"), "missing.wav", models.Wav("hiss"), models.Wav("drone")];
        foreach (var threads in new[] { 0, 1, 3, 9 })
        {
            var found = new List<FilePrediction>();
            var options = threads == 0 ? null : new WorkOptions { Threads = threads, OnError = OnError.Skip };
            await foreach (var file in models.OfWhole.PredictAsync(paths, options)) found.Add(file);
            Assert.Equal(paths, found.Select(f => f.Path));
            Assert.Equal(["pulse", null, "hiss", "drone"], found.Select(f => f.Prediction?.Label));
            Assert.Equal(models.OfWhole.Predict(paths[2]).Ranked, found[2].Prediction!.Ranked);
            Assert.StartsWith("missing.wav: ", found[1].Problem);
        }

        Assert.StartsWith("missing.wav: ", (await Assert.ThrowsAsync<EngineException>(async () =>
        {
            await foreach (var _ in models.OfWhole.PredictAsync(paths, new WorkOptions())) continue;
        })).Message);
        Assert.Equal("threads is -1; it must be at least 1, or 0 for one per processor.",
            (await Assert.ThrowsAsync<EngineException>(async () =>
            {
                await foreach (var _ in models.OfWhole.PredictAsync(paths, new WorkOptions { Threads = -1 })) continue;
            })).Message);
    }

    [Fact]
    public async Task PredictAsync_LeftEarly_TakesNoMoreFiles()
    {
        var taken = 0;
        IEnumerable<string> Paths()
        {
            for (; ; taken++) yield return models.Wav("pulse", taken % 5);
        }

        await foreach (var _ in models.OfWhole.PredictAsync(Paths(), new WorkOptions { Threads = 2 })) break;
        Assert.InRange(taken, 1, 3);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in models.OfWhole.PredictAsync(Paths(), null, stop.Token)) await stop.CancelAsync();
        });
    }

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(1000)]
    public async Task SpooledBytes_InMemoryOrOnDisk_AreThoseOfTheStream(int inMemory)
    {
        var bytes = Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7 >> 3)).ToArray();
        using var spooled = await SpooledBytes.ReadAsync(new Pipe(bytes), CancellationToken.None, inMemory);
        Assert.Equal(inMemory > bytes.Length, spooled.Stream is MemoryStream);
        var read = new byte[bytes.Length];
        spooled.Stream.ReadExactly(read);
        Assert.Equal(bytes, read);
        Assert.Equal(-1, spooled.Stream.ReadByte());
        Assert.True(spooled.Stream.CanSeek);
    }

    /// <summary>Bytes that come once, in pieces, if wanted only asynchronously, as those of a web request.</summary>
    private sealed class Pipe(byte[] bytes) : Stream
    {
        public bool IsAsynchronous { get; init; }

        public Exception? Failure { get; init; }

        /// <summary>Called after the first half.</summary>
        public Action? AfterHalf { get; init; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer) =>
            IsAsynchronous ? throw new InvalidOperationException("Synchronous reading is not allowed.") : Next(buffer);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            return Next(buffer.Span);
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int Next(Span<byte> buffer)
        {
            if (Failure is not null) throw Failure;
            var part = bytes.AsSpan((int)Position, Math.Min(Math.Min(buffer.Length, 5000), bytes.Length - (int)Position));
            part.CopyTo(buffer);
            Position += part.Length;
            if (Position >= bytes.Length / 2) AfterHalf?.Invoke();
            return part.Length;
        }
    }
}
