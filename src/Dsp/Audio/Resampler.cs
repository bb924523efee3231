using System.Buffers;
using System.Collections.Concurrent;
using System.Numerics;

namespace Engine.Dsp.Audio;

/// <summary>
/// Changes the sample rate by band-limited interpolation with a Kaiser-windowed sinc: flat within 0.01 dB up to 0.9 of the
/// lower of the two Nyquist frequencies, 100 dB down from that frequency on, and no delay: output k is the signal at
/// input position k·from/to, with samples beyond the ends taken as 0. Source: J. O. Smith, "Digital Audio Resampling Home Page"
/// (CCRMA); R. E. Crochiere and L. R. Rabiner, "Multirate Digital Signal Processing", 1983.
/// </summary>
/// <remarks>
/// Ratios of small integers use one row of filter taps per phase; all others interpolate linearly between
/// <see cref="ResamplerFilter.PhasesPerPeriod"/> rows. An instance is immutable and safe to share between threads.
/// </remarks>
public sealed class Resampler
{
    private const int LargestTerm = 2048; // of a ratio with a row per phase, so that the rows stay within 1.2 MB
    private const int CachedRatios = 16;

    private static readonly ConcurrentDictionary<(int From, int To), Resampler> s_cache = new();

    private readonly ResamplerFilter? _filter; // null if the rates are equal
    private readonly int _up, _down; // to/from in lowest terms; 0 if those are not small
    private readonly double _step; // input samples per output sample

    /// <summary>Designs the filter for two rates, which may be any positive numbers.</summary>
    /// <param name="fromRate">The rate of the input, in any unit.</param>
    /// <param name="toRate">The rate of the output, in the same unit.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate is not positive, or their ratio is beyond 1000.</exception>
    public Resampler(double fromRate, double toRate)
    {
        if (!(fromRate > 0 && toRate > 0 && fromRate / toRate is >= 1e-3 and <= 1e3))
        {
            throw new ArgumentOutOfRangeException(
                nameof(toRate), $"Resampler: {fromRate} to {toRate}: rates must be positive and their ratio at most 1000.");
        }

        _step = fromRate / toRate;
        if (fromRate == toRate) return;
        if (double.IsInteger(fromRate) && double.IsInteger(toRate))
        {
            var divisor = (double)BigInteger.GreatestCommonDivisor((BigInteger)fromRate, (BigInteger)toRate);
            if (Math.Max(fromRate, toRate) / divisor <= LargestTerm)
            {
                (_up, _down) = ((int)(toRate / divisor), (int)(fromRate / divisor));
                _filter = ResamplerFilter.Rational(_up, _down);
                return;
            }
        }

        _filter = ResamplerFilter.Interpolated(_step);
    }

    /// <summary>A resampler for two integer rates, cached for later calls with the same rates.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A rate is not positive, or their ratio is beyond 1000.</exception>
    public static Resampler For(int fromRate, int toRate)
    {
        if (s_cache.TryGetValue((fromRate, toRate), out var known)) return known;
        var made = new Resampler(fromRate, toRate);
        if (s_cache.Count >= CachedRatios) s_cache.Clear();
        return s_cache.GetOrAdd((fromRate, toRate), made);
    }

    /// <summary>The number of output samples for <paramref name="inputLength"/> input samples: ceil(n·to/from).</summary>
    /// <exception cref="OverflowException">The output is longer than an array can be.</exception>
    public int OutputLength(int inputLength) => checked((int)OutputLength((long)inputLength));

    /// <summary>The same, for signals of any length.</summary>
    internal long OutputLength(long inputLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inputLength);
        if (_filter is null) return inputLength;
        return checked(_up > 0 ? (inputLength * _up + _down - 1) / _down : (long)Math.Ceiling(inputLength / _step));
    }

    /// <summary>The number of outputs to compute together, because they share rows of taps.</summary>
    internal int Group => _filter is null || _up == 0 ? 1 : ResamplerKernel.Windows * _up;

    /// <summary>The first input sample that output <paramref name="k"/> depends on; negative before the start.</summary>
    internal long FirstInput(long k) => _filter is null ? k : Place(k) - _filter.Before;

    /// <summary>One past the last input sample that output <paramref name="k"/> depends on.</summary>
    internal long EndInput(long k) => _filter is null ? k + 1 : FirstInput(k) + _filter.RowLength;

    /// <summary>Resamples a whole signal, in which samples below 2⁻¹⁰⁰ count as 0; equal rates return the same bits.</summary>
    /// <param name="samples">The input, <c>[n]</c>.</param>
    /// <returns><c>[ceil(n·to/from)]</c>.</returns>
    public float[] Apply(ReadOnlySpan<float> samples)
    {
        if (_filter is null) return samples.ToArray();
        if (Tiny.Any(samples))
        {
            var flushed = samples.ToArray();
            Tiny.Flush(flushed);
            samples = flushed;
        }

        var output = GC.AllocateUninitializedArray<float>(OutputLength(samples.Length));
        Apply(samples, 0, output, 0);
        Tiny.Flush(output);
        return output;
    }

    /// <summary>
    /// Computes a part of the outputs from a part of the inputs; samples outside it count as 0. An output's bits do not depend
    /// on the part in which it is computed.
    /// </summary>
    /// <param name="samples">The inputs, starting at <paramref name="from"/>.</param>
    /// <param name="from">Their start in the whole signal.</param>
    /// <param name="output">The outputs, starting at <paramref name="first"/>.</param>
    /// <param name="first">Their start in the whole result; a multiple of <see cref="Group"/>.</param>
    internal void Apply(ReadOnlySpan<float> samples, long from, Span<float> output, long first)
    {
        if (_filter is null)
        {
            samples.Slice((int)(first - from), output.Length).CopyTo(output);
            return;
        }

        var scratch = ArrayPool<float>.Shared.Rent(_filter.RowLength);
        try
        {
            if (_up > 0) ApplyRational(_filter, samples, from, output, first, scratch.AsSpan(0, _filter.RowLength));
            else ApplyInterpolated(_filter, samples, from, output, first, scratch.AsSpan(0, _filter.RowLength));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scratch);
        }
    }

    /// <summary>The input sample at or before the position of an output.</summary>
    private long Place(long k) => _up > 0 ? k / _up * _down + k % _up * _down / _up : (long)Math.Floor(k * _step);

    /// <summary>Computes several periods of outputs at a time: outputs one period apart share a row of taps.</summary>
    private void ApplyRational(
        ResamplerFilter filter, ReadOnlySpan<float> samples, long from, Span<float> output, long first, Span<float> scratch)
    {
        const int Periods = ResamplerKernel.Windows;
        var reach = (Periods - 1L) * _down + filter.RowLength;
        var firstPeriod = first / _up;
        for (long period = 0; period * _up < output.Length; period += Periods)
        {
            for (var phase = 0; phase < _up; phase++)
            {
                var row = filter.Row(phase);
                var start = (firstPeriod + period) * _down + (long)phase * _down / _up - filter.Before - from;
                var k = period * _up + phase;
                if (start >= 0 && start + reach <= samples.Length && k + (Periods - 1L) * _up < output.Length)
                {
                    ResamplerKernel.Dots(row, samples.Slice((int)start, (int)reach), _down, output[(int)k..], _up);
                    continue;
                }

                for (var end = Math.Min(k + (long)Periods * _up, output.Length); k < end; k += _up, start += _down)
                {
                    output[(int)k] = ResamplerKernel.Dot(row, Window(samples, start, scratch));
                }
            }
        }
    }

    private void ApplyInterpolated(
        ResamplerFilter filter, ReadOnlySpan<float> samples, long from, Span<float> output, long first, Span<float> scratch)
    {
        for (var k = 0; k < output.Length; k++)
        {
            var position = (first + k) * _step;
            var whole = Math.Floor(position);
            var phase = (position - whole) * filter.Phases;
            var row = Math.Min((int)phase, filter.Phases - 1);
            var window = Window(samples, (long)whole - filter.Before - from, scratch);
            var (here, next) = (ResamplerKernel.Dot(filter.Row(row), window), ResamplerKernel.Dot(filter.Row(row + 1), window));
            output[k] = here + (float)(phase - row) * (next - here);
        }
    }

    /// <summary>The samples under a row of taps, from <paramref name="start"/>; a zero-padded copy at the ends.</summary>
    private static ReadOnlySpan<float> Window(ReadOnlySpan<float> samples, long start, Span<float> scratch)
    {
        if (start >= 0 && start + scratch.Length <= samples.Length) return samples.Slice((int)start, scratch.Length);
        var from = (int)Math.Clamp(start, 0, samples.Length);
        var to = (int)Math.Clamp(start + scratch.Length, 0, samples.Length);
        scratch.Clear();
        if (to > from) samples[from..to].CopyTo(scratch[(int)(from - start)..]);
        return scratch;
    }
}
