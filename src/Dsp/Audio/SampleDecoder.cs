using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Dsp.Audio;

/// <summary>Converts stored samples to float, full scale at ±1, and averages channels. Samples below 2⁻¹⁰⁰ become 0.</summary>
internal static class SampleDecoder
{
    private const float Int8Scale = 1f / (1 << 7), Int16Scale = 1f / (1 << 15), Int32Scale = 1f / (1u << 31);

    private static readonly float[] s_muLaw = Table(MuLaw), s_aLaw = Table(ALaw);

    /// <summary>Decodes every sample of <paramref name="bytes"/>, which it may reorder in place.</summary>
    public static void Decode(Span<byte> bytes, in AudioHeader header, Span<float> samples)
    {
        if (header.BigEndian) ToLittleEndian(bytes, header.SampleBytes);
        switch (header.Format)
        {
            case SampleFormat.UInt8:
                for (var i = 0; i < samples.Length; i++) samples[i] = (bytes[i] - 128) * Int8Scale;
                break;
            case SampleFormat.Int8:
                for (var i = 0; i < samples.Length; i++) samples[i] = (sbyte)bytes[i] * Int8Scale;
                break;
            case SampleFormat.Int16:
                DecodeInt16(MemoryMarshal.Cast<byte, short>(bytes), samples);
                break;
            case SampleFormat.Int24:
                for (var i = 0; i < samples.Length; i++)
                {
                    var at = bytes.Slice(3 * i, 3);
                    samples[i] = (at[0] << 8 | at[1] << 16 | at[2] << 24) * Int32Scale;
                }

                break;
            case SampleFormat.Int32:
                var integers = MemoryMarshal.Cast<byte, int>(bytes);
                for (var i = 0; i < samples.Length; i++) samples[i] = integers[i] * Int32Scale;
                break;
            case SampleFormat.Float32:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(samples);
                Tiny.Flush(samples);
                break;
            case SampleFormat.Float64:
                var doubles = MemoryMarshal.Cast<byte, double>(bytes);
                for (var i = 0; i < samples.Length; i++) samples[i] = Tiny.Flush((float)doubles[i]);
                break;
            case SampleFormat.MuLaw:
            case SampleFormat.ALaw:
                var table = header.Format == SampleFormat.MuLaw ? s_muLaw : s_aLaw;
                for (var i = 0; i < samples.Length; i++) samples[i] = table[bytes[i]];
                break;
        }
    }

    /// <summary>The mean of each frame's channels, summed in order and then divided, as <c>librosa.to_mono</c>
    /// does.</summary>
    public static void Mean(ReadOnlySpan<float> interleaved, int channels, Span<float> mono)
    {
        if (channels == 2)
        {
            for (var i = 0; i < mono.Length; i++) mono[i] = (interleaved[2 * i] + interleaved[2 * i + 1]) * 0.5f;
            return;
        }

        for (var i = 0; i < mono.Length; i++)
        {
            var sum = 0f;
            foreach (var sample in interleaved.Slice(i * channels, channels)) sum += sample;
            mono[i] = sum / channels;
        }
    }

    /// <summary>One index runs through all vector widths; the conversion is exact, so the bits do not depend on them.</summary>
    private static void DecodeInt16(ReadOnlySpan<short> source, Span<float> target)
    {
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(target);
        var count = (nuint)target.Length;
        nuint i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + 32 <= count; i += 32)
            {
                var (low, high) = Vector512.Widen(Vector512.LoadUnsafe(ref from, i));
                (Vector512.ConvertToSingle(low) * Int16Scale).StoreUnsafe(ref to, i);
                (Vector512.ConvertToSingle(high) * Int16Scale).StoreUnsafe(ref to, i + 16);
            }
        }

        if (Vector128.IsHardwareAccelerated)
        {
            for (; i + 8 <= count; i += 8)
            {
                var (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref from, i));
                (Vector128.ConvertToSingle(low) * Int16Scale).StoreUnsafe(ref to, i);
                (Vector128.ConvertToSingle(high) * Int16Scale).StoreUnsafe(ref to, i + 4);
            }
        }

        for (; i < count; i++) target[(int)i] = source[(int)i] * Int16Scale;
    }

    private static void ToLittleEndian(Span<byte> bytes, int size)
    {
        switch (size)
        {
            case 2:
                var shorts = MemoryMarshal.Cast<byte, short>(bytes);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 3:
                for (var i = 0; i < bytes.Length; i += 3) (bytes[i], bytes[i + 2]) = (bytes[i + 2], bytes[i]);
                break;
            case 4:
                var ints = MemoryMarshal.Cast<byte, int>(bytes);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 8:
                var longs = MemoryMarshal.Cast<byte, long>(bytes);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }

    private static float[] Table(Func<int, int> expand) =>
        [.. Enumerable.Range(0, 256).Select(code => expand(code) * Int16Scale)];

    /// <summary>ITU-T G.711 mu-law to the 16-bit range.</summary>
    private static int MuLaw(int code)
    {
        code = ~code & 0xFF;
        var magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84;
        return (code & 0x80) != 0 ? -magnitude : magnitude;
    }

    /// <summary>ITU-T G.711 A-law to the 16-bit range.</summary>
    private static int ALaw(int code)
    {
        code ^= 0x55;
        var segment = (code & 0x70) >> 4;
        var step = ((code & 0x0F) << 4) + 8;
        var magnitude = segment == 0 ? step : (step + 0x100) << (segment - 1);
        return (code & 0x80) != 0 ? magnitude : -magnitude;
    }
}
