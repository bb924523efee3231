using System.Text;

namespace Engine.Dsp.Audio;

/// <summary>Recognises a file's format by its first bytes.</summary>
internal static class AudioContent
{
    /// <summary>How many bytes are inspected.</summary>
    public const int Bytes = 4096;

    /// <summary>Formats that get special treatment.</summary>
    public const string Wav = "WAV", Au = "AU", Flac = "FLAC", Ogg = "Ogg", Mp3 = "MP3", Aac = "AAC", Mp4 = "MP4",
        Aiff = "AIFF", Caf = "CAF";

    /// <summary>The length of an ID3v2 tag's header.</summary>
    public const int TagHeaderBytes = 10;

    /// <summary>What <see cref="NoRecording"/> calls text of an unknown kind.</summary>
    public const string Text = "text";

    /// <summary>The format's name, or null if the format is unknown.</summary>
    public static string? Sniff(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("RIFF"u8)) return start.Length < 12 || start[8..].StartsWith("WAVE"u8) ? Wav : "RIFF (not WAVE)";
        if (start.StartsWith("RIFX"u8)) return start.Length < 12 || start[8..].StartsWith("WAVE"u8) ? Wav : "RIFX (not WAVE)";
        if (start.StartsWith("RF64"u8) || start.StartsWith("BW64"u8)) return Wav;
        if (start.StartsWith(".snd"u8) || start.StartsWith("dns."u8)) return Au;
        if (start.StartsWith("ID3"u8) || start.StartsWith("APETAGEX"u8)) return Mp3;
        if (start.StartsWith("OggS"u8)) return Ogg;
        if (start.StartsWith("fLaC"u8)) return Flac;
        if (start.StartsWith("FORM"u8))
        {
            return start.Length < 12 || start[8..].StartsWith("AIFF"u8) || start[8..].StartsWith("AIFC"u8)
                ? Aiff : "IFF (not AIFF)";
        }

        if (start.StartsWith("caff"u8)) return Caf;
        if (start.StartsWith("wvpk"u8)) return "WavPack";
        if (start.StartsWith("MAC "u8)) return "Monkey's Audio";
        if (start.StartsWith("TTA1"u8)) return "TTA";
        if (start.StartsWith("#!AMR"u8)) return "AMR";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x72, 0x69, 0x66, 0x66, 0x2E, 0x91])) return "Wave64";
        if (start.Length >= 8 && start[4..].StartsWith("ftyp"u8)) return Mp4;
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3])) return "Matroska";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x30, 0x26, 0xB2, 0x75])) return "Windows Media";
        return MpegFrame(start);
    }

    /// <summary>The length of the ID3v2 tag at the start, its header included; 0 if there is none.</summary>
    public static long TagBytes(ReadOnlySpan<byte> start)
    {
        if (start.Length < TagHeaderBytes || !start.StartsWith("ID3"u8)) return 0;
        var size = 0; // four times seven bits
        foreach (var value in start[6..TagHeaderBytes]) size = size << 7 | (value & 0x7F);
        var hasFooter = (start[5] & 0x10) != 0;
        return TagHeaderBytes + size + (hasFooter ? TagHeaderBytes : 0);
    }

    /// <summary>What the file is, with an article, if it is certainly not a recording; otherwise null. Playlists are text, so
    /// they never reach a decoder that might follow them.</summary>
    public static string? NoRecording(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("PK\x03\x04"u8)) return "a ZIP archive";
        if (start.StartsWith("Rar!"u8)) return "a RAR archive";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x37, 0x7A, 0xBC, 0xAF])) return "a 7-Zip archive";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B])) return "a gzip archive";
        if (start.StartsWith("%PDF"u8)) return "a PDF document";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47])) return "a PNG image";
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return "a JPEG image";
        if (start.StartsWith("GIF8"u8)) return "a GIF image";
        if (start.StartsWith("MThd"u8)) return "a MIDI file (notes without sound)";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y']))
            return "a NumPy array";
        if (IsSafetensors(start)) return "tensors (safetensors), such as a model's";
        if (!IsText(start)) return null;
        var text = Encoding.UTF8.GetString(start[..Math.Min(start.Length, 512)]).Replace("\0", "")
            .TrimStart('\uFEFF', '\uFFFD', ' ', '\r', '\n', '\t');
        if (Starts(text, "#EXTM3U") || Starts(text, "ffconcat") || Starts(text, "[playlist]") || Starts(text, "[Reference]"))
        {
            return "a playlist";
        }

        if (Starts(text, "<!DOCTYPE HTML") || Starts(text, "<html") || Starts(text, "<head")) return "a web page (HTML)";
        if (Starts(text, "<?xml") || Starts(text, "<")) return "XML text";
        return Starts(text, "version https://git-lfs") ? "a Git LFS pointer" : Text;
    }

    /// <summary>Whether it starts with the length of a JSON header and the header's first characters.</summary>
    private static bool IsSafetensors(ReadOnlySpan<byte> start) =>
        start.Length > 9 && start[8] == '{' && start[9] is (byte)'"' or (byte)'}'
        && start[4..8].IndexOfAnyExcept((byte)0) < 0;

    /// <summary>
    /// Whether it consists of printable characters, line ends and tabs, in ASCII, UTF-8, UTF-16 or an 8-bit encoding.
    /// </summary>
    private static bool IsText(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty) return false;
        if (IsWideText(start)) return true;
        var characters = 0;
        foreach (var value in start)
        {
            if (value is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f') or 0x7F) return false;
            characters += value < 0x80 ? 1 : 0;
        }

        return characters >= start.Length / 2;
    }

    /// <summary>Mostly ASCII in UTF-16: exactly every other byte is zero.</summary>
    private static bool IsWideText(ReadOnlySpan<byte> start)
    {
        var little = start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]);
        if (start.Length < 8 || (!little && !start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))) return false;
        var zeros = 0;
        for (var i = 2; i + 1 < start.Length; i += 2)
        {
            var (high, low) = little ? (start[i + 1], start[i]) : (start[i], start[i + 1]);
            if (low == 0) return false;
            zeros += high == 0 ? 1 : 0;
        }

        return zeros >= start.Length / 4;
    }

    private static bool Starts(string text, string with) => text.StartsWith(with, StringComparison.OrdinalIgnoreCase);

    /// <summary>The header of an MPEG audio or AAC (ADTS) frame, with no field at a reserved value.</summary>
    private static string? MpegFrame(ReadOnlySpan<byte> start)
    {
        if (start.Length < 4 || start[0] != 0xFF || (start[1] & 0xE0) != 0xE0 || IsWideText(start)) return null;
        if ((start[1] & 0xF6) == 0xF0) return (start[2] & 0x3C) <= 12 << 2 ? Aac : null;
        var reservedVersionOrLayer = (start[1] & 0x18) == 0x08 || (start[1] & 0x06) == 0;
        var reservedRate = (start[2] & 0xF0) == 0xF0 || (start[2] & 0x0C) == 0x0C;
        return reservedVersionOrLayer || reservedRate ? null : Mp3;
    }
}
