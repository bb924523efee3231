using Engine.Fuzzing.Targets;

namespace Engine.Tests.Dsp.Audio;

/// <summary>What a harm concerns.</summary>
internal enum HarmKind
{
    /// <summary>The recording cannot be recognised any more.</summary>
    Header,

    /// <summary>Rubbish stands before it.</summary>
    Before,

    /// <summary>Tags before or after it, or rubbish after it.</summary>
    Beside,

    /// <summary>Its end is missing.</summary>
    Cut,

    /// <summary>Bytes of its sound are other ones, too many or missing.</summary>
    Inside,
}

/// <summary>A harm that is done to a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it concerns.</param>
/// <param name="Do">Does it.</param>
/// <param name="Share">Of a cut: the share of the sound that is left.</param>
internal sealed record Harm(string Name, HarmKind Kind, Func<Specimen, byte[]> Do, double Share = 1)
{
    /// <summary>Whether bytes in the middle are missing.</summary>
    public bool IsGap { get; init; }

    // A multiple of the bytes of any frame of PCM, so that what follows a gap is still in step.
    private const int Step = 144;

    private static readonly byte[] s_rubbish = Noise(300);

    // APEv2: an item and a footer.
    private static readonly byte[] s_ape =
    [
        4, 0, 0, 0, 0, 0, 0, 0, .. "Genre\0Rock"u8,
        .. "APETAGEX"u8, 0xD0, 7, 0, 0, 50, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, .. new byte[8],
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Harm> All { get; } =
    [
        new("empty", HarmKind.Header, _ => []),
        new("cut in the header", HarmKind.Header, s => s.Bytes[..Math.Min(10, s.SoundAt)]),
        new("cut behind the header", HarmKind.Header, s => s.Bytes[..s.SoundAt]),
        Cut(0.9), Cut(0.6), Cut(0.3),
        Inside("a bit flipped early", (bytes, at, _) => Flipped(bytes, at), 0.2),
        Inside("a bit flipped late", (bytes, at, _) => Flipped(bytes, at), 0.8),
        Inside("zeros", (bytes, at, count) => [.. bytes[..at], .. new byte[count], .. bytes[(at + count)..]]),
        Inside("a block missing", (bytes, at, count) => [.. bytes[..at], .. bytes[(at + count)..]]) with { IsGap = true },
        Inside("a block twice", (bytes, at, count) => [.. bytes[..(at + count)], .. bytes[at..]]),
        new("rubbish before", HarmKind.Before, s => [.. s_rubbish, .. s.Bytes]),
        new("rubbish after", HarmKind.Beside, s => [.. s.Bytes, .. s_rubbish]),
        new("ID3v2 before", HarmKind.Beside,
            s => [.. SongBytes.Id3(4, SongBytes.TextFrame(4, "TCON", "Rock"), padding: 700), .. s.Bytes]),
        new("ID3v1 after", HarmKind.Beside, s => [.. s.Bytes, .. SongBytes.Id3v1("Title", "Artist", "Album", "1999", 3, 17)]),
        new("APE after", HarmKind.Beside, s => [.. s.Bytes, .. s_ape]),
    ];

    private static Harm Cut(double share) =>
        new($"cut at {share:0%}", HarmKind.Cut, s => s.Bytes[..Place(s, share)], share);

    private static Harm Inside(string name, Func<byte[], int, int, byte[]> change, double share = 0.45) => new(name,
        HarmKind.Inside, s => change(s.Bytes, Place(s, share), Math.Max(Step, (s.Bytes.Length - s.SoundAt) / 10 / Step * Step)));

    private static int Place(Specimen s, double share) =>
        s.SoundAt + (int)((s.Bytes.Length - s.SoundAt) * share) / Step * Step;

    private static byte[] Flipped(byte[] bytes, int at)
    {
        byte[] flipped = [.. bytes];
        flipped[at] ^= 1;
        return flipped;
    }

    private static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        new Random(17).NextBytes(bytes);
        return bytes;
    }
}
