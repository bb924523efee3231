using Engine.Dsp.Audio;
using Engine.Fuzzing.Targets;

namespace Engine.Tests.Dsp.Audio.Flac;

/// <summary>Samples for FLAC files, and what a reader must make of them.</summary>
internal static class FlacSignals
{
    /// <summary>A tone of half the full scale in each channel, with a little noise.</summary>
    public static long[][] Tones(int depth, int channels, int length, int seed = 1)
    {
        var random = new Random(seed);
        var full = 1L << (depth - 1);
        return [.. Enumerable.Range(0, channels).Select(c => Enumerable.Range(0, length)
            .Select(i => (long)(0.5 * full * Math.Sin(0.05 * i * (1 + 0.1 * c))) + random.Next(-1, 2)).ToArray())];
    }

    /// <summary>The mean of the channels in single precision, as of a WAV file with these samples.</summary>
    public static float[] Mean(int depth, params long[][] channels)
    {
        var scale = MathF.ScaleB(1, 1 - depth);
        return [.. Enumerable.Range(0, channels[0].Length).Select(i =>
        {
            var sum = 0f;
            foreach (var channel in channels) sum += (float)channel[i] * scale;
            return channels.Length == 2 ? sum * 0.5f : sum / channels.Length;
        })];
    }

    /// <summary>Reads a file without any other program.</summary>
    public static AudioSignal Read(byte[] file, double offset = 0, double? duration = null)
    {
        using var stream = new MemoryStream(file);
        using var reader = AudioFile.StartNative(stream, "fLaC"u8, "x.flac", offset, duration, out _)!;
        return AudioFile.ReadAll(reader, "x.flac");
    }

    /// <summary>Reads a file that these samples were encoded to, and checks them and that no damage is seen.</summary>
    public static void AssertReads(FlacEncoder encoder, params long[][] channels)
    {
        var signal = Read(encoder.File(channels));
        Assert.True(signal.Damage is null, $"{encoder}: {signal.Damage}");
        Assert.Equal(encoder.Rate, signal.SampleRate);
        var expected = Mean(encoder.Depth, channels);
        Assert.Equal(expected.Length, signal.Samples.Length);
        var at = signal.Samples.AsSpan().CommonPrefixLength(expected);
        Assert.True(at == expected.Length, $"{encoder}: sample {at} differs");
    }
}
