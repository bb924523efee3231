using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Engine.Dsp.Audio;

/// <summary>Reads frames from a stream that stands at the first one, and mixes them to mono.</summary>
internal static class SampleReader
{
    private const int BlockBytes = 1 << 16; // stays in the second-level cache between reading and converting

    /// <summary>Reads the part from <paramref name="offset"/> on, at most <paramref name="duration"/> long, both in
    /// seconds.</summary>
    /// <exception cref="AudioFormatException">The format is not native, the part holds no sample, or one is not
    /// finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Offset is negative or duration is not positive.</exception>
    public static AudioSignal Read(Stream stream, AudioHeader header, string name, double offset, double? duration)
    {
        CheckPart(offset, duration);
        if (header.Format == SampleFormat.Other)
        {
            throw new AudioFormatException(name, $"{header.Codec} is not read natively. Convert the file to 16-bit WAV.");
        }

        if (header.Frames == 0) throw new AudioFormatException(name, "the file has a header but no samples. Leave it out.");
        var first = ToFrames(offset, header.SampleRate);
        var wanted = duration is { } d ? Math.Max(1, ToFrames(d, header.SampleRate)) : long.MaxValue;
        if (first >= header.Frames) throw PastEnd(name, offset, header);
        HeaderReader.Skip(stream, first * header.FrameBytes, name);
        var samples = header.Frames is { } frames
            ? ReadKnown(stream, header, Math.Min(wanted, frames - first), name)
            : ReadOpen(stream, header, wanted, name);
        CheckFinite(samples, first, header.SampleRate, name);
        var truncated = header.Truncated && first + samples.Length == header.Frames;
        return new AudioSignal(samples, header.SampleRate) { Truncated = truncated };
    }

    /// <summary>Rejects a part that cannot be: a programming error, not one of the file.</summary>
    public static void CheckPart(double offset, double? duration)
    {
        if (!(offset >= 0 && offset <= 1e9))
        {
            throw new ArgumentOutOfRangeException(nameof(offset), $"Read: offset is {offset} s; it must be 0 to 1e9.");
        }

        if (duration is { } d && !(d > 0 && d <= 1e9))
        {
            throw new ArgumentOutOfRangeException(nameof(duration), $"Read: duration is {d} s; it must be above 0, at most 1e9.");
        }
    }

    private static long ToFrames(double seconds, int rate) => (long)Math.Round(seconds * rate);

    private static float[] ReadKnown(Stream stream, in AudioHeader header, long frames, string name)
    {
        if (frames > Array.MaxLength) throw TooLong(name);
        var samples = GC.AllocateUninitializedArray<float>((int)frames);
        var got = Fill(stream, header, samples);
        return got == samples.Length ? samples : throw new AudioFormatException(name, "the file became shorter while it was read.");
    }

    private static float[] ReadOpen(Stream stream, in AudioHeader header, long wanted, string name)
    {
        var samples = new float[(int)Math.Min(wanted, 1 << 14)];
        for (var count = 0; ;)
        {
            count += Fill(stream, header, samples.AsSpan(count));
            if (count == wanted) return samples;
            if (count < samples.Length)
            {
                if (count == 0) throw new AudioFormatException(name, "the part asked for holds no samples.");
                return samples[..count];
            }

            if (count == Array.MaxLength) throw TooLong(name);
            Array.Resize(ref samples, (int)Math.Min(Math.Min(wanted, Array.MaxLength), 2L * count));
        }
    }

    /// <summary>Fills <paramref name="mono"/> as far as the stream reaches; returns the number of frames.</summary>
    private static int Fill(Stream stream, in AudioHeader header, Span<float> mono)
    {
        var blockFrames = Math.Max(1, Math.Min(mono.Length, BlockBytes / header.FrameBytes));
        var bytes = ArrayPool<byte>.Shared.Rent(blockFrames * header.FrameBytes);
        var mixed = header.Channels > 1 ? ArrayPool<float>.Shared.Rent(blockFrames * header.Channels) : [];
        try
        {
            for (var done = 0; ;)
            {
                var frames = Math.Min(blockFrames, mono.Length - done);
                if (frames == 0) return done;
                var block = bytes.AsSpan(0, frames * header.FrameBytes);
                var got = stream.ReadAtLeast(block, block.Length, throwOnEndOfStream: false) / header.FrameBytes;
                block = block[..(got * header.FrameBytes)];
                var target = mono.Slice(done, got);
                if (header.Channels == 1)
                {
                    SampleDecoder.Decode(block, header, target);
                }
                else
                {
                    var interleaved = mixed.AsSpan(0, got * header.Channels);
                    SampleDecoder.Decode(block, header, interleaved);
                    SampleDecoder.Mean(interleaved, header.Channels, target);
                }

                done += got;
                if (got < frames) return done;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            if (mixed.Length > 0) ArrayPool<float>.Shared.Return(mixed);
        }
    }

    private static void CheckFinite(ReadOnlySpan<float> samples, long first, int rate, string name)
    {
        const int Exponent = 0x7F800000; // all ones in infinities and NaNs alone
        var bits = MemoryMarshal.Cast<float, int>(samples);
        var i = 0;
        var mask = new Vector<int>(Exponent);
        for (; i <= bits.Length - Vector<int>.Count; i += Vector<int>.Count)
        {
            if (Vector.EqualsAny(new Vector<int>(bits[i..]) & mask, mask)) break;
        }

        for (; i < samples.Length; i++)
        {
            if (float.IsFinite(samples[i])) continue;
            throw new AudioFormatException(name,
                $"sample {first + i} ({(double)(first + i) / rate:0.###} s) is {samples[i]}; every sample must be finite. "
                + "Repair the file or leave it out.");
        }
    }

    private static AudioFormatException PastEnd(string name, double offset, in AudioHeader header) => new(name,
        $"the offset of {offset} s is past its end at {(double)(header.Frames ?? 0) / header.SampleRate:0.###} s.");

    private static AudioFormatException TooLong(string name) =>
        new(name, $"it has more than {Array.MaxLength} samples. Read it in parts, by offset and duration.");
}
