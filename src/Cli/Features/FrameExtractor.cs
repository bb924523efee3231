using System.Runtime.InteropServices;
using Engine.Classifiers;
using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Dsp.Numpy;
using Engine.Pipeline.Data.Files;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors;

namespace Engine.Cli.Features;

/// <summary>
/// Computes the frames of a spectral feature for Python users: arrays [bins, frames] as in librosa. On the processor each
/// thread computes the frames of the file it has read, and a long file is computed block by block as it is written; another
/// device receives the samples of many recordings as a batch.
/// </summary>
internal sealed class FrameExtractor
{
    private readonly FrontEndSpec _spec;
    private readonly bool _single;

    // Samples per window.
    private readonly int _segment;
    private readonly DeviceFrames? _onDevice;
    private readonly FramePlan _plan;

    // Of the run: where scratch files go, and how many frames the longest array so far has.
    private string _folder = "";
    private int _frames;

    /// <summary>Plans the transforms.</summary>
    /// <param name="spec">Rate, segments and features.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="single">Whether the output is one array; a long one is then written as it is computed.</param>
    public FrameExtractor(FrontEndSpec spec, Device device, bool single)
    {
        (_spec, _single) = (spec, single);
        _segment = (int)Math.Round((spec.Segment ?? 0) * spec.SampleRate);
        _onDevice = device == Device.Cpu ? null : Plan(spec, device);
        _plan = FramePlan.Create(spec, _onDevice);
    }

    /// <summary>
    /// The named array of each recording or window, in order; each must be written before the next is requested. Depending on
    /// the options, an unusable recording is added to <paramref name="skipped"/> or throws. Arrays too long to wait for their
    /// turn in memory are kept in <paramref name="folder"/>.
    /// </summary>
    public IEnumerable<FrameArray> Run(
        IReadOnlyList<FeatureFile> files, WorkOptions options, List<SkippedFile> skipped, string folder)
    {
        var done = 0;
        (_folder, _frames) = (folder, 0);
        foreach (var batch in files.Chunk(Math.Max(options.Threads, 1) * 4))
        {
            var results = batch.AsParallel().AsOrdered().WithDegreeOfParallelism(Math.Max(options.Threads, 1))
                .WithCancellation(options.Cancellation)
                .Select(file =>
                {
                    var result = Read(file, options.MaxHours);
                    options.Progress?.Report(new(Interlocked.Increment(ref done), files.Count, file.FullPath));
                    return result;
                }).ToArray();
            var computed = new Queue<NpyArray>(_onDevice?.Compute([.. results.SelectMany(r => r.Samples)]).Select(ToArray) ?? []);
            foreach (var (file, result) in batch.Zip(results))
            {
                if (result.Damage is { } damage) options.Warn?.Invoke($"{file.FullPath}: {damage}");
                if (result.IsLong)
                {
                    foreach (var array in Long(file, options, skipped)) yield return array;
                    continue;
                }

                if (result.Error is { } error) Skip(file, error, options, skipped);
                var devices = result.Samples.Select((_, w) => KeyValuePair.Create(Name(file, w), computed.Dequeue()));
                foreach (var (name, array) in result.Arrays.Concat(devices))
                {
                    _frames = Math.Max(_frames, array.Shape[1]);
                    yield return new(file, name, array);
                }
            }
        }
    }

    /// <summary>
    /// The parameters of the arrays, under librosa's names, the seconds at which frames are centred, as many as the longest
    /// array so far has, and the names of descriptors.
    /// </summary>
    public IEnumerable<KeyValuePair<string, INpyContent>> Parameters()
    {
        var options = FramePlan.Options(_spec.Features);
        yield return new("sr", new NpyArray(new[] { (long)_spec.SampleRate }));
        yield return new("n_fft", new NpyArray(new[] { (long)options.FftSize }));
        yield return new("hop_length", new NpyArray(new[] { (long)options.Hop }));
        double[] times = [.. Enumerable.Range(0, _frames).Select(t => (double)t * options.Hop / _spec.SampleRate)];
        yield return new("times", new NpyArray(times, times.Length));
        if (_spec.Features is DescriptorFeatures)
            yield return new("descriptors", new NpyArray(FrameDescriptors.Names.ToArray(), FrameDescriptors.Names.Count));
    }

    private static void Skip(FeatureFile file, string error, WorkOptions options, List<SkippedFile> skipped)
    {
        if (options.OnError == OnError.Fail) throw new EngineException(error);
        skipped.Add(new(file.FullPath, error));
    }

    // One thread's work on one file; a long file is only marked as long.
    private Result Read(FeatureFile file, double maxHours)
    {
        try
        {
            FileNames.Require(file.FullPath);
            using var audio = Open(file, maxHours);
            if (!_plan.IsSmall(audio.Length)) return new([], [], null, audio.Damage, IsLong: true);
            if (_onDevice is not null) return new([], [.. Windows(audio).Select(ToArray)], null, audio.Damage, IsLong: false);
            return new([.. Windows(audio).Select((w, i) => KeyValuePair.Create(Name(file, i), _plan.Compute(w)))], [], null,
                audio.Damage, IsLong: false);
        }
        catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException)
        {
            var message = e.Message.StartsWith(file.FullPath, StringComparison.Ordinal)
                ? e.Message : $"{file.FullPath}: {e.Message}";
            return new([], [], message, null, IsLong: false);
        }
        catch (OutOfMemoryException e)
        {
            return new([], [], FeatureExtraction.NoMemory(file.FullPath, e).Message, null, IsLong: false);
        }
    }

    // A file's arrays one by one; only small ones are held in memory.
    private IEnumerable<FrameArray> Long(
        FeatureFile file, WorkOptions options, List<SkippedFile> skipped)
    {
        using var source = Open(file, options.MaxHours);
        var w = 0;
        foreach (var window in Windows(source))
        {
            options.Cancellation.ThrowIfCancellationRequested();
            var name = Name(file, w++);
            _frames = Math.Max(_frames, _plan.FrameCount(window.Length));
            if (_plan.IsSmall(window.Length))
            {
                yield return new(file, name, _plan.Compute(window));
            }
            else if (_single)
            {
                yield return new(file, name, _plan.Stream(window, _folder));
            }
            else if (Scratch(window) is { } scratch)
            {
                using (scratch) yield return new(file, name, scratch);
            }
        }

        // Computed before any of it is written, so that the file can still be skipped.
        NpyScratch? Scratch(SampleSource window)
        {
            try
            {
                return _plan.ToScratch(window, _folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Skip(file, $"{file.FullPath}: {e.Message}", options, skipped);
                return null;
            }
        }
    }

    private DecodedAudio Open(FeatureFile file, double maxHours)
    {
        var audio = AudioFile.Open(file.FullPath, targetRate: _spec.SampleRate, longest: maxHours * 3600);
        try
        {
            if (audio.Silence is { } silence) throw new EngineException($"{file.FullPath}: {silence}");
            FrontEnd.CheckSamples(audio, file.FullPath, FramePlan.Loudest);
            if (_spec.Segment is { } seconds && audio.Length < _segment)
            {
                throw new EngineException($"{file.FullPath}: {audio.Seconds:0.###} s are less than one window of {seconds} s.");
            }

            return audio;
        }
        catch
        {
            audio.Dispose();
            throw;
        }
    }

    private IEnumerable<SampleSource> Windows(SampleSource source)
    {
        if (_spec.Segment is null) return [source];
        return Enumerable.Range(0, (int)(source.Length / _segment)).Select(w => source.Part((long)w * _segment, _segment));
    }

    private string Name(FeatureFile file, int window) => _spec.Segment is null
        ? file.Name : FeatureOutput.WindowName(file.Name, window);

    private static float[] ToArray(SampleSource source)
    {
        var samples = new float[source.Length];
        source.Read(0, samples);
        return samples;
    }

    private static DeviceFrames Plan(FrontEndSpec spec, Device device)
    {
        var options = FramePlan.Options(spec.Features);
        return spec.Features switch
        {
            StftFeatures => DeviceFrames.Complex(options, device),
            MelFeatures mel => DeviceFrames.Mel(options, mel.Filters(spec.SampleRate), device),
            _ => DeviceFrames.Of(spec.Features, spec.SampleRate, device),
        };
    }

    private NpyArray ToArray(Frames<float> frames) => _spec.Features is StftFeatures
        ? NpyArray.FromFrames(new Frames<Complex<float>>(frames.Count, frames.Bins / 2,
            MemoryMarshal.Cast<float, Complex<float>>(frames.Data).ToArray()))
        : NpyArray.FromFrames(frames);

    /// <summary>The outcome for one file.</summary>
    /// <param name="Arrays">Its arrays, computed on the processor.</param>
    /// <param name="Samples">The samples of its windows, for another device.</param>
    /// <param name="Error">Why it cannot be used.</param>
    /// <param name="Damage">What is damaged in it.</param>
    /// <param name="IsLong">Whether its arrays are computed only when their turn comes.</param>
    private sealed record Result(
        KeyValuePair<string, NpyArray>[] Arrays, float[][] Samples, string? Error, string? Damage, bool IsLong);
}
