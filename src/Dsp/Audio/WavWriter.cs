using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Engine.Dsp.Audio;

/// <summary>How <see cref="WavWriter"/> stores a sample.</summary>
public enum WavEncoding
{
    /// <summary>16-bit integers: round(32768·x), clipped to their range.</summary>
    Pcm16,

    /// <summary>32-bit floats, unchanged.</summary>
    Float32,
}

/// <summary>Writes WAV files, through a temporary file that is renamed when complete.</summary>
public static class WavWriter
{
    private const int BlockSamples = 1 << 14;

    /// <summary>Writes a mono signal.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="signal">The samples and their rate.</param>
    /// <param name="encoding">How a sample is stored.</param>
    /// <exception cref="ArgumentException">A sample is not finite, or there are more than a WAV file can hold.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, AudioSignal signal, WavEncoding encoding = WavEncoding.Pcm16)
    {
        ArgumentNullException.ThrowIfNull(signal);
        Write(path, signal.Samples, signal.SampleRate, encoding);
    }

    /// <summary>Writes interleaved samples, <c>[frames, channels]</c>.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="samples">Full scale at ±1.</param>
    /// <param name="sampleRate">Frames per second.</param>
    /// <param name="encoding">How a sample is stored.</param>
    /// <param name="channels">Samples per frame.</param>
    /// <exception cref="ArgumentException">A sample is not finite, there are more than a WAV file can hold, or their number is
    /// not
    /// a multiple of <paramref name="channels"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The rate or the number of channels is outside the range that readers
    /// accept.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(
        string path, ReadOnlySpan<float> samples, int sampleRate, WavEncoding encoding = WavEncoding.Pcm16, int channels = 1)
    {
        Check(samples, sampleRate, channels, encoding);
        using var file = new AtomicFile(path);
        Write(file.Stream, samples, sampleRate, encoding, channels);
        file.Commit();
    }

    /// <summary>Writes the bytes of a WAV file.</summary>
    internal static void Write(Stream stream, ReadOnlySpan<float> samples, int sampleRate, WavEncoding encoding, int channels)
    {
        var isFloat = encoding == WavEncoding.Float32;
        var sampleBytes = SampleBytes(encoding);
        var dataBytes = (uint)(samples.Length * (long)sampleBytes);
        Span<byte> header = stackalloc byte[44];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], 36 + dataBytes);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], (ushort)(isFloat ? 3 : 1));
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], (ushort)channels);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], (uint)sampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], (uint)(sampleRate * sampleBytes * channels));
        BinaryPrimitives.WriteUInt16LittleEndian(header[32..], (ushort)(sampleBytes * channels));
        BinaryPrimitives.WriteUInt16LittleEndian(header[34..], (ushort)(8 * sampleBytes));
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], dataBytes);
        stream.Write(header);
        if (isFloat)
        {
            stream.Write(MemoryMarshal.AsBytes(samples));
            return;
        }

        Span<short> block = new short[Math.Min(BlockSamples, samples.Length)];
        for (; !samples.IsEmpty; samples = samples[Math.Min(BlockSamples, samples.Length)..])
        {
            var part = block[..Math.Min(BlockSamples, samples.Length)];
            for (var i = 0; i < part.Length; i++)
            {
                part[i] = (short)Math.Clamp(MathF.Round(samples[i] * 32768f), short.MinValue, short.MaxValue);
            }

            stream.Write(MemoryMarshal.AsBytes(part));
        }
    }

    private static int SampleBytes(WavEncoding encoding) => encoding == WavEncoding.Float32 ? sizeof(float) : sizeof(short);

    private static void Check(ReadOnlySpan<float> samples, int sampleRate, int channels, WavEncoding encoding)
    {
        if (sampleRate is < AudioHeader.LowestRate or > AudioHeader.HighestRate)
        {
            throw new ArgumentOutOfRangeException(nameof(sampleRate),
                $"WavWriter: sampleRate is {sampleRate}; it must be {AudioHeader.LowestRate} to {AudioHeader.HighestRate}.");
        }

        if (channels is < 1 or > AudioHeader.MostChannels)
        {
            throw new ArgumentOutOfRangeException(nameof(channels),
                $"WavWriter: channels is {channels}; it must be 1 to {AudioHeader.MostChannels}.");
        }

        if (samples.Length % channels != 0)
        {
            throw new ArgumentException($"WavWriter: {samples.Length} samples do not divide into frames of {channels} channels.");
        }

        if (samples.Length * (long)SampleBytes(encoding) > uint.MaxValue - 36)
        {
            throw new ArgumentException($"WavWriter: {samples.Length} samples are more than the 4 GiB of a WAV file can hold.");
        }

        for (var i = 0; i < samples.Length; i++)
        {
            if (!float.IsFinite(samples[i]))
            {
                throw new ArgumentException($"WavWriter: sample {i} is {samples[i]}; every sample must be finite.");
            }
        }
    }
}
