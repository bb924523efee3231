using System.Numerics;
using System.Runtime.InteropServices;
using Engine.Dsp;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

/// <summary>Spectrograms and decibels of tensors against double precision.</summary>
[EveryInstructionSet]
public sealed class SpectralTests : IDisposable
{
    private static readonly double s_u = Math.ScaleB(1, -24);

    private readonly TensorScope _scope = new();

    // Every path: powers of two, each radix and mixtures, primes by convolution, and what is too large for a GPU's local memory.
    public static TheoryData<int> Sizes =>
    [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 14, 15, 16, 22, 26, 32, 45, 64, 97, 128, 256, 441, 512, 1000, 1009, 1024, 2018, 2048, 2205,
        4096, 4099, 4410, 6144, 8192, 8198,
    ];

    public void Dispose() => _scope.Dispose();

    [Theory, MemberData(nameof(Sizes))]
    public void Spectrogram_EverySize_MatchesDoublePrecision(int size)
    {
        // Two signals, hop and window no divisors of anything.
        var windowLength = Math.Max(1, size - size / 5);
        Check(2, size + size / 2 + 3, windowLength,
            new() { FftSize = size, Hop = size / 3 + 1, Values = SpectrogramValues.Complex });
    }

    [Fact]
    public void Spectrogram_OnCpuEverySizeTo256_MatchesDoublePrecision()
    {
        for (var size = 1; size <= 256; size++)
            Check(1, 2 * size, size, new() { FftSize = size, Hop = size, Values = SpectrogramValues.Complex }, Device.Cpu);
    }

    [Theory]
    [InlineData(16, 5)]
    [InlineData(64, 64)]
    [InlineData(15, 15)]
    [InlineData(22, 9)]
    [InlineData(512, 320)]
    public void Spectrogram_EveryPaddingAndValue_MatchesDoublePrecision(int size, int windowLength)
    {
        foreach (var values in Enum.GetValues<SpectrogramValues>())
        {
            foreach (var (center, reflect) in new[] { (true, false), (true, true), (false, false), (false, true) })
            {
                var options = new SpectrogramOptions
                {
                    FftSize = size,
                    Hop = 7,
                    Center = center,
                    Reflect = reflect,
                    Values = values
                };
                foreach (var samples in new[] { size / 2 + 1, size - 1, size, 3 * size + 5 })
                    Check(3, samples, windowLength, options);
            }
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(1, 40)]
    [InlineData(2, 3)]
    [InlineData(31, 2)]
    [InlineData(200, 5)]
    public void Spectrogram_ShortAndManySignals_MatchesDoublePrecision(int samples, int signals)
    {
        foreach (var size in new[] { 1, 12, 64, 22 }) Check(signals, samples, size, new() { FftSize = size, Hop = 5 });
    }

    [Fact]
    public void Spectrogram_ViewOfLargerTensors_ReadsItsOwnPart()
    {
        var all = Tensor.From(Signals.Noise(5 * 100), new Shape(5, 100));
        var window = Tensor.From(Signals.Noise(37, 2), new Shape(37));
        var options = new SpectrogramOptions { FftSize = 32, Hop = 9 };
        var part = Tensor.Spectrogram(all.Slice(0, 3, 2), window.Slice(0, 5, 32), options);
        Compare(Signals.Noise(500)[300..], 2, Signals.Noise(37, 2)[5..], options, part);
    }

    [Fact]
    public void Spectrogram_NoSignals_IsEmpty()
    {
        var window = Tensor.Full(new Shape(8), 1);
        Assert.Equal(new Shape(0, 3, 5),
            Tensor.Spectrogram(Tensor.Zeros(new Shape(0, 16)), window, new() { FftSize = 8, Hop = 8 }).Shape);
        Assert.Equal(new Shape(2, 0, 5),
            Tensor.Spectrogram(Tensor.Zeros(new Shape(2, 7)), window, new() { FftSize = 8, Hop = 8, Center = false }).Shape);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(22)]
    [InlineData(16384)]
    public void Spectrogram_NaNAndInfinity_SpoilTheirFramesAlone(int size)
    {
        var samples = Signals.Noise(2 * 6 * size);
        samples[3 * size] = float.NaN;
        samples[9 * size] = float.PositiveInfinity;
        // Frames that do not overlap: 3 of the first signal and 3 of the second, which is sample 9·size of both.
        var power = Tensor.Spectrogram(Tensor.From(samples, new Shape(2, 6 * size)), Tensor.Full(new Shape(size), 1),
            new() { FftSize = size, Hop = size, Center = false }).ToArray();
        var bins = size / 2 + 1;
        for (var i = 0; i < power.Length; i++) Assert.Equal(i / bins is 3 or 9, !float.IsFinite(power[i]));
    }

    [Fact]
    public void Spectrogram_LongBatch_IsThatOfEachSignal()
    {
        // More frames than a chunk of what is too large for local memory holds, which are 8 M points.
        var options = new SpectrogramOptions { FftSize = 16384, Hop = 33, Center = false };
        var window = Tensor.From(Signals.Noise(16384, 3), new Shape(16384));
        var samples = Signals.Noise(2 * 36000);
        var both = Tensor.Spectrogram(Tensor.From(samples, new Shape(2, 36000)), window, options);
        Assert.True(both.Shape[0] * both.Shape[1] > 1024);
        var last = Tensor.Spectrogram(Tensor.From(samples.AsSpan(36000), new Shape(1, 36000)), window, options);
        Assert.Equal(last.ToArray(), both.ToArray()[last.Count..]);
    }

    [Fact]
    public void Spectrogram_GradientAskedFor_IsRefused()
    {
        var samples = Tensor.Full(new Shape(1, 8), 1);
        samples.RequiresGrad = true;
        using var tape = new Tape();
        Assert.StartsWith("Spectrogram: [1, 8] requires a gradient",
            Assert.Throws<InvalidOperationException>(
                () => Tensor.Spectrogram(samples, Tensor.Full(new Shape(8), 1), new() { FftSize = 8 })).Message);
        Assert.StartsWith("ToDecibels: [1, 8] requires a gradient",
            Assert.Throws<InvalidOperationException>(() => samples.ToDecibels(new())).Message);
        Assert.False(Tensor.Spectrogram(samples.Detach(), Tensor.Full(new Shape(8), 1), new() { FftSize = 8 }).RequiresGrad);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    [InlineData(2, 256)]
    [InlineData(3, 8193)]
    [InlineData(2, 30000)]
    public void ToDecibels_EverySize_MatchesDoublePrecision(int rows, int n)
    {
        var x = Array.ConvertAll(Signals.Noise(rows * n, n), v => v * v * v * MathF.Exp(20 * v));
        var tensor = Tensor.From(x, new Shape(rows, n));
        int[] counts = [.. Enumerable.Range(0, rows).Select(r => r == 0 ? n : n / (r + 1) + 1)];
        var counted = Tensor.FromIndices(counts, new Shape(rows));
        foreach (var amplitude in new[] { false, true })
        {
            foreach (var (reference, top) in new (float?, float?)[] { (1, 80), (null, 80), (null, null), (0.25f, null), (-3, 0),
                (null, 25) })
            {
                var options = new DecibelOptions { Amplitude = amplitude, Reference = reference, TopDecibels = top };
                Check(tensor.ToDecibels(options), options, null);
                Check(tensor.ToDecibels(options, counted), options, counts);
            }
        }

        void Check(Tensor actual, DecibelOptions options, int[]? counts)
        {
            var expected = new double[x.Length];
            for (var r = 0; r < rows; r++) Decibels(x.AsSpan(r * n, n), options, counts?[r] ?? n, expected.AsSpan(r * n, n));

            // A few units in the last place of numbers up to 200 dB, twice where a reference is subtracted.
            Close.Assert(expected, Array.ConvertAll(actual.ToArray(), v => (double)v), 8 * 256 * s_u, what: $"{options}");
        }
    }

    [Fact]
    public void ToDecibels_NaNAndInfinity_KeepToTheirPlaces()
    {
        float[] x = [1, float.NaN, 100, -5, 0, float.PositiveInfinity, 7, 1, float.NaN, float.NaN, float.NaN, float.NaN];
        var decibels = Tensor.From(x, new Shape(3, 4)).ToDecibels(new() { TopDecibels = 30 });
        Close.Assert([0, float.NaN, 20, -10, float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity,
            float.PositiveInfinity, float.NaN, float.NaN, float.NaN, float.NaN], decibels.ToArray(), 1e-5);
    }

    [Fact]
    public void ToDecibels_CountsOutOfRange_MeanNoneAndAll()
    {
        var x = Tensor.From([1, 10, 100, 1, 10, 100, 1, 10, 100], new Shape(3, 3));
        var counts = Tensor.FromIndices([int.MinValue, int.MaxValue, 0], new Shape(3));
        Close.Assert([0, 10, 20, 15, 15, 20, 0, 10, 20], x.ToDecibels(new() { TopDecibels = 5 }, counts).ToArray(), 1e-5);
        Close.Assert([0, 20, 40, 35, 35, 40, 0, 20, 40], x.ToDecibels(new() { TopDecibels = 5, Amplitude = true }, counts)
            .ToArray(), 1e-5);
    }

    [Fact]
    public void ToDecibels_MoreAxes_CountsTheFirst()
    {
        var x = Tensor.From([1, 10, 100, 1000, 1, 1, 1, 1], new Shape(2, 2, 2));
        var decibels = x.ToDecibels(new() { Reference = null });
        Assert.Equal(x.Shape, decibels.Shape);
        Close.Assert([-30, -20, -10, 0, 0, 0, 0, 0], decibels.ToArray(), 1e-5);
        Assert.Equal(new Shape(0, 5), Tensor.Zeros(new Shape(0, 5)).ToDecibels(new()).Shape);
        Assert.Equal(new Shape(3, 0), Tensor.Zeros(new Shape(3, 0)).ToDecibels(new()).Shape);
    }

    private static void Decibels(ReadOnlySpan<float> x, DecibelOptions options, int count, Span<double> result)
    {
        double factor = options.Amplitude ? 20 : 10, amin = options.Amplitude ? 1e-5f : 1e-10f, peak = double.NegativeInfinity;
        for (var i = 0; i < x.Length; i++)
        {
            var value = options.Amplitude ? Math.Abs(x[i]) : x[i];
            if (i < count) peak = Math.Max(peak, value);
            result[i] = factor * Math.Log10(Math.Max(amin, value));
        }

        var reference = factor * Math.Log10(Math.Max(amin, Math.Abs(options.Reference ?? Math.Max(0, peak))));
        var lowest = factor * Math.Log10(Math.Max(amin, peak)) - reference - options.TopDecibels ?? double.NegativeInfinity;
        for (var i = 0; i < x.Length; i++) result[i] = Math.Max(result[i] - reference, lowest);
    }

    private static void Check(int signals, int samples, int windowLength, SpectrogramOptions options, Device? device = null)
    {
        var (noise, window) = (Signals.Noise(signals * samples, samples + 1),
            Array.ConvertAll(Signals.Noise(windowLength, 5), w => 1 + 0.5f * w));
        var actual = Tensor.Spectrogram(Tensor.From(noise, new Shape(signals, samples), device),
            Tensor.From(window, new Shape(windowLength), device), options);
        Compare(noise, signals, window, options, actual);
    }

    private static void Compare(float[] samples, int signals, float[] window, SpectrogramOptions options, Tensor actual)
    {
        var (n, length) = (options.FftSize, samples.Length / signals);
        var (bins, lead) = (n / 2 + 1, options.Center ? n / 2 : 0);
        var frames = length + 2 * lead < n ? 0 : 1 + (length + 2 * lead - n) / options.Hop;
        var complex = options.Values == SpectrogramValues.Complex;
        Assert.Equal(complex ? new Shape(signals, frames, bins, 2) : new Shape(signals, frames, bins), actual.Shape);
        var values = actual.ToArray();
        var width = complex ? 2 * bins : bins;

        // An n-point transform, after one rounding for each windowed sample; one by convolution has three times the error.
        var budget = s_u * (Math.Log2(n) + 1) * (BitOperations.IsPow2(n) ? 1 : 3);
        var frame = new Complex<double>[n];
        for (var f = 0; f < signals * frames; f++)
        {
            Array.Clear(frame);
            var first = (n - window.Length) / 2;
            for (var i = 0; i < window.Length; i++)
            {
                var signal = samples.AsSpan(f / frames * length, length);
                frame[first + i] = new((double)window[i] * Sample(signal, f % frames * options.Hop - lead + first + i), 0);
            }

            var spectrum = Reference.Fourier(frame)[..bins];
            var ours = Array.ConvertAll(values[(f * width)..((f + 1) * width)], v => (double)v);
            var what = $"{options}, {signals} × {length}, frame {f}";
            if (complex)
            {
                Close.AssertL2(MemoryMarshal.Cast<Complex<double>, double>(spectrum.AsSpan()), ours, budget, what);
                continue;
            }

            // With E the error of X: ||X + E| - |X|| ≤ |E|, and ||X + E|² - |X|²| ≤ 2·|X||E|, to first order; two roundings more.
            var magnitude = Array.ConvertAll(spectrum, z => z.Magnitude);
            if (options.Values == SpectrogramValues.Magnitude) Close.AssertL2(magnitude, ours, budget + 2 * s_u, what);
            else
            {
                var norm = Math.Sqrt(magnitude.Sum(m => m * m));
                var power = Array.ConvertAll(magnitude, m => m * m);
                Close.AssertL2(power, ours,
                    norm == 0 ? 0 : 2 * magnitude.Max() * budget * norm / Math.Sqrt(power.Sum(p => p * p)) + 2 * s_u, what);
            }
        }

        double Sample(ReadOnlySpan<float> signal, int i)
        {
            if (options is { Center: true, Reflect: true }) i = i < 0 ? -i : i >= signal.Length ? 2 * (signal.Length - 1) - i : i;
            return i >= 0 && i < signal.Length ? signal[i] : 0;
        }
    }
}
