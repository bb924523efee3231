using Engine.Dsp.Audio;
using Engine.Dsp.Audio.Flac;
using Engine.Fuzzing.Targets;
using Engine.Tests.Support;
using static Engine.Tests.Dsp.Audio.Flac.FlacSignals;

namespace Engine.Tests.Dsp.Audio.Flac;

/// <summary>Whole files of every kind; the MD5 in each agrees, so every channel is right and not just their mean.</summary>
public sealed class FlacReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(nameof(FlacKind.Constant))]
    [InlineData(nameof(FlacKind.Verbatim))]
    [InlineData(nameof(FlacKind.Fixed))]
    [InlineData(nameof(FlacKind.Linear))]
    public void Read_EveryDepthAndStereoMode_GivesTheSamples(string kind)
    {
        for (var depth = 4; depth <= 32; depth++)
        {
            foreach (var stereo in Enum.GetValues<FlacStereo>())
            {
                var encoder = new FlacEncoder
                {
                    Depth = depth,
                    Stereo = stereo,
                    Kind = Enum.Parse<FlacKind>(kind),
                    Blocks = [96],
                    WideParameters = true,
                };
                AssertReads(encoder, Tones(depth, 2, 250, depth));
            }
        }
    }

    // Left and right near the opposite ends of 32 bits: their difference has 33.
    [Theory]
    [InlineData(nameof(FlacKind.Constant), 0)]
    [InlineData(nameof(FlacKind.Verbatim), 0)]
    [InlineData(nameof(FlacKind.Fixed), 1)]
    [InlineData(nameof(FlacKind.Fixed), 4)]
    [InlineData(nameof(FlacKind.Linear), 1)]
    [InlineData(nameof(FlacKind.Linear), 3)]
    public void Read_DifferenceOf33Bits_GivesTheSamples(string kind, int order)
    {
        var slope = kind == nameof(FlacKind.Constant) ? 0 : 3;
        long[] high = [.. Enumerable.Range(0, 300).Select(i => (long)int.MaxValue - slope * i)];
        long[] low = [.. Enumerable.Range(0, 300).Select(i => (long)int.MinValue + slope * 2 * i)];
        foreach (var stereo in Enum.GetValues<FlacStereo>())
        {
            var encoder = new FlacEncoder
            {
                Depth = 32,
                Stereo = stereo,
                Kind = Enum.Parse<FlacKind>(kind),
                Order = order,
                WideParameters = true,
                Wasted = false,
            };
            AssertReads(encoder, high, low);
            AssertReads(encoder, low, high);
        }
    }

    [Fact]
    public void Read_EveryPredictor_GivesTheSamples()
    {
        for (var order = 0; order <= 4; order++) AssertReads(new() { Order = order }, Tones(16, 1, 5000));
        for (var order = 1; order <= 32; order++)
        {
            AssertReads(new() { Kind = FlacKind.Linear, Order = order, Precision = 3 + order % 13 }, Tones(16, 2, 5000));
            AssertReads(new() { Kind = FlacKind.Linear, Order = order, Precision = 15, Depth = 24 }, Tones(24, 1, 1000));
        }
    }

    [Fact]
    public void Read_EveryPartitionOrder_GivesTheSamples()
    {
        for (var order = 0; order <= 8; order++)
        {
            foreach (var wide in (bool[])[false, true])
            {
                foreach (var escapes in (bool[])[false, true])
                {
                    AssertReads(
                        new() { PartitionOrder = order, WideParameters = wide, Escapes = escapes, Order = 4, Blocks = [1024] },
                        Tones(16, 1, 3000));
                }
            }
        }

        // The first partition has no residual, or none has one but the second.
        AssertReads(new() { PartitionOrder = 4, Order = 4, Blocks = [64] }, Tones(16, 1, 256));
        AssertReads(new() { PartitionOrder = 1, Kind = FlacKind.Linear, Order = 8, Blocks = [16] }, Tones(16, 1, 64));
    }

    // A click in silence: its code has more zeros than a cache of 64 bits holds.
    [Fact]
    public void Read_ClickInSilence_GivesTheSamples()
    {
        var samples = new long[4096 * 2];
        (samples[100], samples[3000], samples[^1]) = (12345, -32768, 7);
        AssertReads(new() { Order = 0 }, samples);
        AssertReads(new() { Order = 2, WideParameters = true }, samples);
        AssertReads(new() { Order = 0, Escapes = true, PartitionOrder = 3 }, samples);
    }

    [Fact]
    public void Read_WastedBits_GivesTheSamples()
    {
        for (var wasted = 1; wasted < 16; wasted++)
        {
            long[][] samples = [.. Tones(16, 2, 600).Select(c => c.Select(s => s >> wasted << wasted).ToArray())];
            foreach (var kind in Enum.GetValues<FlacKind>())
                AssertReads(new() { Kind = kind, Stereo = FlacStereo.MidSide, Blocks = [256] }, samples);
        }

        AssertReads(new() { Kind = FlacKind.Constant, Depth = 32 }, [.. Enumerable.Repeat((long)int.MinValue, 300)]);
    }

    [Fact]
    public void Read_BlocksOfManySizes_GiveTheSamples()
    {
        int[] sizes =
        [
            .. Enumerable.Range(16, 500), 576, 1152, 2304, 4608,
            .. Enumerable.Range(5, 11).SelectMany(p => (int[])[(1 << p) - 1, 1 << p, (1 << p) + 1]),
            .. Enumerable.Range(0, 7).Select(i => 600 + 9990 * i), 65535,
        ];
        foreach (var plain in (bool[])[false, true])
            AssertReads(new() { Blocks = sizes, PlainSizes = plain, Order = 1 }, Tones(16, 1, sizes.Sum() + 5));
        foreach (var size in (int[])[16, 17, 192, 4096, 65535])
        {
            foreach (var length in (int[])[1, size - 1, size, size + 1])
                AssertReads(new() { Blocks = [size] }, Tones(16, 2, length));
        }
    }

    [Fact]
    public void FrameHeader_EverySizeAndManyNumbers_AreRead()
    {
        var info = new StreamInfo(16, 65535, 22050, 1, 16, 0, new byte[16]);
        for (var size = 2; size <= 65535; size += size < 300 ? 1 : 211)
        {
            var start = (long)size * size * size % (1L << 36);
            var encoder = new FlacEncoder { Kind = FlacKind.Constant, Blocks = [size, 1], FirstSample = start };
            var frame = encoder.Frames(new long[size])[0];
            Assert.True(FrameHeader.TryRead(frame, info, out var header), $"{size}");
            Assert.Equal((start, size), (header.Start, header.BlockSize));
            for (var end = 0; end < header.Bytes; end++) Assert.False(FrameHeader.TryRead(frame.AsSpan(0, end), info, out _));
        }

        Span<byte> bytes = [0xFF, 0xF8, 0x70, 0x08, 0, 0, 0, 0];
        for (var size = 1; size <= 65535; size++)
        {
            (bytes[5], bytes[6]) = ((byte)((size - 1) >> 8), (byte)(size - 1));
            bytes[7] = FlacEncoder.HeaderCrc(bytes[..7]);
            Assert.True(FrameHeader.TryRead(bytes, info, out var header));
            Assert.Equal(size, header.BlockSize);
        }
    }

    [Fact]
    public void FrameHeader_WhatDoesNotFit_IsNone()
    {
        var info = new StreamInfo(16, 4096, 44100, 2, 16, 0, new byte[16]);
        var frame = new FlacEncoder { Rate = 44100 }.Frames(Tones(16, 2, 100))[0];
        Assert.True(FrameHeader.TryRead(frame, info, out _));
        foreach (var other in (StreamInfo[])[info with { SampleRate = 48000 }, info with { Channels = 1 },
            info with { Depth = 24 }, info with { LargestBlock = 99 }])
        {
            Assert.False(FrameHeader.TryRead(frame, other, out _));
        }

        // The sync code, reserved values of block size, channels, depth and rate, and the reserved bit; the checksum is right.
        foreach (var (at, value) in ((int, byte)[])[(0, 0xFE), (1, 0xFA), (2, 0x09), (2, 0x7F), (3, 0xB8), (3, 0x16), (3, 0x1E),
            (3, 0x19), (4, 0x80), (4, 0xFF), (4, 0xC0)])
        {
            byte[] bytes = [.. frame.AsSpan(0, 12)];
            bytes[at] = value;
            for (var end = 5; end < bytes.Length; end++)
            {
                var sealed_ = bytes[..(end + 1)];
                sealed_[end] = FlacEncoder.HeaderCrc(bytes.AsSpan(0, end));
                Assert.False(FrameHeader.TryRead(sealed_, info, out _), $"{at} {value:X2} {end}");
            }
        }
    }

    [Theory]
    [InlineData(1000, 0)]
    [InlineData(1_048_575, 0)]
    [InlineData(44_056, 0)]
    [InlineData(255_000, 12)]
    [InlineData(65_535, 13)]
    [InlineData(655_350, 14)]
    public void Read_RateAsANumber_IsRead(int rate, int code) =>
        AssertReads(new() { Rate = rate, RateCode = code }, Tones(16, 1, 500));

    [Fact]
    public void Read_RatesOfTheTable_AreRead()
    {
        foreach (var rate in (int[])[88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000])
            AssertReads(new() { Rate = rate }, Tones(16, 1, 500));
    }

    [Fact]
    public void Read_OneToEightChannels_AreAveraged()
    {
        for (var channels = 1; channels <= 8; channels++)
        {
            foreach (var depth in (int[])[8, 16, 24, 32])
                AssertReads(new() { Depth = depth, Kind = FlacKind.Linear, WideParameters = true }, Tones(depth, channels, 700));
        }
    }

    [Fact]
    public void Read_Metadata_IsPassedOver()
    {
        var samples = Tones(16, 1, 700);
        AssertReads(new() { Metadata = [(1, new byte[100_000]), (6, new byte[9000]), (4, []), (126, [1, 2, 3])] }, samples);
        AssertReads(new() { OpenLength = true, NoMd5 = true }, samples);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(5_000)]
    [InlineData(3_000_000)]
    public void Read_TagInFront_IsPassedOver(int size)
    {
        var samples = Tones(16, 1, 700);
        byte[] tag = [.. "ID3"u8, 4, 0, 0, (byte)(size >> 21), (byte)(size >> 14 & 0x7F), (byte)(size >> 7 & 0x7F),
            (byte)(size & 0x7F), .. Enumerable.Repeat((byte)0xFF, size)];
        byte[] file = [.. tag, .. new FlacEncoder().File(samples)];
        Assert.Equal(Mean(16, samples), AudioFile.Read(_folder.Write("a.mp3", file), 0, null, () => null).Samples);
        using var opened = AudioFile.Open(
            new PipeLike(file, 777), "a", 0, null, null, AudioFile.DefaultLongest, () => null);
        Assert.Equal(700, opened.Length);
    }

    [Fact]
    public void Open_Pipe_GivesTheSamplesAndTheHash()
    {
        var samples = Tones(16, 2, 30_000);
        var file = new FlacEncoder { Stereo = FlacStereo.MidSide }.File(samples);
        using var opened = AudioFile.Open(new PipeLike(file, 777), "a", 0, null, null, AudioFile.DefaultLongest, () => null);
        var read = new float[30_000];
        opened.Read(0, read);
        Assert.Equal(Mean(16, samples), read);
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(file), opened.ContentHash.ToArray());
        Assert.Equal((2, 22050, (string?)null), (opened.Channels, opened.SourceRate, opened.Damage));
    }

    [Fact]
    public void Open_ChannelsThatCancelOut_AreSilence()
    {
        var left = Tones(16, 1, 3000)[0];
        using var stream = new MemoryStream(new FlacEncoder().File(left, [.. left.Select(s => -s)]));
        using var opened = AudioFile.Open(stream, "a", 0, null, null, AudioFile.DefaultLongest, () => null);
        Assert.Contains("cancel each other out", opened.Silence);
    }

    [Fact]
    public void Open_DaysInAFewBytes_AreRefused()
    {
        var file = new FlacEncoder { Kind = FlacKind.Constant, Rate = 1000, OpenLength = true }.File(new long[40_000]);
        using var stream = new MemoryStream(file);
        Assert.Contains("the limit is 0.01 h", Assert.Throws<AudioFormatException>(
            () => AudioFile.Open(stream, "a", 0, null, null, longest: 36, () => null)).Message);
    }
}
