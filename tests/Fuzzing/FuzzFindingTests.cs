using Engine.Classifiers;
using Engine.Dsp.Audio;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Fuzzing;

/// <summary>Inputs that a campaign found, cut down to what the fault needs.</summary>
public class FuzzFindingTests
{
    // No row, so that no value is missing, of windows whose sizes multiply to more than an array holds; the checksum is right.
    [Fact]
    public void FeatureEntry_NoRowsOfImpossibleWindows_IsNotTaken()
    {
        const string Entry = "RU5HRkVBVDECAAAAAwAAAAAAAAAAAAAAe30AAAAAAwAAAAAAAAIA/wAAAG1IFwAAAADM11niIcmFAAAAe30AAAAAAwAAAAAA"
            + "AAIA/wAAkALBgvUOv23GbCoinwJbS0yrbAusKWf8/QP0AO1po24Vxw==";
        var (features, frontEnd) = FeatureEncoding.Decode(Convert.FromBase64String(Entry));
        Assert.Null(features);
        Assert.Null(frontEnd);
    }

    // 60 bytes through a pipe that claim hours of float stereo.
    [Fact]
    public void Pipe_ClaimOfHours_TakesNoMemory()
    {
        var bytes = Convert.FromBase64String("UklGRuQDAABXQVZFZm10IBAAAAADAAIAIlYAACBiBQAQAEAAZGF0YcBkYXRhAAAAAAAAANKnrsHg47E/");
        using var pipe = new Fuzzed(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<AudioFormatException>(() =>
            AudioFile.ReadAll(new SampleReader(pipe, WavReader.ReadHeader(pipe, "x"), "x", 0, null), "x"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    // The mean of a channel that is just large enough and one that is 0; written and read again it would be 0.
    [Fact]
    public void Stereo_MeanBelowTheSmallestSample_IsZero()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.wav"],
            Convert.FromBase64String("UklGRuQDAABXQVZFZm10IBAAAAADAAIAIlYAABAxAoAIACAAZGF0YQAAAAD/AAAAIGIF"
            + "ABAAQABkYXRhAEAAZGF0YcADAAAAAAAAObVlgw14KgAA"));
        var samples = AudioFile.Read(folder["a.wav"], 0, null, () => null).Samples;
        Assert.All(samples, s => Assert.True(s == 0 || MathF.Abs(s) >= MathF.ScaleB(1, -100), $"{s}"));
    }

    [Theory]
    [InlineData("0.5")]
    [InlineData("-1")]
    [InlineData("1e300")]
    public void Table_LengthThatCountsNoSamples_IsRefused(string length)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["t.csv"], $"filename,length,a,label\nx,{length},1,l\n");
        var message = Assert.Throws<EngineException>(() => FeatureTable.Read(folder["t.csv"])).Message;
        Assert.Contains("a whole number of samples", message);
    }

    [Fact]
    public void Safetensors_ManyOffsets_AreCountedAndNotListed()
    {
        using var folder = new TemporaryFolder();
        var offsets = string.Join(',', Enumerable.Repeat("0", 400));
        var header = System.Text.Encoding.UTF8.GetBytes(
            $"{{\"a\":{{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[{offsets}]}}}}");
        File.WriteAllBytes(folder["t.safetensors"], [.. BitConverter.GetBytes((long)header.Length), .. header]);
        var message = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Read(folder["t.safetensors"])).Message;
        Assert.Contains("400 data_offsets", message);
    }

    private sealed class Fuzzed(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
