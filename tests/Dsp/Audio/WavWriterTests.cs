using Engine.Dsp.Audio;
using Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using static Engine.Tests.Support.AudioBytes;

namespace Engine.Tests.Dsp.Audio;

public sealed class WavWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WavWriter_Pcm16_RoundTripsEveryCode()
    {
        var codes = Enumerable.Range(short.MinValue, 65536).Select(c => c / 32768f).ToArray();
        WavWriter.Write(_folder["a.wav"], codes, 44100);
        var signal = WavReader.Read(_folder["a.wav"]);
        Assert.Equal(codes, signal.Samples);
        Assert.Equal(44100, signal.SampleRate);
        Assert.Equal(Wav(Encode(codes.Select(c => c * 32768.0), 16), rate: 44100), File.ReadAllBytes(_folder["a.wav"]));
    }

    [Fact]
    public void WavWriter_Pcm16_LimitsToFullScale()
    {
        WavWriter.Write(_folder["a.wav"], [2f, 1f, -2f, 0.4f / 32768, 0.6f / 32768], 8000);
        Assert.Equal([32767 / 32768f, 32767 / 32768f, -1f, 0f, 1 / 32768f], WavReader.Read(_folder["a.wav"]).Samples);
    }

    [Fact]
    public void WavWriter_AnyFloats_RoundTrip()
    {
        var samples = Gen.Choose(int.MinValue, int.MaxValue).Select(BitConverter.Int32BitsToSingle).Where(float.IsFinite);
        Prop.ForAll(Gen.NonEmptyListOf(samples).ToArbitrary(), Gen.Choose(1000, 768_000).ToArbitrary(), (list, rate) =>
        {
            var signal = new AudioSignal([.. list], rate);
            WavWriter.Write(_folder["f.wav"], signal, WavEncoding.Float32);
            var read = AudioFile.Read(_folder["f.wav"]);

            // Read back, a sample below 2⁻¹⁰⁰ is 0.
            Assert.Equal(Array.ConvertAll(signal.Samples, x => Math.Abs(x) < 7.8886091e-31f ? 0 : x), read.Samples);
            Assert.Equal(rate, read.SampleRate);
            WavWriter.Write(_folder["i.wav"], signal);
            var integers = AudioFile.Read(_folder["i.wav"]).Samples;
            Close.Assert(list.Select(x => Math.Clamp(x, -1f, 32767 / 32768f)).ToArray(), integers, 0.5 / 32768);
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>Every format that is read, written by the independent encoder of the tests.</summary>
    [Fact]
    public void WavReader_AnyIntegersOfAnyFormat_RoundTrip()
    {
        var layout = from bytes in Gen.Choose(1, 4)
                     from channels in Gen.Choose(1, 5)
                     from big in Gen.Elements(false, true)
                     from codes in Gen.ListOf(Gen.Choose(int.MinValue, int.MaxValue), channels * 37)
                     select (bytes, channels, big, codes);
        Prop.ForAll(layout.ToArbitrary(), l =>
        {
            var shift = 32 - 8 * l.bytes;
            var codes = l.codes.Select(c => (double)(c >> shift)).ToArray();
            var scaled = codes.Select(c => (float)(c / Math.Pow(2, 8 * l.bytes - 1))).ToArray();
            var expected = scaled.Chunk(l.channels).Select(frame => frame.Aggregate(0f, (a, b) => a + b) / l.channels);
            var stored = l.bytes == 1 && !l.big ? codes.Select(c => c + 128) : codes;
            var data = Encode(stored, 8 * l.bytes, bigEndian: l.big);
            var path = _folder.Write("x",
                l.big ? Au(data, (uint)l.bytes + 1, (uint)l.channels) : Wav(data, channels: l.channels, bits: 8 * l.bytes));
            Assert.Equal(expected, AudioFile.Read(path).Samples);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void WavWriter_BadArguments_AreNamedAndLeaveNothing()
    {
        Assert.Contains("sample 1 is NaN",
            Assert.Throws<ArgumentException>(() => WavWriter.Write(_folder["a.wav"], [0, float.NaN], 8000)).Message);
        Assert.Contains("sampleRate is 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => WavWriter.Write(_folder["a.wav"], [0], 0)).Message);
        Assert.Contains("3 samples",
            Assert.Throws<ArgumentException>(() => WavWriter.Write(_folder["a.wav"], [0, 0, 0], 8000, channels: 2)).Message);
        Assert.Contains("channels is 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => WavWriter.Write(_folder["a.wav"], [0], 8000, channels: 0)).Message);
        Assert.Throws<DirectoryNotFoundException>(() => WavWriter.Write(_folder["none", "a.wav"], [0f], 8000));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void AtomicFile_NotCommitted_LeavesTheOldFile()
    {
        _folder.Write("a.bin", [1, 2, 3]);
        using (var file = new Engine.Dsp.AtomicFile(_folder["a.bin"])) file.Stream.Write([4]);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(_folder["a.bin"]));
        using (var file = new Engine.Dsp.AtomicFile(_folder["a.bin"]))
        {
            file.Stream.Write([4]);
            file.Commit();
        }

        Assert.Equal([4], File.ReadAllBytes(_folder["a.bin"]));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }
}
