using System.Globalization;
using Engine.Classifiers;
using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Plots.Subjects;

namespace Engine.Plots.Songs;

/// <summary>A recording, or a part of it, to be drawn.</summary>
internal sealed class Song : IDisposable
{
    /// <summary>Louder samples could make a spectrum overflow.</summary>
    private const float Loudest = 1e15f;

    private const int Block = 1 << 16;

    private readonly DecodedAudio _audio;

    private Song(DecodedAudio audio, string name, double from, bool isPart, CancellationToken cancel)
    {
        (_audio, Name, From, Cancel) = (audio, name, from, cancel);
        var rate = audio.SourceRate == audio.SampleRate
            ? $"{Number(audio.SourceRate)} Hz" : $"{Number(audio.SourceRate)} Hz, drawn at {Number(audio.SampleRate)} Hz";
        var part = isPart ? $"{Length(audio.Seconds)} from {Length(from)} on" : Length(audio.Seconds);
        var channels = audio.Channels == 1 ? "mono" : $"mean of {audio.Channels} channels";
        Facts = $"{part} · {rate} · {channels}{(audio.Silence is null ? "" : " · silent")}";
    }

    /// <summary>The file's name, as <see cref="FileName"/> gives it.</summary>
    public string Name { get; }

    /// <summary>Length, rate and channels, in one line.</summary>
    public string Facts { get; }

    /// <summary>Where the part begins in the recording, in seconds.</summary>
    public double From { get; }

    /// <summary>Where it ends.</summary>
    public double To => From + _audio.Seconds;

    /// <summary>The samples.</summary>
    public SampleSource Samples => _audio;

    /// <summary>Samples per second.</summary>
    public int SampleRate => _audio.SampleRate;

    /// <summary>The transform of all spectra, with librosa's defaults: 2,048 points, a hop of 512.</summary>
    public Stft Stft { get; } = new(new StftOptions());

    /// <summary>The seconds between two frames.</summary>
    public double Hop => (double)Stft.Options.Hop / SampleRate;

    /// <summary>Stops the drawing.</summary>
    public CancellationToken Cancel { get; }

    /// <summary>Opens a recording.</summary>
    /// <exception cref="EngineException">It is not a recording, misses most of it, or ends before the part; the part is empty, or
    /// a sample is out of range.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Song Open(string path, PlotRequest request)
    {
        var from = request.From ?? 0;
        if (request.To <= from)
        {
            throw new EngineException(
                $"--to: {Number(request.To.Value)} s is not after the start at {Number(from)} s; name a later end.");
        }

        var audio = Decode(path, from, request);
        try
        {
            if (audio.Damage is { } damage) request.Warn?.Invoke($"{path}: {damage}");
            if (audio.Length > int.MaxValue)
            {
                throw new EngineException($"{path}: {audio.Length} samples are more than the {int.MaxValue} that are drawn at "
                    + "once; draw a part by --from and --to, or at a lower --sr.");
            }

            CheckLoudness(audio, path);
            return new(audio, FileName.Of(path), from, request.From is not null || request.To is not null, request.Cancel);
        }
        catch
        {
            audio.Dispose();
            throw;
        }
    }

    /// <summary>All samples in blocks, each valid until the next.</summary>
    public IEnumerable<(long First, ReadOnlyMemory<float> Samples)> Blocks()
    {
        var block = new float[(int)Math.Min(Block, _audio.Length)];
        for (var first = 0L; first < _audio.Length; first += Block)
        {
            Cancel.ThrowIfCancellationRequested();
            var samples = block.AsMemory(0, (int)Math.Min(Block, _audio.Length - first));
            _audio.Read(first, samples.Span);
            yield return (first, samples);
        }
    }

    /// <summary>Gives each frame to <paramref name="use"/>, with its number.</summary>
    public void ForEach(FrameReader<float> frames, Action<int, ReadOnlySpan<float>> use)
    {
        foreach (var (first, values) in frames.Blocks())
        {
            Cancel.ThrowIfCancellationRequested();
            for (var t = 0; t < values.Length / frames.Bins; t++) use(first + t, values.Span.Slice(t * frames.Bins, frames.Bins));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _audio.Dispose();

    private static DecodedAudio Decode(string path, double from, PlotRequest request)
    {
        try
        {
            return AudioFile.Open(path, from, request.To - from, request.SampleRate, request.MaxHours * 3600);
        }
        catch (AudioFormatException e)
        {
            throw new EngineException(e.Message, e);
        }
    }

    private static void CheckLoudness(DecodedAudio audio, string path)
    {
        var block = new float[(int)Math.Min(Block, audio.Length)];
        for (var first = 0L; first < audio.Length; first += Block)
        {
            var samples = block.AsSpan(0, (int)Math.Min(Block, audio.Length - first));
            audio.Read(first, samples);
            var over = samples.IndexOfAnyExceptInRange(-Loudest, Loudest);
            if (over < 0) continue;
            throw new EngineException($"{path}: sample {first + over} is {samples[over]}; beyond {Loudest} spectra overflow. "
                + "Scale the recording to full scale, 1.");
        }
    }

    private static string Length(double seconds)
    {
        if (seconds is > 0 and < 0.1) return $"{Number(1000 * seconds)} ms";
        if (seconds < 120) return $"{Number(seconds)} s";
        var whole = (long)Math.Round(seconds);
        return whole < 3600 ? $"{whole / 60}:{whole % 60:00} min" : $"{whole / 3600}:{whole / 60 % 60:00}:{whole % 60:00} h";
    }

    private static string Number(double value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);
}
