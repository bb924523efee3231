using System.Numerics;
using System.Runtime.InteropServices;

namespace Engine.Dsp.Audio;

/// <summary>Measures how loud a recording's channels and their mean are, to tell silence from channels that cancel out.</summary>
internal sealed class ChannelLevels
{
    /// <summary>Below this share of the channels' power (−60 dB), the mean is only rounding and dither. Two independent channels
    /// have
    /// half their power in the mean.</summary>
    private const double Cancelled = 1e-6;

    private readonly int _channels;
    private readonly bool _flushed;
    private double _power, _meanPower;
    private long _samples;

    /// <summary>Starts with no samples.</summary>
    /// <param name="channels">Samples per frame.</param>
    /// <param name="flushed">Whether the faintest samples were read as zeros.</param>
    public ChannelLevels(int channels, bool flushed) => (_channels, _flushed) = (channels, flushed);

    /// <summary>Counts clipped samples; null: nobody asked.</summary>
    public ClippingMeter? Clipping { get; set; }

    /// <summary>
    /// The share of the channels' power that their mean has: 1 for mono, a half for independent channels; null for silence.
    /// </summary>
    public double? MeanShare => _power == 0 ? null : _meanPower / _power;

    /// <summary>Adds a block: the samples of all channels, and their means.</summary>
    /// <param name="samples">Channel by channel, or frame by frame.</param>
    /// <param name="mono">The means.</param>
    /// <param name="interleaved">Whether the samples are frame by frame.</param>
    public void Add(ReadOnlySpan<float> samples, ReadOnlySpan<float> mono, bool interleaved = false)
    {
        _samples += mono.Length;
        Clipping?.Add(samples, interleaved);
        if (_channels == 1)
        {
            // One sample is enough to know that there is sound.
            if (_power == 0 && mono.ContainsAnyExcept(0f)) _power = _meanPower = 1;
            return;
        }

        _power += SumOfSquares(samples) / _channels;
        _meanPower += SumOfSquares(mono);
    }

    /// <summary>Why there is no usable sound, as a sentence; null if there is.</summary>
    public string? Silence()
    {
        if (_samples == 0) return null;
        if (_power == 0)
        {
            return $"all {_samples} samples are 0{(_flushed ? " or below 2^-100" : "")}; a silent recording has no genre. "
                + "Leave it out.";
        }

        return _meanPower < Cancelled * _power
            ? $"its {_channels} channels cancel each other out when they are averaged to mono (one is the inverse of the other). "
                + "Keep one of them, or invert one."
            : null;
    }

    /// <summary>The sum of the squares of some samples.</summary>
    public static double SumOfSquares(ReadOnlySpan<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var sum = Vector<float>.Zero;
        foreach (var vector in vectors) sum += vector * vector;
        double total = Vector.Sum(sum);
        foreach (var value in values[(vectors.Length * Vector<float>.Count)..]) total += (double)value * value;
        return total;
    }
}
