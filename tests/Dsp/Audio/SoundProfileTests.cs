using System.Buffers.Binary;
using System.Security.Cryptography;
using Engine.Dsp.Audio;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp.Audio;

public sealed class SoundProfileTests : IDisposable
{
    private const int Rate = 22050;
    private const double Bin = Rate / 2048.0;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Digest_IsThatOfThe16BitSamples_InAnyBlocks()
    {
        var samples = Noise(5000);
        byte[] bytes = [.. samples.Select(s => (short)Math.Clamp(MathF.Round(s * 32768), -32768, 32767))
            .SelectMany(BitConverter.GetBytes)];
        var expected = BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(bytes));
        foreach (var block in new[] { 1, 700, 2048, 5000 }) Assert.Equal(expected, Profile(samples, block).Digest);
    }

    [Fact]
    public void Digest_OfTwoFilesOfOneSound_IsTheSame()
    {
        var values = Enumerable.Range(0, 3000).Select(i => Math.Round(9000 * Math.Sin(0.05 * i))).ToArray();
        File.WriteAllBytes(_folder["a.wav"], AudioBytes.Wav(AudioBytes.Encode(values, 16)));
        File.WriteAllBytes(_folder["b.wav"], AudioBytes.Wav(AudioBytes.Encode(values.Select(v => v * 256), 24), bits: 24));
        File.WriteAllBytes(_folder["c.wav"], AudioBytes.Wav(AudioBytes.Encode(values.Select(v => v + 1), 16)));
        using var a = AudioFile.Open(_folder["a.wav"], targetRate: 8000);
        using var b = AudioFile.Open(_folder["b.wav"]);
        using var c = AudioFile.Open(_folder["c.wav"]);
        Assert.Equal(a.Sound, b.Sound);
        Assert.NotEqual(a.Sound!.Value.Digest, c.Sound!.Value.Digest);
        using var part = AudioFile.Open(_folder["a.wav"], offset: 0.01);
        Assert.Null(part.Sound);
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(11025)]
    [InlineData(16000)]
    public void Bandwidth_OfAnUpsampledRecording_IsThatOfItsOwnRate(int rate)
    {
        var narrow = new AudioSignal(Noise(6 * rate), rate).Resample(Rate);
        // Between the edge of the resampler's filter and the old Nyquist frequency.
        Assert.InRange(Profile(Rounded(narrow.Samples)).Bandwidth, 0.9 * rate / 2, rate / 2.0 + 2 * Bin);
    }

    [Fact]
    public void Bandwidth_OfNoise_IsTheWholeBand()
    {
        Assert.Equal(Rate / 2f, Profile(Noise(4 * Rate)).Bandwidth);
        Assert.Equal(Rate / 2f, Profile(Noise(500)).Bandwidth);
    }

    [Fact]
    public void Bandwidth_OfATone_IsItsFrequency_WhateverItsOffset()
    {
        float[] Tone(double offset) =>
            [.. Enumerable.Range(0, 3 * Rate).Select(i => (float)(offset + 0.3 * Math.Sin(2 * Math.PI * 3000 * i / Rate)))];
        // A Hann window's side lobes fall by 18 dB an octave: 80 dB some fifteen bins away.
        Assert.InRange(Profile(Tone(0)).Bandwidth, 3000, 3000 + 16 * Bin);
        Assert.InRange(Profile(Tone(0.5)).Bandwidth, 3000, 3000 + 16 * Bin);
    }

    [Fact]
    public void Bandwidth_FaintPart_CountsDownToMinus80Decibels()
    {
        float[] Two(double decibels) => [.. Enumerable.Range(0, 3 * Rate).Select(i => (float)(
            0.5 * Math.Sin(2 * Math.PI * 200 * Bin * i / Rate) + 0.5 * Math.Pow(10, decibels / 20)
            * Math.Sin(2 * Math.PI * 800 * Bin * i / Rate)))];
        Assert.InRange(Profile(Two(-78)).Bandwidth, 800 * Bin - 0.1, 802 * Bin);
        Assert.InRange(Profile(Two(-83)).Bandwidth, 200 * Bin, 215 * Bin);
    }

    private static SoundProfile Profile(float[] samples, int block = 4096)
    {
        using var profiler = new SoundProfiler(Rate);
        for (var start = 0; start < samples.Length; start += block)
            profiler.Add(samples.AsSpan(start, Math.Min(block, samples.Length - start)));
        return profiler.Finish();
    }

    private static float[] Noise(int count)
    {
        var random = new RandomStream(3, "noise");
        return [.. Enumerable.Range(0, count).Select(_ => random.NextUInt32() / 4294967296f - 0.5f)];
    }

    private static float[] Rounded(float[] samples) => [.. samples.Select(s => MathF.Round(s * 32768) / 32768)];
}
