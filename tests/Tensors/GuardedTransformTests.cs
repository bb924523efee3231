using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Dsp.Fft;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

/// <summary>
/// Part of each guarded run: transforms and maps of Engine.Dsp over spans that end, or begin, at a forbidden page.
/// </summary>
public unsafe class GuardedTransformTests
{
    public static TheoryData<int> Lengths =>
        [1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 17, 30, 31, 32, 33, 60, 64, 97, 100, 128, 131, 210, 256];

    [Theory, MemberData(nameof(Lengths))]
    public void Fourier_AnyLength_StaysInside(int n)
    {
        Complex<float>(n);
        Complex<double>(n);
    }

    [Theory, MemberData(nameof(Lengths))]
    public void Cosine_AnyLength_StaysInside(int n) =>
    GuardPages.WithSpan<float>(n, input => GuardPages.WithSpan<float>(n, output =>
    {
        var dct = new Dct<float>(n);
        dct.Forward(new ReadOnlySpan<float>((void*)input, n), new Span<float>((void*)output, n));
        dct.Inverse(new ReadOnlySpan<float>((void*)input, n), new Span<float>((void*)output, n));
    }));

    [Theory, MemberData(nameof(Lengths))]
    public void Spectra_AnyLength_StayInside(int n) =>
    GuardPages.WithSpan<Complex<float>>(n, input => GuardPages.WithSpan<float>(n, output =>
    {
        var spectrum = new ReadOnlySpan<Complex<float>>((void*)input, n);
        var result = new Span<float>((void*)output, n);
        Spectrum.Power(spectrum, result);
        Spectrum.Magnitude(spectrum, result);
        Decibels.FromPower(result, result);
        Assert.False(float.IsNaN(VectorMath.Max(result)));
        _ = VectorMath.Dot<float>(result, result);
        _ = Tiny.Any(result);
        Tiny.Flush(result);
    }));

    [Theory, MemberData(nameof(Lengths))]
    public void Signals_AnyLength_StayInside(int n) => GuardPages.WithSpan<float>(n, input =>
    {
        var signal = new ReadOnlySpan<float>((void*)input, n);
        foreach (var (from, to) in new[] { (44100, 22050), (22050, 44100), (48000, 44100), (22050, 22051) }) new Resampler(from,
            to).Apply(signal);
        var stft = new Stft(new StftOptions { FftSize = 32, HopLength = 5 });
        stft.Forward(signal);
        stft.Power(signal);
        stft.MagnitudeInDouble(signal);
    });

    private static void Complex<T>(int n)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var bins = n / 2 + 1;
        GuardPages.WithSpan<Complex<T>>(2 * n, input => GuardPages.WithSpan<Complex<T>>(2 * n, output =>
        {
            var plan = new FftPlan<T>(n);
            plan.Forward(new ReadOnlySpan<Complex<T>>((void*)input, 2 * n), new Span<Complex<T>>((void*)output, 2 * n));
            plan.Inverse(new ReadOnlySpan<Complex<T>>((void*)output, 2 * n), new Span<Complex<T>>((void*)output, 2 * n));
        }));
        GuardPages.WithSpan<T>(2 * n, input => GuardPages.WithSpan<Complex<T>>(2 * bins, output =>
        {
            var real = new RealFft<T>(n);
            real.Forward(new ReadOnlySpan<T>((void*)input, 2 * n), new Span<Complex<T>>((void*)output, 2 * bins));
            real.Inverse(new ReadOnlySpan<Complex<T>>((void*)output, 2 * bins), new Span<T>((void*)input, 2 * n));
        }));
    }
}
