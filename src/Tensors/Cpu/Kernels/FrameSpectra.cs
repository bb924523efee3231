using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tiny = Engine.Dsp.Tiny;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Spectrograms: result [N, frames, bins] of samples [N, L] under a window. Work is split by frames, eight of them a batch,
/// which <see cref="FrameFft"/> transforms; what is stored is rounded to float once.
/// </summary>
internal static unsafe class FrameSpectra
{
    private const int Lanes = FrameFft.Lanes;

    // Butterflies that make a task of some 50 µs.
    private const int Grain = 8 * 1024;

    /// <summary>Computes all frames.</summary>
    public static void Run(SpectrogramGeometry geometry, float* samples, float* window, float* result)
    {
        var fft = new FrameFft(FourierTables.Points(geometry.Options.FftSize));
        var turns = FourierTables.Roots(geometry.Options.FftSize, geometry.Bins);
        var frames = geometry.Signals * geometry.Frames;
        RowParallel.For((frames + Lanes - 1) / Lanes, Math.Max(1, Grain / fft.Points), (from, to) =>
        {
            var points = 2L * fft.Points;
            // Two floats to a double.
            using var memory = new Scratch(2 * 2 * Lanes * points);
            var data = (Vector512<double>*)memory.Floats;
            for (var batch = from; batch < to; batch++)
            {
                var (first, count) = (batch * Lanes, Math.Min(Lanes, frames - batch * Lanes));
                Gather(geometry, samples, window, first, count, (double*)data, fft.Length);
                var spectrum = fft.Forward(data, data + points);
                var width = geometry.Options.Values == SpectrogramValues.Complex ? 2L * geometry.Bins : geometry.Bins;
                Store(geometry, spectrum, fft.Length, turns, result + first * width, width, count);
            }
        });
    }

    // The windowed samples of frames first … first + count - 1; the lanes beyond stay zero.
    private static void Gather(SpectrogramGeometry geometry, float* samples, float* window, int first, int count, double* data, int points)
    {
        new Span<double>(data, 2 * points * Lanes).Clear();
        // Samples of an even transform are real and imaginary parts in turn, of an odd one real parts.
        var step = geometry.Options.FftSize % 2 == 0 ? Lanes : 2 * Lanes;
        for (var lane = 0; lane < count; lane++)
        {
            var signal = samples + (long)((first + lane) / geometry.Frames) * geometry.Samples;
            var start = (first + lane) % geometry.Frames * geometry.Options.Hop - geometry.Lead + geometry.WindowStart;
            var to = data + (long)geometry.WindowStart * step + lane;
            for (var i = 0; i < geometry.WindowLength; i++, to += step) *to = (double)window[i] * Tiny.Flush(Padded(geometry, signal, start + i));
        }
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

    // X[k] = ½(Z[k] + conj Z[M-k]) - (i/2)·w^k·(Z[k] - conj Z[M-k]) of an even transform; of an odd one Z itself.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Store(
        SpectrogramGeometry geometry, Vector512<double>* z, int points, double[] turns, float* result, long width, int count)
    {
        var (even, values) = (geometry.Options.FftSize % 2 == 0, geometry.Options.Values);
        for (var k = 0; k < geometry.Bins; k++)
        {
            Vector512<double> real, imaginary;
            if (even)
            {
                Vector512<double>* a = z + 2 * (k == points ? 0 : k), b = z + 2 * (k == 0 ? 0 : points - k);
                Vector512<double> sumReal = a[0] + b[0], sumImaginary = a[1] - b[1], lessReal = a[0] - b[0], lessImaginary = a[1] + b[1];
                Vector512<double> cosine = Vector512.Create(turns[2 * k]), sine = Vector512.Create(turns[2 * k + 1]);
                real = (sumReal + (cosine * lessImaginary + sine * lessReal)) * 0.5;
                imaginary = (sumImaginary - (cosine * lessReal - sine * lessImaginary)) * 0.5;
            }
            else
            {
                (real, imaginary) = (z[2 * k], z[2 * k + 1]);
            }

            var power = real * real + imaginary * imaginary;
            if (values == SpectrogramValues.Magnitude) power = Vector512.Sqrt(power);
            for (var lane = 0; lane < count; lane++)
            {
                if (values == SpectrogramValues.Complex)
                {
                    result[lane * width + 2 * k] = Tiny.FlushSubnormal((float)real[lane]);
                    result[lane * width + 2 * k + 1] = Tiny.FlushSubnormal((float)imaginary[lane]);
                }
                else
                {
                    result[lane * width + k] = Tiny.FlushSubnormal((float)power[lane]);
                }
            }
        }
    }
}
