using System.Buffers.Binary;
using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

/// <summary>
/// The ends of fades: samples in the subnormal range, with which many processors compute a hundred times more slowly.
/// </summary>
public class TinySampleTests
{
    private const float Least = 7.8886091e-31f;

    [Fact]
    public void Any_FindsTinyNumbersAtEveryPlace()
    {
        for (var length = 0; length < 70; length++)
        {
            var values = Enumerable.Range(0, length).Select(i => i % 3 == 0 ? 0f : i % 3 == 1 ? -Least : 1f).ToArray();
            Assert.False(Tiny.Any(values));
            for (var i = 0; i < length; i++)
            {
                var before = values[i];
                foreach (var tiny in new[] { 1e-45f, -1e-45f, 1e-38f, MathF.BitDecrement(Least) })
                {
                    values[i] = tiny;
                    Assert.True(Tiny.Any(values), $"{tiny} at {i} of {length}");
                }

                values[i] = before;
            }
        }
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    public void Decode_FadingFloats_EndsInZerosAndChangesNothingElse(int bits)
    {
        var samples = Enumerable.Range(0, 1000).Select(i => (i % 2 == 0 ? 1 : -1) * MathF.Pow(0.8f, i)).ToArray();
        Assert.Contains(samples, float.IsSubnormal);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["fade.wav"], Wave(samples, bits));
        var read = AudioFile.Read(folder["fade.wav"]).Samples;
        for (var i = 0; i < samples.Length; i++) Assert.Equal(Math.Abs(samples[i]) < Least ? 0 : samples[i], read[i]);
    }

    [Theory]
    [InlineData(44100, 22050)]
    [InlineData(22050, 44100)]
    [InlineData(22050, 22051)]
    public void Resample_TinySamples_CountAsZero(int from, int to)
    {
        var resampler = new Resampler(from, to);
        var loud = GradCheck.Draw(new RandomStream(1, "tiny"), 500);
        var mixed = loud.Select((x, i) => i < 250 ? x : x * 1e-38f).ToArray();
        Assert.Equal(resampler.Apply(loud.Select((x, i) => i < 250 ? x : 0).ToArray()), resampler.Apply(mixed));
        Assert.All(resampler.Apply(loud.Select(x => x * 1e-40f).ToArray()), y => Assert.Equal(0, y));
    }

    [Theory]
    [InlineData(1e-20f)]
    [InlineData(1e-29f)]
    [InlineData(1e-36f)]
    [InlineData(1e-40f)]
    public void Transform_TinySamples_GivesNoSubnormalNumber(float scale)
    {
        var signal = GradCheck.Draw(new RandomStream(2, "tiny"), 3000).Select(x => x * scale).ToArray();
        foreach (var size in new[] { 256, 300, 251 })
        {
            var stft = new Stft(new StftOptions { FftSize = size });
            Assert.DoesNotContain(stft.Power(signal).Data.ToArray(), float.IsSubnormal);
            var spectrum = stft.Forward(signal);
            foreach (var value in spectrum.Data)
                Assert.False(float.IsSubnormal(value.Real) || float.IsSubnormal(value.Imaginary), $"{value}");
            if (scale < 1e-31f) Assert.All(spectrum.Data.ToArray(), v => Assert.Equal((0, 0), (v.Real, v.Imaginary)));
        }
    }

    private static byte[] Wave(float[] samples, int bits)
    {
        var width = bits / 8;
        var bytes = new byte[44 + samples.Length * width];
        "RIFF"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        "WAVEfmt "u8.CopyTo(bytes.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(20), 3);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), 22050);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), 22050 * width);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(32), (short)width);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(34), (short)bits);
        "data"u8.CopyTo(bytes.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), samples.Length * width);
        for (var i = 0; i < samples.Length; i++)
        {
            var at = bytes.AsSpan(44 + i * width);
            if (bits == 32) BinaryPrimitives.WriteSingleLittleEndian(at, samples[i]);
            else BinaryPrimitives.WriteDoubleLittleEndian(at, samples[i]);
        }

        return bytes;
    }
}
