using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Engine.Dsp.Fft;

namespace Engine.Dsp.Audio;

/// <summary>
/// Takes the profile of a recording while it is decoded: the digest of all samples, and the mean power spectrum of one frame in
/// every quarter of a second, Hann-windowed.
/// </summary>
internal sealed class SoundProfiler : ISampleSink, IDisposable
{
    private const int FrameSamples = 2048;
    private const double FramesPerSecond = 4;

    // 80 dB: above the noise of 16 bits in music of usual level, below what instruments have up to 10 kHz. A resampler's
    // stop band, and what a codec removed, are below.
    private const double Least = 1e-8;

    // A constant offset, which the window spreads over the first bins, is no sound.
    private const int FirstBin = 3;

    private static readonly RealFft<float> s_fft = new(FrameSamples);
    private static readonly float[] s_window =
        [.. Windows.Create(WindowKind.Hann, FrameSamples).Select(w => (float)w)];

    private readonly int _sampleRate;
    private readonly long _step;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly float[] _frame = new float[FrameSamples];
    private readonly Complex<float>[] _spectrum = new Complex<float>[FrameSamples / 2 + 1];
    private readonly double[] _power = new double[FrameSamples / 2 + 1];
    private readonly short[] _rounded = new short[FrameSamples];
    private long _position;
    private int _filled, _frames;

    /// <summary>Starts with no samples, of this rate.</summary>
    public SoundProfiler(int sampleRate) =>
        (_sampleRate, _step) = (sampleRate, Math.Max(FrameSamples, (long)(sampleRate / FramesPerSecond)));

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<float> samples)
    {
        Hash(samples);
        while (!samples.IsEmpty)
        {
            var place = _position % _step;
            var part = samples[..(int)Math.Min(samples.Length, place < FrameSamples ? FrameSamples - place : _step - place)];
            if (place < FrameSamples)
            {
                part.CopyTo(_frame.AsSpan((int)place));
                _filled = (int)place + part.Length;
                if (_filled == FrameSamples) Measure();
            }

            _position += part.Length;
            samples = samples[part.Length..];
        }
    }

    /// <summary>The profile of what was added.</summary>
    public SoundProfile Finish()
    {
        // Of a recording shorter than a frame, what there is.
        if (_frames == 0 && _filled > 0)
        {
            _frame.AsSpan(_filled).Clear();
            Measure();
        }

        return new(BinaryPrimitives.ReadInt64LittleEndian(_hash.GetHashAndReset()), Bandwidth());
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void Hash(ReadOnlySpan<float> samples)
    {
        while (!samples.IsEmpty)
        {
            var part = samples[..Math.Min(samples.Length, _rounded.Length)];
            Round(part, _rounded);
            if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(_rounded, _rounded);
            _hash.AppendData(MemoryMarshal.AsBytes(_rounded.AsSpan(0, part.Length)));
            samples = samples[part.Length..];
        }
    }

    // To the nearest of 16 bits, ties to even.
    private static void Round(ReadOnlySpan<float> samples, Span<short> rounded)
    {
        var i = 0;
        for (var width = Vector<float>.Count; i <= samples.Length - 2 * width; i += 2 * width)
        {
            Vector.Narrow(Integers(new(samples[i..])), Integers(new(samples[(i + width)..]))).CopyTo(rounded[i..]);
        }

        for (; i < samples.Length; i++)
            rounded[i] = (short)Math.Clamp(MathF.Round(samples[i] * 32768), short.MinValue, short.MaxValue);

        static Vector<int> Integers(Vector<float> values) => Vector.ConvertToInt32(Vector.Round(Vector.Min(
            Vector.Max(values * 32768f, new(short.MinValue)), new(short.MaxValue))));
    }

    private void Measure()
    {
        for (var i = 0; i < _frame.Length; i++) _frame[i] *= s_window[i];
        s_fft.Forward(_frame, _spectrum);
        for (var bin = 0; bin < _power.Length; bin++) _power[bin] += _spectrum[bin].Power;
        (_filled, _frames) = (0, _frames + 1);
    }

    private float Bandwidth()
    {
        var least = Least * _power.AsSpan(FirstBin).ToArray().Max();
        var last = _power.Length - 1;
        while (last > FirstBin && !(_power[last] > least)) last--;
        return (float)last * _sampleRate / FrameSamples;
    }
}
