using Engine.Dsp.Audio;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp.Audio;

/// <summary>MP3 and Ogg Vorbis are decoded without <c>ffmpeg</c>, to the samples that it gives.</summary>
public sealed class CompressedAudioTests
{
    // A bit of 14; the decoders differ by rounding, and ffmpeg's layer II has 16-bit samples.
    private const float Tolerance = 1e-4f;

    public static TheoryData<string> Names => [.. Recordings.All.Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Open_Recording_GivesTheStoredValues(string name)
    {
        var expected = Recordings.All.Single(r => r.Name == name);
        using var stream = new MemoryStream(Recordings.Bytes(name));
        using var audio = AudioFile.Open(stream, name, 0, null, null, AudioFile.DefaultLongest, () => null);
        Assert.Equal((expected.Rate, expected.Channels, expected.Samples),
            (audio.SourceRate, audio.Channels, (int)audio.Length));
        Assert.Null(audio.Damage);
        Assert.Null(audio.Silence);
        var samples = new float[audio.Length];
        audio.Read(0, samples);
        for (var i = 0; i < expected.Values.Length; i++)
            Assert.Equal(expected.Values[i], samples[i * Recordings.Step], Tolerance);
    }

    [FfmpegTheory]
    [MemberData(nameof(Names))]
    public void Open_Recording_GivesFfmpegsSamples(string name) => Agree(Recordings.Bytes(name), name);

    /// <summary>Streams that today's encoders do not make: their bits are turned to intensity stereo, with sum and difference or
    /// without, and to mixed blocks.</summary>
    [FfmpegTheory]
    [InlineData("joint.mp3", 0x10, false)]
    [InlineData("joint.mp3", 0x30, false)]
    [InlineData("joint.mp3", -1, true)]
    public void Open_RareModes_GiveFfmpegsSamples(string name, int mode, bool isMixed)
    {
        var bytes = Recordings.Bytes(name);
        foreach (var at in Mp3Frames.Starts(bytes).Skip(1)) // the first is the encoder's tag
        {
            if (mode >= 0) bytes[at + 3] = (byte)((bytes[at + 3] & 0x0F) | 0x40 | mode);
            if (isMixed) Mp3Frames.Mix(bytes, at);
        }

        Agree(bytes, name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Open_Part_IsThatPartOfTheWhole(string name)
    {
        var bytes = Recordings.Bytes(name);
        var whole = Recordings.Decode(bytes, name);
        foreach (var pipe in (bool[])[false, true])
        {
            Assert.Equal(whole.Samples, Recordings.Decode(bytes, name, pipe: pipe).Samples);
            for (var first = 1; first < whole.Samples.Length; first += whole.Samples.Length / 9)
            {
                var (offset, duration) = ((double)first / whole.SampleRate, 700.0 / whole.SampleRate);
                var part = Recordings.Decode(bytes, name, offset, duration, pipe).Samples;
                Assert.Equal(whole.Samples.AsSpan(first, Math.Min(700, whole.Samples.Length - first)).ToArray(), part);
                Assert.Equal(whole.Samples.AsSpan(first).ToArray(), Recordings.Decode(bytes, name, offset, pipe: pipe).Samples);
            }
        }

        Assert.Contains("the offset of 99 s is past its end at ",
            Assert.Throws<AudioFormatException>(() => Recordings.Decode(bytes, name, 99)).Message);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Open_BytesAfterTheEnd_AreHarmless(string name)
    {
        var bytes = Recordings.Bytes(name);
        var noise = new byte[5000];
        new Random(3).NextBytes(noise);
        foreach (byte[] end in (byte[][])[new byte[3000], [.. "TAG"u8, .. new byte[125]], noise])
        {
            var tailed = Recordings.Decode([.. bytes, .. end], name);
            Assert.Null(tailed.Damage);
            Assert.Equal(Recordings.Decode(bytes, name).Samples, tailed.Samples);
        }
    }

    private static void Agree(byte[] bytes, string name)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(name, bytes);
        var expected = FfmpegDecoder.FindOnPath()!.Read(path).Samples;
        var samples = Recordings.Decode(bytes, name).Samples;
        Assert.Equal(expected.Length, samples.Length);
        for (var i = 0; i < samples.Length; i++) Assert.Equal(expected[i], samples[i], Tolerance);
    }
}
