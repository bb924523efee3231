using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Dsp;
using Engine.Dsp.Fft;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Spectrograms: result [N, frames, bins] of samples [N, L] under a window. Work is split by frames, each transformed alone in
/// double precision, so no frame affects another; results are rounded to float once.
/// </summary>
internal static unsafe class FrameSpectra
{
    // Samples for a task of some 50 µs.
    private const int Grain = 16 * 1024;

    /// <summary>Computes all frames.</summary>
    public static void Run(SpectrogramGeometry geometry, float* samples, float* window, float* result)
    {
        var fft = new RealFft<double>(geometry.Options.FftSize);
        var values = geometry.Options.Values;
        var width = values == SpectrogramValues.Complex ? 2L * fft.Bins : fft.Bins;
        RowParallel.For(geometry.Signals * geometry.Frames, Math.Max(1, Grain / fft.Length), (from, to) =>
        {
            // Two floats per double.
            using var memory = new Scratch(2L * (fft.Length + 2 * fft.Bins));
            double* frame = memory.Doubles, spectrum = frame + fft.Length;
            new Span<double>(frame, fft.Length).Clear();
            for (var row = from; row < to; row++)
            {
                var signal = samples + (long)(row / geometry.Frames) * geometry.Samples;
                var start = row % geometry.Frames * geometry.Options.Hop - geometry.Lead + geometry.WindowStart;
                Cut(geometry, signal, start, window, frame + geometry.WindowStart);
                fft.Forward(new(frame, fft.Length), new(spectrum, fft.Bins));
                if (values == SpectrogramValues.Complex) Round(spectrum, result + row * width, 2 * fft.Bins);
                else Power(spectrum, result + row * width, fft.Bins, values == SpectrogramValues.Magnitude);
            }
        });
    }

    // Writes the windowed samples from `start` on.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Cut(in SpectrogramGeometry geometry, float* signal, int start, float* window, double* frame)
    {
        var i = 0;
        if (start >= 0 && start + geometry.WindowLength <= geometry.Samples)
        {
            for (; i <= geometry.WindowLength - 16; i += 16)
            {
                var (factorLow, factorHigh) = Vector512.Widen(Vector512.Load(window + i));
                var (low, high) = Vector512.Widen(Tiny.Flush(Vector512.Load(signal + start + i)));
                (factorLow * low).Store(frame + i);
                (factorHigh * high).Store(frame + i + 8);
            }
        }

        for (; i < geometry.WindowLength; i++) frame[i] = (double)window[i] * Tiny.Flush(Padded(geometry, signal, start + i));
    }

    private static float Padded(in SpectrogramGeometry geometry, float* signal, int i)
    {
        if (geometry.Reflects)
        {
            if (i < 0) i = -i;
            if (i >= geometry.Samples) i = 2 * (geometry.Samples - 1) - i;
        }

        return (uint)i < (uint)geometry.Samples ? signal[i] : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Round(double* values, float* result, int count)
    {
        var i = 0;
        for (; i <= count - 16; i += 16)
            Tiny.FlushSubnormal(Vector512.Narrow(Vector512.Load(values + i), Vector512.Load(values + i + 8))).Store(result + i);
        for (; i < count; i++) result[i] = Tiny.FlushSubnormal((float)values[i]);
    }

    // re² + im² of interleaved parts, or its square root.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Power(double* spectrum, float* result, int bins, bool root)
    {
        var k = 0;
        for (; k <= bins - 8; k += 8)
        {
            var (low, high) = (Four(spectrum + 2 * k), Four(spectrum + 2 * k + 8));
            if (root) (low, high) = (Vector256.Sqrt(low), Vector256.Sqrt(high));
            Tiny.FlushSubnormal(Vector256.Narrow(low, high)).Store(result + k);
        }

        for (; k < bins; k++)
        {
            var power = new Complex<double>(spectrum[2 * k], spectrum[2 * k + 1]).Power;
            result[k] = Tiny.FlushSubnormal((float)(root ? Math.Sqrt(power) : power));
        }
    }

    // Each square is added to its partner's, so both parts of a pair hold its power.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Four(double* spectrum)
    {
        var squares = Vector512.Load(spectrum);
        squares *= squares;
        squares += Vector512.Shuffle(squares, Vector512.Create(1, 0, 3, 2, 5, 4, 7, 6));
        return Vector512.Shuffle(squares, Vector512.Create(0, 2, 4, 6, 1, 3, 5, 7)).GetLower();
    }
}
