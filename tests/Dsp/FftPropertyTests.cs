using Engine.Dsp;
using Engine.Dsp.Fft;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Dsp;

public class FftPropertyTests
{
    private static readonly Arbitrary<int> s_lengths = Gen.Choose(1, 5000).ToArbitrary();

    // A transform's relative error is below u·log2 N three times over; sums and round trips of two of them take four.
    private static double Budget(int n) => 12 * Math.Pow(2, -24) * Math.Max(1, Math.Log2(n));

    [Fact]
    public void Fft_AnyLength_IsLinear() => Prop.ForAll(s_lengths, n =>
    {
        var (x, y) = (Random(n, n), Random(n, n + 1));
        var mixed = new Complex<float>[n];
        for (var i = 0; i < n; i++) mixed[i] = x[i] * 2 - y[i] * 0.75f;
        var plan = new FftPlan<float>(n);
        foreach (var signal in new[] { x, y, mixed }) plan.Forward(signal, signal);
        double error = 0, norm = 0;
        for (var k = 0; k < n; k++)
        {
            error += (mixed[k] - (x[k] * 2 - y[k] * 0.75f)).Power;
            norm += mixed[k].Power;
        }

        return error <= Budget(n) * Budget(n) * norm;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Fft_AnyLength_KeepsTheEnergy() => Prop.ForAll(s_lengths, n =>
    {
        var x = Random(n, n);
        var spectrum = new Complex<float>[n];
        new FftPlan<float>(n).Forward(x, spectrum);
        var (before, after) = (Energy(x), Energy(spectrum) / n);
        return Math.Abs(before - after) <= Budget(n) * before;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Fft_AnyLength_ReturnsFromARoundTrip() => Prop.ForAll(s_lengths, n =>
    {
        var x = Random(n, n);
        var back = new Complex<float>[n];
        var plan = new FftPlan<float>(n);
        plan.Forward(x, back);
        plan.Inverse(back, back);
        for (var i = 0; i < n; i++) back[i] -= x[i];
        return Energy(back) <= Budget(n) * Budget(n) * Energy(x);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void RealFft_AnyLength_ReturnsFromARoundTrip() => Prop.ForAll(s_lengths, n =>
    {
        var x = Array.ConvertAll(Random(n, n), v => v.Real);
        var back = new float[n];
        var spectrum = new Complex<float>[n / 2 + 1];
        var plan = new RealFft<float>(n);
        plan.Forward(x, spectrum);
        plan.Inverse(spectrum, back);
        double error = 0, norm = 0;
        for (var i = 0; i < n; i++)
        {
            error += (back[i] - x[i]) * (back[i] - x[i]);
            norm += x[i] * x[i];
        }

        return error <= Budget(n) * Budget(n) * norm;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void RealFft_AnyLength_AgreesWithTheComplexTransform() => Prop.ForAll(s_lengths, n =>
    {
        var x = Array.ConvertAll(Random(n, n), v => new Complex<float>(v.Real, 0));
        var real = new Complex<float>[n / 2 + 1];
        new RealFft<float>(n).Forward(Array.ConvertAll(x, v => v.Real), real);
        new FftPlan<float>(n).Forward(x, x);
        double error = 0;
        for (var k = 0; k < real.Length; k++) error += (real[k] - x[k]).Power;
        return error <= Budget(n) * Budget(n) * Energy(x);
    }).QuickCheckThrowOnFailure();

    private static double Energy(Complex<float>[] x)
    {
        double sum = 0;
        foreach (var v in x) sum += (double)v.Real * v.Real + (double)v.Imaginary * v.Imaginary;
        return sum;
    }

    private static Complex<float>[] Random(int count, int seed)
    {
        var random = new Random(seed);
        var x = new Complex<float>[count];
        foreach (ref var v in x.AsSpan()) v = new(random.NextSingle() - 0.5f, random.NextSingle() - 0.5f);
        return x;
    }
}
