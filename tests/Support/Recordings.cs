using System.Globalization;
using Engine.Dsp.Audio;

namespace Engine.Tests.Support;

/// <summary>Short compressed recordings of synthesised sound, and what <c>ffmpeg</c> decodes them to; <c>make.sh</c> beside them
/// says how they were made.</summary>
internal static class Recordings
{
    /// <summary>Every how many samples there is a value in <see cref="Expected.Values"/>.</summary>
    public const int Step = 371;

    private static readonly string s_folder = System.IO.Path.Combine(AppContext.BaseDirectory, "Dsp", "Audio", "Recordings");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Expected> All { get; } =
    [
        .. File.ReadLines(Path("expected.csv")).Skip(1).Select(line => line.Split(',')).Select(f => new Expected(f[0],
            int.Parse(f[1], CultureInfo.InvariantCulture), int.Parse(f[2], CultureInfo.InvariantCulture),
            int.Parse(f[3], CultureInfo.InvariantCulture),
            [.. f[4..].Select(v => float.Parse(v, CultureInfo.InvariantCulture))])),
    ];

    /// <summary>What ffmpeg decodes a recording to.</summary>
    public sealed record Expected(string Name, int Rate, int Channels, int Samples, float[] Values);

    /// <summary>Where a recording is.</summary>
    public static string Path(string name) => System.IO.Path.Combine(s_folder, name);

    /// <summary>Its bytes.</summary>
    public static byte[] Bytes(string name) => File.ReadAllBytes(Path(name));

    /// <summary>Decodes bytes without <c>ffmpeg</c>, from a file or from a pipe.</summary>
    public static AudioSignal Decode(
        byte[] bytes, string name = "a.mp3", double offset = 0, double? duration = null, bool pipe = false)
    {
        using Stream stream = pipe ? new PipeLike(bytes, 333) : new MemoryStream(bytes);
        using var audio = AudioFile.Open(stream, name, offset, duration, null, AudioFile.DefaultLongest, () => null);
        var samples = new float[audio.Length];
        audio.Read(0, samples);
        return new(samples, audio.SampleRate) { Damage = audio.Damage };
    }

    /// <summary>What is wrong with bytes, as a warning or an error; null if nothing is.</summary>
    public static string? DamageOf(byte[] bytes, string name = "a.mp3")
    {
        try
        {
            return Decode(bytes, name).Damage;
        }
        catch (AudioFormatException e)
        {
            return e.Message;
        }
    }
}
