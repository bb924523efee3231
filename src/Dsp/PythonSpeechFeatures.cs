using System.Runtime.InteropServices;
using Engine.Dsp.Fft;

namespace Engine.Dsp;

/// <summary>The parameters of <see cref="PythonSpeechFeatures"/>, named and preset as in python_speech_features 0.6.</summary>
public sealed record PythonSpeechFeaturesOptions
{
    /// <summary>Samples per second, in Hz (<c>samplerate</c>).</summary>
    public double SampleRate { get; init; } = 16000;

    /// <summary>
    /// A factor applied to each sample first. The package is usually fed the integers of 16-bit files, which affects its log
    /// energies: 32768 turns audio in [-1, 1] back into those integers; 1 leaves samples unchanged.
    /// </summary>
    public double SampleScale { get; init; } = 32768;

    /// <summary>A frame's length in seconds (<c>winlen</c>), rounded half up to samples.</summary>
    public double WindowSeconds { get; init; } = 0.025;

    /// <summary>The time between frames in seconds (<c>winstep</c>), rounded likewise.</summary>
    public double StepSeconds { get; init; } = 0.01;

    /// <summary>The cepstral coefficients kept (<c>numcep</c>).</summary>
    public int Coefficients { get; init; } = 13;

    /// <summary>The mel filters (<c>nfilt</c>).</summary>
    public int Filters { get; init; } = 26;

    /// <summary>Points of the transform (<c>nfft</c>); null: the smallest power of two that holds a frame.</summary>
    public int? FftSize { get; init; }

    /// <summary>The lower edge of the first filter in Hz (<c>lowfreq</c>).</summary>
    public double LowFrequency { get; init; }

    /// <summary>The upper edge of the last filter in Hz (<c>highfreq</c>); null: half the sample rate.</summary>
    public double? HighFrequency { get; init; }

    /// <summary>The pre-emphasis coefficient (<c>preemph</c>): y[n] = x[n] - c·x[n-1], the first sample unchanged.</summary>
    public double PreEmphasis { get; init; } = 0.97;

    /// <summary>The liftering parameter L (<c>ceplifter</c>): coefficient n is scaled by 1 + (L/2)·sin(πn/L); 0: off.</summary>
    public double Lifter { get; init; } = 22;

    /// <summary>Whether coefficient 0 is replaced by the logarithm of the frame's energy (<c>appendEnergy</c>).</summary>
    public bool AppendEnergy { get; init; } = true;

    /// <summary>The window (<c>winfunc</c>), symmetric as in NumPy; the package's default is none.</summary>
    public WindowKind Window { get; init; } = WindowKind.Rectangular;
}

/// <summary>
/// Cepstral coefficients and log filter banks exactly as the Python package python_speech_features 0.6 defines them, which is
/// neither librosa nor HTK: pre-emphasis, a zero-padded last frame, filters whose edges are rounded to bins, natural logarithms
/// with zeros replaced by 2⁻⁵². Double precision, like the package. Immutable and safe to share between threads.
/// </summary>
public sealed class PythonSpeechFeatures
{
    // As many as the points of the longest transform; with more, filters would have no bin of their own.
    private const int MostFilters = 1 << 24;

    private readonly int _frameLength;
    private readonly int _step;
    private readonly double[] _window;
    private readonly RealFft<double> _fft;
    private readonly FilterBank<double> _filters;
    private readonly Dct<double> _dct;
    private readonly double[] _lift;

    /// <summary>Plans the transforms.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public PythonSpeechFeatures(PythonSpeechFeaturesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        Guard.Check(double.IsFinite(options.SampleRate) && options.SampleRate > 0,
            $"PythonSpeechFeatures: sampleRate is {options.SampleRate} Hz; it must be positive.");
        _frameLength = Samples(options.WindowSeconds, "windowSeconds");
        _step = Samples(options.StepSeconds, "stepSeconds");
        var fftSize = options.FftSize ?? (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)_frameLength);
        Guard.Check(fftSize >= _frameLength,
            $"PythonSpeechFeatures: fftSize is {fftSize}; it must be at least the frame's {_frameLength} samples.");
        Guard.Check(options.Filters is >= 1
            and <= MostFilters, $"PythonSpeechFeatures: filters is {options.Filters}; it must be from 1 to {MostFilters}.");
        Guard.Check(options.Coefficients >= 1 && options.Coefficients <= options.Filters,
            $"PythonSpeechFeatures: coefficients is {options.Coefficients}; it must be between 1 and the {options.Filters} "
                + "filters.");
        Guard.Check(options.Lifter >= 0, $"PythonSpeechFeatures: lifter is {options.Lifter}; it must be at least 0.");
        var high = options.HighFrequency ?? options.SampleRate / 2;
        Guard.Check(options.LowFrequency >= 0 && high > options.LowFrequency && high <= options.SampleRate / 2,
            $"PythonSpeechFeatures: lowFrequency is {options.LowFrequency} and highFrequency {high} Hz; they must ascend "
                + $"from 0 to half of {options.SampleRate} Hz.");
        _window = Windows.Create(options.Window, _frameLength, periodic: false);
        _fft = new(fftSize);
        _filters = new(Design(options.Filters, fftSize, options.SampleRate, options.LowFrequency, high));
        _dct = new(options.Filters, options.Coefficients);
        _lift = new double[options.Coefficients];
        for (var n = 0; n < _lift.Length; n++)
            _lift[n] = options.Lifter > 0 ? 1 + options.Lifter / 2 * Math.Sin(Math.PI * n / options.Lifter) : 1;
    }

    /// <summary>The parameters.</summary>
    public PythonSpeechFeaturesOptions Options { get; }

    /// <summary>The number of frames of a signal: at least one, the last padded with zeros; none for an empty signal.</summary>
    public int FrameCount(int samples)
    {
        if (samples <= 0) return 0;
        return samples <= _frameLength ? 1 : 1 + (int)(((long)samples - _frameLength + _step - 1) / _step);
    }

    /// <summary>
    /// <c>python_speech_features.mfcc</c>: [frames, coefficients]. A NaN invalidates the frames that contain it.
    /// </summary>
    public Frames<float> Mfcc(ReadOnlySpan<float> signal)
    {
        var cepstra = new Frames<float>(FrameCount(signal.Length), Options.Coefficients);
        Mfcc(signal, 0, cepstra.Data);
        return cepstra;
    }

    /// <summary><c>python_speech_features.logfbank</c>: [frames, filters], natural logarithms of power.</summary>
    public Frames<float> LogFilterBank(ReadOnlySpan<float> signal)
    {
        var bank = LogEnergies(signal, 0, FrameCount(signal.Length)).Bank;
        return new(bank.Count, bank.Bins, Array.ConvertAll(bank.Data, x => (float)x));
    }

    /// <summary>
    /// The samples from the start of frame <paramref name="first"/> to the end of the one before <paramref name="end"/>.
    /// </summary>
    internal (long Start, long End) SamplesOf(int first, int end, long samples)
    {
        var start = Math.Min((long)first * _step, samples);
        return (start, Math.Clamp((end - 1L) * _step + _frameLength, start, samples));
    }

    /// <summary>
    /// The coefficients of as many frames as <paramref name="cepstra"/> holds, the first starting with
    /// <paramref name="samples"/>; <paramref name="previous"/> is the sample before them, 0 at the start of the recording.
    /// </summary>
    internal void Mfcc(ReadOnlySpan<float> samples, float previous, Span<float> cepstra)
    {
        var (bank, energy) = LogEnergies(samples, previous, cepstra.Length / Options.Coefficients);
        var row = new double[Options.Coefficients];
        for (var t = 0; t < bank.Count; t++)
        {
            _dct.Forward(bank[t], row);
            var frame = cepstra.Slice(t * row.Length, row.Length);
            for (var n = 0; n < row.Length; n++) frame[n] = (float)(row[n] * _lift[n]);
            if (Options.AppendEnergy) frame[0] = (float)energy[t];
        }
    }

    private (Frames<double> Bank, double[] Energy) LogEnergies(ReadOnlySpan<float> signal, float previous, int frames)
    {
        var bank = new Frames<double>(frames, Options.Filters);
        var energy = new double[bank.Count];
        var frame = new double[_fft.Length];
        var spectrum = new Complex<double>[_fft.Bins];
        var power = new double[_fft.Bins];
        var emphasized = Emphasize(signal, previous);
        for (var t = 0; t < bank.Count; t++)
        {
            var start = (int)Math.Min((long)t * _step, signal.Length);
            var samples = emphasized.AsSpan(start, Math.Min(_frameLength, signal.Length - start));
            frame.AsSpan(samples.Length).Clear();
            for (var i = 0; i < samples.Length; i++) frame[i] = _window[i] * samples[i];
            _fft.Forward(frame, spectrum);
            for (var k = 0; k < power.Length; k++) power[k] = spectrum[k].Power / _fft.Length;
            var parts = MemoryMarshal.Cast<Complex<double>, double>(spectrum);
            energy[t] = VectorMath.Dot<double>(parts, parts) / _fft.Length;
            _filters.Apply(power, bank[t]);
            energy[t] = Log(energy[t]);
            foreach (ref var value in bank[t]) value = Log(value);
        }

        return (bank, energy);

        static double Log(double x) => Math.Log(x == 0 ? Math.ScaleB(1, -52) : x);
    }

    private double[] Emphasize(ReadOnlySpan<float> signal, float before)
    {
        var emphasized = new double[signal.Length];
        var previous = before * Options.SampleScale;
        for (var i = 0; i < signal.Length; i++)
        {
            var sample = signal[i] * Options.SampleScale;
            emphasized[i] = sample - Options.PreEmphasis * previous;
            previous = sample;
        }

        return emphasized;
    }

    // Triangles between bins floor((nfft + 1)·f/rate) of frequencies f evenly spaced on the HTK mel scale, peak 1.
    private static Frames<double> Design(int filters, int fftSize, double sampleRate, double low, double high)
    {
        var edges = Edges(filters, fftSize, sampleRate, low, high);
        var weights = new Frames<double>(filters, fftSize / 2 + 1);
        for (var b = 0; b < filters; b++)
        {
            var (left, peak, right) = (edges[b], edges[b + 1], edges[b + 2]);
            for (var k = (int)left; k < (int)peak; k++) weights[b][k] = (k - left) / (peak - left);
            for (var k = (int)peak; k < (int)right; k++) weights[b][k] = (right - k) / (right - peak);
        }

        return weights;
    }

    /// <summary>
    /// The bins at which the filters begin, peak and end. With an odd fftSize, rounding decides which of two bins the last falls
    /// into, so the frequencies equal those of <c>numpy.linspace</c> bit for bit: steps are added, and the last value is the end
    /// itself.
    /// </summary>
    internal static double[] Edges(int filters, int fftSize, double sampleRate, double low, double high)
    {
        var (first, last) = (Mel.FromHertz(low, MelScale.Htk), Mel.FromHertz(high, MelScale.Htk));
        var step = (last - first) / (filters + 1);
        var edges = new double[filters + 2];
        for (var i = 0; i < edges.Length; i++)
        {
            var mel = i == edges.Length - 1 ? last : i * step + first;
            edges[i] = Math.Floor((fftSize + 1L) * Mel.ToHertz(mel, MelScale.Htk) / sampleRate);
        }

        return edges;
    }

    private int Samples(double seconds, string name)
    {
        var samples = Math.Round(seconds * Options.SampleRate, MidpointRounding.AwayFromZero);
        Guard.Check(samples is >= 1
            and <= 1 << 28, $"PythonSpeechFeatures: {name} is {seconds} at {Options.SampleRate} Hz; it must be at least one "
            + "sample.");
        return (int)samples;
    }
}
