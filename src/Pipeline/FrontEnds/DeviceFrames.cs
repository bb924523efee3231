using Engine.Classifiers;
using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Tensors;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// Spectrogram, mel or MFCC frames of many signals at once, on a device: what <see cref="Stft"/>, <see cref="MelSpectrogram"/>,
/// <see cref="Decibels"/> and <see cref="Mfcc"/> give, within rounding, from the same parameters. Samples go to the device and
/// frames come back; nothing between them does. Any number of threads may use one.
/// </summary>
public sealed class DeviceFrames : IDisposable
{
    private readonly Stft _stft;
    private readonly Device _device;
    private readonly SpectrogramOptions _options;
    private readonly DecibelOptions? _decibels;
    private readonly Tensor _window;
    private readonly Tensor? _filters;
    private readonly Tensor? _cepstra;
    private readonly Mfcc? _mfcc;

    private DeviceFrames(
        StftOptions stft, SpectrogramValues values, Device device, MelOptions? mel = null, DecibelOptions? decibels = null,
        MfccOptions? mfcc = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        _stft = new(stft);
        (_device, _decibels) = (device, decibels);
        _options = new()
        {
            FftSize = stft.FftSize,
            Hop = stft.Hop,
            Center = stft.Center,
            Reflect = stft.PadMode == PadMode.Reflect,
            Values = values
        };
        var window = Windows.Create(stft.Window, stft.WindowLength ?? stft.FftSize, !stft.Symmetric);
        _window = Table(Array.ConvertAll(window, w => (float)w), window.Length);
        Bins = values == SpectrogramValues.Complex ? 2 * _stft.Bins : _stft.Bins;
        if (mel is not null)
        {
            var filters = new MelFilterBank(mel, stft.FftSize).ToDense();
            _filters = Table(filters.Data, filters.Count, filters.Bins);
            Bins = mel.Bands;
        }

        if (mfcc is not null)
        {
            // The cosine transform, its scaling and the lifter are linear: their matrix is what they make of unit vectors.
            _mfcc = new(mfcc);
            var unit = new Frames<float>(Bins, Bins);
            for (var b = 0; b < Bins; b++) unit[b][b] = 1;
            _cepstra = Table(_mfcc.FromDecibels(unit).Data, Bins, mfcc.Coefficients);
            Bins = mfcc.Coefficients;
        }
    }

    /// <summary>Values of a frame; a complex spectrogram's real and imaginary parts are two.</summary>
    public int Bins { get; }

    /// <summary>The most values of a batch's spectrogram, 256 MiB of them; a signal that has more is a batch alone.</summary>
    internal long BatchValues { get; set; } = 64 * 1024 * 1024;

    /// <summary>Complex values, real and imaginary parts in turn: <see cref="Stft.Forward(ReadOnlySpan{float})"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
    public static DeviceFrames Complex(StftOptions options, Device device) =>
        new(Checked(options), SpectrogramValues.Complex, device);

    /// <summary>Magnitudes: <see cref="Stft.Magnitude(ReadOnlySpan{float})"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
    public static DeviceFrames Magnitude(StftOptions options, Device device) =>
        new(Checked(options), SpectrogramValues.Magnitude, device);

    /// <summary>Mel power: <see cref="MelSpectrogram"/>, in decibels of each signal if they are asked for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
    public static DeviceFrames Mel(StftOptions stft, MelOptions mel, Device device, DecibelOptions? decibels = null)
    {
        ArgumentNullException.ThrowIfNull(mel);
        return new(Checked(stft), SpectrogramValues.Power, device, mel, decibels);
    }

    /// <summary>Cepstral coefficients: <see cref="Dsp.Mfcc"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
    public static DeviceFrames Mfcc(MfccOptions options, Device device)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(Checked(options.Stft), SpectrogramValues.Power, device, options.Mel, new DecibelOptions(), options);
    }

    /// <summary>Whether a device can compute a set: those that are frames of a spectrum and nothing else.</summary>
    public static bool Supports(FeatureSpec features) => features?.FramesOnDevice is not null;

    /// <summary>
    /// The frames whose means and variances are the columns of a set: magnitudes, mel bands in dB, or coefficients.
    /// </summary>
    /// <exception cref="EngineException">The set has more than frames of a spectrum.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
    public static DeviceFrames Of(FeatureSpec features, int sampleRate, Device device) =>
        features?.FramesOnDevice?.Invoke(sampleRate, device)
        ?? throw new EngineException(
            $"{features?.GetType().Name ?? "A set that is null"} cannot be computed on {device?.Name}; the sets mfcc, mel "
                + "and stft can.");

    /// <summary>
    /// The frames [frames, <see cref="Bins"/>] of each signal. Shorter ones are padded to the longest of their batch, which takes
    /// no part in their results.
    /// </summary>
    /// <exception cref="ArgumentException">A signal is too short to be reflected.</exception>
    public IReadOnlyList<Frames<float>> Compute(IReadOnlyList<float[]> signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        var results = new List<Frames<float>>(signals.Count);
        for (int first = 0, count; first < signals.Count; first += count)
        {
            count = 1;
            var longest = signals[first].Length;
            while (first + count < signals.Count && Fits(signals[first + count].Length))
                longest = Math.Max(longest, signals[first + count++].Length);
            results.AddRange(ComputeBatch([.. signals.Skip(first).Take(count)], longest));

            // A mirrored end is each signal's own: only signals of one length share a batch then.
            bool Fits(int samples) => _options is { Center: true, Reflect: true }
                ? samples == longest && (count + 1L) * BatchSize(longest) <= BatchValues
                : (count + 1L) * BatchSize(Math.Max(samples, longest)) <= BatchValues;
        }

        return results;
    }

    /// <summary>Whether a signal of this many samples is too long to be computed whole, beside others in its batch.</summary>
    internal bool IsLong(long samples) => samples > int.MaxValue || BatchSize((int)samples) > BatchValues / 4;

    /// <summary>
    /// The frames of a recording of any length, whose samples go to the device one block at a time. The decibels' range, which
    /// depends on the whole, and the coefficients are computed here.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The transform mirrors the signal at its ends, or there are more than 2³¹ samples.
    /// </exception>
    /// <exception cref="IOException">The samples cannot be read.</exception>
    public FrameReader<float> Read(SampleSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (_options is { Center: true, Reflect: true })
            throw new ArgumentException("DeviceFrames: a recording that is read in parts must be padded with zeros.",
                nameof(source));
        if (source.Length > int.MaxValue)
            throw new ArgumentException($"DeviceFrames: the recording has {source.Length} samples; the most is {int.MaxValue}.",
                nameof(source));
        var bins = _filters is null ? Bins : (int)_filters.Shape[0];
        var block = (int)Math.Clamp(Math.Min(BatchValues / 16 / (2 * _stft.Bins), BatchValues / 16 / _options.Hop), 1, 2048);
        var spectra = new FrameReader<float>(_stft.FrameCount((int)source.Length), bins, block,
            (first, frames) => Fill(source, first, frames, bins));
        if (_decibels is not null) spectra = FrameReader.ToDecibels(spectra);
        return _mfcc is null ? spectra : FrameReader.Mfcc(spectra, _mfcc);
    }

    // Frames without padding of samples that zeros surround.
    private void Fill(SampleSource source, int first, Span<float> frames, int bins)
    {
        var samples = new float[(long)(frames.Length / bins - 1) * _options.Hop + _options.FftSize];
        var start = (long)first * _options.Hop - (_options.Center ? _options.FftSize / 2 : 0);
        var from = Math.Clamp(start, 0, source.Length);
        source.Read(from, samples.AsSpan((int)(from - start),
            (int)(Math.Clamp(start + samples.Length, from, source.Length) - from)));
        using var scope = new TensorScope();
        var result = Tensor.Spectrogram(Tensor.From(samples, new Shape(1, samples.Length), _device), _window,
            _options with { Center = false });
        if (_filters is not null) result = Product(result, _filters, transposed: true);
        result.ToArray().CopyTo(frames);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _window.Dispose();
        _filters?.Dispose();
        _cepstra?.Dispose();
    }

    // Values that a signal adds to a batch.
    private long BatchSize(int samples) =>
        samples + (long)_stft.FrameCount(samples) * _stft.Bins * (_options.Values == SpectrogramValues.Complex ? 2 : 1);

    private Frames<float>[] ComputeBatch(float[][] signals, int longest)
    {
        var padded = new float[signals.Length * (long)longest];
        for (var i = 0; i < signals.Length; i++) signals[i].CopyTo(padded, i * (long)longest);
        var frames = Array.ConvertAll(signals, s => _stft.FrameCount(s.Length));
        using var scope = new TensorScope();
        var result = Tensor.Spectrogram(Tensor.From(padded, new Shape(signals.Length, longest), _device), _window, _options);
        if (_filters is not null) result = Product(result, _filters, transposed: true);
        if (_decibels is { } decibels)
        {
            var bands = result.Shape[2];
            result = result.ToDecibels(decibels,
                Tensor.FromIndices(Array.ConvertAll(frames, f => f * bands), new Shape(signals.Length), _device));
        }

        if (_cepstra is not null) result = Product(result, _cepstra, transposed: false);
        var values = result.ToArray();
        var size = values.Length / signals.Length;
        return [.. frames.Select((count, i) => new Frames<float>(count, Bins, values.AsSpan(i * size, count * Bins).ToArray()))];
    }

    // Releases what it has read: the spectrogram is the largest of all.
    private static Tensor Product(Tensor x, Tensor matrix, bool transposed)
    {
        using (x) return Tensor.MatMul(x, matrix, transposeB: transposed);
    }

    // Outlives every scope.
    private Tensor Table(float[] values, params ReadOnlySpan<int> sizes) =>
        TensorScope.Release(Tensor.From(values, new Shape(sizes), _device));

    private static StftOptions Checked(StftOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options;
    }
}
