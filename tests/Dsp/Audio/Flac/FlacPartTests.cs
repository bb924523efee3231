using Engine.Dsp.Audio;
using Engine.Fuzzing.Targets;
using Engine.Tests.Support;
using static Engine.Tests.Dsp.Audio.Flac.FlacSignals;

namespace Engine.Tests.Dsp.Audio.Flac;

/// <summary>A part has the samples that are cut from the whole, however the stream is searched for it.</summary>
public class FlacPartTests
{
    private const int Rate = 22_050, Length = 150_000;

    public static TheoryData<int[], bool, long> Streams => new()
    {
        { [4096], false, 0 }, { [1152], true, 0 }, { [16, 333, 5000], false, 0 }, { [576, 4608], true, 0 },
        { [4096], true, 4096L * 300_000 }, { [400, 5000], true, 1L << 34 },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void Read_Part_HasTheSamplesOfTheWhole(int[] blocks, bool openLength, long firstSample)
    {
        var samples = Tones(16, 1, Length);
        var whole = Mean(16, samples);
        var file = new FlacEncoder { Blocks = blocks, OpenLength = openLength, FirstSample = firstSample }.File(samples);
        foreach (var (start, count) in ((int, int)[])[(0, 1), (0, 5000), (1, 4096), (4095, 2), (4096, 4096), (100_001, 30_000),
            (149_000, 1000), (149_999, 1), (140_000, 100_000)])
        {
            var expected = whole.AsSpan(start, Math.Min(count, Length - start)).ToArray();
            var (offset, duration) = ((double)start / Rate, (double)count / Rate);
            var part = Read(file, offset, duration);
            Assert.Equal(expected, part.Samples);
            Assert.Null(part.Damage);
            using var pipe = AudioFile.StartNative(new PipeLike(file, 5000), "fLaC"u8, "x", offset, duration, out _)!;
            Assert.Equal(expected, AudioFile.ReadAll(pipe, "x").Samples);
        }

        Assert.Equal(whole[130_000..], Read(file, 130_000.0 / Rate).Samples);
    }

    [Fact]
    public void Read_PartPastTheEnd_IsRefused()
    {
        var samples = Tones(16, 1, 22_050);
        Assert.Equal("x.flac: the offset of 1 s is past its end at 1 s.",
            Assert.Throws<AudioFormatException>(() => Read(new FlacEncoder().File(samples), 1)).Message);
        Assert.Equal("x.flac: the requested part holds no samples.",
            Assert.Throws<AudioFormatException>(() => Read(new FlacEncoder { OpenLength = true }.File(samples), 1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(new FlacEncoder().File(samples), -1));
    }

    // Far into a file only the frames around the part are read.
    [Fact]
    public void Read_PartFarInside_ReadsLittle()
    {
        var file = new FlacEncoder { Kind = FlacKind.Verbatim }.File(Tones(16, 1, 600_000));
        using var stream = new Counted(file);
        using var reader = AudioFile.StartNative(stream, "fLaC"u8, "x", 20, 0.1, out _)!;
        Assert.Equal(2205, AudioFile.ReadAll(reader, "x").Samples.Length);
        Assert.InRange(stream.Bytes, 1, file.Length / 2);
    }

    // A part beside the damage is whole; positions are those before the damage.
    [Fact]
    public void Read_PartOfADamagedFile_IsFoundByItsPosition()
    {
        var samples = Tones(16, 1, 40 * 4096);
        var encoder = new FlacEncoder();
        byte[][] frames = [.. encoder.Frames(samples)];
        frames[20][500] ^= 1;
        byte[] file = [.. encoder.Head(samples), .. frames.SelectMany(f => f)];
        var (after, within) = (21.0 * 4096 / Rate, 19.5 * 4096 / Rate);
        var part = Read(file, after, 1);
        Assert.Equal(Mean(16, samples)[(21 * 4096)..(21 * 4096 + Rate)], part.Samples);
        Assert.Null(part.Damage);
        part = Read(file, within, 3 * 4096.0 / Rate);
        Assert.Equal(2 * 4096, part.Samples.Length);
        Assert.StartsWith("0.19 s of its 0.56 s are missing", part.Damage);
    }

    private sealed class Counted(byte[] bytes) : MemoryStream(bytes)
    {
        public long Bytes { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            var got = base.Read(buffer);
            Bytes += got;
            return got;
        }
    }
}
