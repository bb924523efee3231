using System.Buffers.Binary;
using Engine.Fuzzing.Targets;
using Engine.Tests.Dsp.Audio.Flac;
using Engine.Tests.Support;
using static Engine.Tests.Support.AudioBytes;

namespace Engine.Tests.Dsp.Audio;

/// <summary>A whole file, and what its format says of itself.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its content.</param>
/// <param name="SoundAt">Where its sound starts, behind headers.</param>
internal sealed record Specimen(string Name, byte[] Bytes, int SoundAt)
{
    /// <summary>Whether it says how long it is.</summary>
    public bool DeclaresLength { get; init; } = true;

    /// <summary>Whether its parts have checksums, so that a change of any bit is noticed.</summary>
    public bool HasChecksums { get; init; }

    /// <summary>Whether it marks its end.</summary>
    public bool HasEndMark { get; init; }

    /// <summary>Whether it is found behind bytes that are no recording.</summary>
    public bool IsFound { get; init; }

    /// <summary>Whether the samples before a cut do not depend on those behind it.</summary>
    public bool IsExact { get; init; } = true;

    /// <summary>The largest unreported loss, in seconds: of whole samples, or of frames whose number is not known.</summary>
    public double Tolerance { get; init; } = 0.01;
}

/// <summary>Whole files of every format that is read natively, of many rates, depths and channels.</summary>
internal static class Specimens
{
    private const double Length = 0.5;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Specimen> All { get; } =
    [
        Wave("u8.wav", 1, 8, 1, 8000), Wave("s16.wav", 1, 16, 2, 44_100), Wave("s24.wav", 1, 24, 1, 96_000),
        Wave("s32.wav", 1, 32, 6, 12_000), Wave("f32.wav", 3, 32, 2, 22_050), Wave("f64.wav", 3, 64, 1, 11_025),
        Wave("alaw.wav", 6, 8, 1, 8000), Wave("mulaw.wav", 7, 8, 2, 16_000),
        Behind("big.wav", data => Rifx(data, 1, 2, 16_000, 16), 16, 2, 16_000, isBig: true),
        Behind("long.wav", data => Riff("RF64",
            Chunk("ds64", [.. new byte[8], .. Le((uint)data.Length), .. new byte[16]]),
            Chunk("fmt ", Format(1, 1, 16_000, 16, 16)), Chunk("data", data, uint.MaxValue)), 16, 1, 16_000),
        Sun("mulaw.au", 1, 8, 1, 8000), Sun("s8.au", 2, 8, 2, 11_025), Sun("s16.au", 3, 16, 2, 32_000),
        Sun("s24.au", 4, 24, 1, 48_000), Sun("s32.au", 5, 32, 2, 8000), Sun("f32.au", 6, 32, 1, 22_050),
        Sun("f64.au", 7, 64, 1, 16_000), Sun("alaw.au", 27, 8, 2, 8000),
        Behind("s8.aiff", data => AiffBytes.Aiff(data, 1, 8, 11_025), 8, 1, 11_025, isBig: true),
        Behind("s16.aiff", data => AiffBytes.Aiff(data, 2, 16, 44_100), 16, 2, 44_100, isBig: true),
        Behind("s24.aiff", data => AiffBytes.Aiff(data, 3, 24, 16_000), 24, 3, 16_000, isBig: true),
        Behind("sowt.aifc", data => AiffBytes.Aifc(data, "sowt", 16, 4, 2), 16, 2, 22_050),
        Behind("fl32.aifc", data => AiffBytes.Aifc(data, "fl32", 32, 4), 32, 1, 22_050, isFloat: true, isBig: true),
        Core("s16.caf", 0, 16, 2, 44_100), Core("s24.caf", 2, 24, 1, 48_000), Core("f32.caf", 3, 32, 1, 8000),
        Free("s16.flac", new() { Rate = 44_100, Blocks = [1024], Stereo = FlacStereo.MidSide }, 2),
        Free("s24.flac", new() { Rate = 96_000, Depth = 24, Blocks = [576, 4096], Kind = FlacKind.Linear, Order = 8 }, 1),
        Free("s12.flac", new() { Rate = 32_000, Depth = 12, Blocks = [512], NoMd5 = true }, 3),
        Free("s8.flac", new() { Rate = 8000, Depth = 8, Blocks = [192], Kind = FlacKind.Verbatim }, 1),
        Mpeg("joint.mp3"), Mpeg("low.mp3"), Mpeg("lowest.mp3"), Mpeg("dual.mp3"), Mpeg("layer2.mp2"),
        Vorbis("song.ogg"), Vorbis("mono.ogg"),
    ];

    private static byte[] Tone(int bits, int channels, int rate, bool isFloat, bool isBig)
    {
        var scale = isFloat ? 0.5 : Math.ScaleB(0.5, bits - 1);
        return Encode(Enumerable.Range(0, (int)(Length * rate) * channels)
            .Select(i => scale * Math.Sin(0.05 * i) + (bits == 8 ? 64 : 0)), bits, isFloat, isBig);
    }

    private static Specimen Behind(
        string name, Func<byte[], byte[]> make, int bits, int channels, int rate, bool isFloat = false, bool isBig = false)
    {
        var data = Tone(bits, channels, rate, isFloat, isBig);
        var bytes = make(data);
        return new(name, bytes, bytes.AsSpan().IndexOf(data.AsSpan(0, Math.Min(data.Length, 4000))));
    }

    private static Specimen Wave(string name, int tag, int bits, int channels, int rate) =>
        Behind(name, data => Wav(data, tag, channels, (uint)rate, bits), bits, channels, rate, tag == 3);

    private static Specimen Sun(string name, uint encoding, int bits, int channels, int rate) =>
        Behind(name, data => Au(data, encoding, (uint)channels, (uint)rate), bits, channels, rate, encoding is 6 or 7, true);

    private static Specimen Core(string name, uint flags, int bits, int channels, int rate) =>
        Behind(name, data => AiffBytes.Caf(AiffBytes.Description("lpcm", flags, bits, channels, rate), AiffBytes.CafData(data)),
            bits, channels, rate, (flags & 1) != 0, (flags & 2) == 0);

    private static Specimen Free(string name, FlacEncoder encoder, int channels)
    {
        var samples = FlacSignals.Tones(encoder.Depth, channels, (int)(Length * encoder.Rate));
        return new(name, encoder.File(samples), encoder.Head(samples).Length) { HasChecksums = true };
    }

    // Six times as long, since a loss of 0.1 s is not reported; the first frame may say how many there are.
    private static Specimen Mpeg(string name)
    {
        var bytes = Recordings.Bytes(name);
        var starts = Mp3Frames.Starts(bytes);
        int Find(ReadOnlySpan<byte> tag) => bytes.AsSpan(0, starts[1]).IndexOf(tag);
        var tag = Math.Max(Find("Xing"u8), Find("Info"u8));
        var first = tag < 0 ? 0 : starts[1];
        var sound = bytes[first..];
        byte[] head = bytes[..first];
        if (tag >= 0) BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(tag + 8), 6 * (uint)(starts.Count - 1));
        return new(name, [.. head, .. Enumerable.Repeat(sound, 6).SelectMany(s => s)], Math.Max(first, MpegHeaderBytes))
        {
            DeclaresLength = tag >= 0,
            IsFound = true,
            IsExact = false,
            Tolerance = 0.1,
        };
    }

    private const int MpegHeaderBytes = 4;

    private static Specimen Vorbis(string name)
    {
        var bytes = Recordings.Bytes(name);
        var heads = Engine.Tests.Support.OggFile.Pages(bytes).Take(2).Sum(p => p.Length);
        return new(name, bytes, heads) { DeclaresLength = false, HasChecksums = true, HasEndMark = true, IsExact = false };
    }
}
