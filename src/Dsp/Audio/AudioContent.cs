namespace Engine.Dsp.Audio;

/// <summary>What the first bytes of a file say it is.</summary>
internal static class AudioContent
{
    /// <summary>The bytes that <see cref="Sniff"/> wants.</summary>
    public const int Bytes = 16;

    /// <summary>The names of the two native formats.</summary>
    public const string Wav = "WAV", Au = "AU";

    /// <summary>The format's name, or null where the bytes are of no format known here.</summary>
    public static string? Sniff(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("RIFF"u8)) return start.Length < 12 || start[8..].StartsWith("WAVE"u8) ? Wav : "RIFF (not WAVE)";
        if (start.StartsWith("RF64"u8) || start.StartsWith("BW64"u8)) return Wav;
        if (start.StartsWith(".snd"u8)) return Au;
        if (start.StartsWith("RIFX"u8)) return "big-endian WAV";
        if (start.StartsWith("ID3"u8)) return "MP3";
        if (start.StartsWith("OggS"u8)) return "Ogg";
        if (start.StartsWith("fLaC"u8)) return "FLAC";
        if (start.StartsWith("FORM"u8)) return "AIFF";
        if (start.StartsWith("caff"u8)) return "CAF";
        if (start.StartsWith("wvPk"u8)) return "WavPack";
        if (start.StartsWith("MAC "u8)) return "Monkey's Audio";
        if (start.StartsWith("#!AMR"u8)) return "AMR";
        if (start.Length >= 8 && start[4..].StartsWith("ftyp"u8)) return "MP4";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3])) return "Matroska";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x30, 0x26, 0xB2, 0x75])) return "Windows Media";
        return MpegFrame(start);
    }

    /// <summary>The header of an MPEG audio or AAC (ADTS) frame, with no field at a reserved value.</summary>
    private static string? MpegFrame(ReadOnlySpan<byte> start)
    {
        if (start.Length < 4 || start[0] != 0xFF || (start[1] & 0xE0) != 0xE0) return null;
        if ((start[1] & 0xF6) == 0xF0) return (start[2] & 0x3C) <= 12 << 2 ? "AAC" : null;
        var reservedVersionOrLayer = (start[1] & 0x18) == 0x08 || (start[1] & 0x06) == 0;
        var reservedRate = (start[2] & 0xF0) == 0xF0 || (start[2] & 0x0C) == 0x0C;
        return reservedVersionOrLayer || reservedRate ? null : "MP3";
    }
}
