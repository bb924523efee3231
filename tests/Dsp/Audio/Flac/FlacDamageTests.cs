using Engine.Dsp.Audio;
using Engine.Fuzzing.Targets;
using static Engine.Tests.Dsp.Audio.Flac.FlacSignals;

namespace Engine.Tests.Dsp.Audio.Flac;

/// <summary>Files of eight frames of 0.19 s with something wrong: what is left is exact, and what is missing is said.</summary>
public class FlacDamageTests
{
    private const int Block = 4096;

    private static readonly long[][] s_samples = Tones(16, 2, 8 * Block);

    [Fact]
    public void Read_DamagedFrame_IsLeftOut()
    {
        foreach (var openLength in (bool[])[false, true])
        {
            // A stream of open length may start with any frame.
            for (var frame = openLength ? 1 : 0; frame < 8; frame++)
            {
                var signal = Damaged(new() { OpenLength = openLength }, frames => frames[frame][frames[frame].Length / 2] ^= 4);
                AssertWithout(signal, frame, frame + 1);
                Assert.Equal("0.19 s of its 1.49 s are missing: it is cut short or damaged (1 damaged frame).", signal.Damage);
            }
        }
    }

    [Fact]
    public void Read_DamagedHeader_LosesItsFrame()
    {
        var signal = Damaged(new(), frames => frames[3][2] ^= 0x10);
        AssertWithout(signal, 3, 4);
        Assert.Equal("0.19 s of its 1.49 s are missing: it is cut short or damaged.", signal.Damage);
    }

    [Fact]
    public void Read_MissingFrames_AreCountedByTheNumbersAround()
    {
        var encoder = new FlacEncoder { Blocks = [Block], OpenLength = true };
        var signal = Damaged(encoder, frames => frames[2] = frames[3] = []);
        AssertWithout(signal, 2, 4);
        Assert.StartsWith("0.37 s of its 1.49 s are missing", signal.Damage);
        Assert.True(signal.Truncated);
        Assert.StartsWith("0.37 s of its 1.49 s are missing", Damaged(new(), frames => frames[0] = frames[1] = []).Damage);
        Assert.Contains("0.93 s of its 1.49 s are missing, more than half", Error(frames =>
        {
            for (var i = 2; i < 7; i++) frames[i] = [];
        }));
    }

    [Fact]
    public void Read_RubbishBetweenFrames_IsPassedOver()
    {
        var random = new Random(1);
        var signal = Damaged(new(), frames =>
        {
            for (var i = 0; i < 8; i++)
            {
                var rubbish = new byte[100_000];
                random.NextBytes(rubbish);
                for (var at = 0; at < rubbish.Length - 1; at += 10) (rubbish[at], rubbish[at + 1]) = (0xFF, 0xF8);
                frames[i] = [.. frames[i], .. rubbish];
            }
        });
        Assert.Equal(Mean(16, s_samples), signal.Samples);
        Assert.Null(signal.Damage); // the MD5 shows that nothing is missing
    }

    [Fact]
    public void Read_CutFile_SaysWhatIsMissing()
    {
        foreach (var openLength in (bool[])[false, true])
        {
            var file = new FlacEncoder { OpenLength = openLength }.File(s_samples);
            var cut = Read(file[..^1]);
            AssertWithout(cut, 7, 8);
            Assert.StartsWith("0.19 s of its 1.49 s are missing", cut.Damage);
        }

        var whole = new FlacEncoder().File(s_samples);
        Assert.StartsWith("0.56 s of its 1.49 s are missing", Read(whole[..(whole.Length * 2 / 3)]).Damage);
        Assert.Contains("more than half", Assert.Throws<AudioFormatException>(() => Read(whole[..(whole.Length / 3)])).Message);
        Assert.Contains("more than half", Assert.Throws<AudioFormatException>(() => Read(whole[..42])).Message);
        Assert.Equal("x.flac: the file has a header but no samples. Leave it out.",
            Assert.Throws<AudioFormatException>(() => Read(new FlacEncoder { OpenLength = true }.File(s_samples)[..42])).Message);
    }

    [Fact]
    public void Read_WhatFollowsTheLastFrame_IsNotDamage()
    {
        var file = new FlacEncoder().File(s_samples);
        foreach (byte[] tail in (byte[][])[new byte[5000], [.. "TAG"u8, .. new byte[125]], file])
        {
            var signal = Read([.. file, .. tail]);
            Assert.Equal(Mean(16, s_samples), signal.Samples);
            Assert.Null(signal.Damage);
        }
    }

    [Fact]
    public void Read_WrongMd5_IsDamage()
    {
        var file = new FlacEncoder().File(s_samples);
        file[30] ^= 1;
        var signal = Read(file);
        Assert.Equal(Mean(16, s_samples), signal.Samples);
        Assert.StartsWith("its samples do not have the MD5", signal.Damage);
        Assert.Null(Read(file, 0, 1).Damage); // of a part nothing is known
    }

    [Fact]
    public void Read_FramesOutOfOrder_IsDamage()
    {
        Assert.StartsWith("0.56 s of its 1.49 s are missing",
            Damaged(new() { NoMd5 = true }, frames => (frames[2], frames[5]) = (frames[5], frames[2])).Damage);
        Assert.StartsWith("its frames do not follow one another",
            Damaged(new() { OpenLength = true, NoMd5 = true }, frames => frames[7] = frames[3]).Damage);
    }

    [Theory]
    [InlineData(0, new byte[] { 1, 2, 3, 4 }, "no fLaC marker; it starts with 01 02 03 04")]
    [InlineData(4, new byte[] { 0x81 }, "a metadata block of type 1 and 34 bytes stands where STREAMINFO (type 0, 34 bytes)")]
    [InlineData(7, new byte[] { 33 }, "a metadata block of type 0 and 33 bytes stands where STREAMINFO")]
    [InlineData(4, new byte[] { 0 }, "stands where another must be")]
    [InlineData(10, new byte[] { 0, 8 }, "STREAMINFO says blocks of 4096 to 8 samples of 16 bits")]
    [InlineData(18, new byte[] { 0, 0, 0 }, "0 Hz")]
    [InlineData(21, new byte[] { 0x20 }, "of 3 bits")]
    public void Read_BadHeader_IsNamed(int at, byte[] bytes, string finding)
    {
        byte[] file = [.. new FlacEncoder().Head(s_samples), 0, 0, 0, 34, .. new byte[100]];
        bytes.CopyTo(file, at);
        if (at == 21) file[20] &= 0xFE;
        Assert.Contains(finding, Assert.Throws<AudioFormatException>(() => Read(file)).Message);
    }

    [Fact]
    public void Read_HeaderCutShort_SaysSo()
    {
        var file = new FlacEncoder { Metadata = [(1, new byte[1000])] }.File(s_samples);
        foreach (var (length, finding) in ((int, string)[])[(3, "3 of its 4 bytes"), (6, "2 of its 4 bytes"),
            (20, "12 of its 34 bytes"), (500, "past the end")])
        {
            Assert.Contains(finding, Assert.Throws<AudioFormatException>(() => Read(file[..length])).Message);
        }
    }

    // Headers of the longest frames at every step, whose content ends in failure: the work is bounded, not squared.
    [Fact]
    public void Read_EndlessFalseFrames_AreGivenUp()
    {
        long[][] silence = [.. Enumerable.Range(0, 8).Select(_ => new long[65535])];
        var encoder = new FlacEncoder { Blocks = [65535], Kind = FlacKind.Constant };
        var frame = encoder.Frames(silence)[0];
        frame[^1] ^= 1;
        byte[] file = [.. encoder.Head(silence), .. Enumerable.Repeat(frame, 2000).SelectMany(f => f)];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("of its frames fail their checksums", Assert.Throws<AudioFormatException>(() => Read(file)).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    private static AudioSignal Damaged(FlacEncoder encoder, Action<byte[][]> damage)
    {
        byte[][] frames = [.. encoder.Frames(s_samples)];
        damage(frames);
        return Read([.. encoder.Head(s_samples), .. frames.SelectMany(f => f)]);
    }

    private static string Error(Action<byte[][]> damage) =>
        Assert.Throws<AudioFormatException>(() => Damaged(new(), damage)).Message;

    private static void AssertWithout(AudioSignal signal, int first, int end)
    {
        var whole = Mean(16, s_samples);
        Assert.Equal([.. whole[..(first * Block)], .. whole[(end * Block)..]], signal.Samples);
    }
}
