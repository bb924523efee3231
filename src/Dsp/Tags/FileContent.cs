using Engine.Dsp.Audio;

namespace Engine.Dsp.Tags;

/// <summary>What a music file holds behind any ID3v2 tags at its start.</summary>
/// <param name="Format">The format as <see cref="AudioContent"/> names it; null if it is unknown.</param>
/// <param name="Start">Where it starts.</param>
/// <param name="IsRifx">Whether it is a WAV file in big-endian order.</param>
/// <param name="NoRecording">What it is if it is certainly no recording, as <see cref="AudioContent.NoRecording"/> says.</param>
internal readonly record struct FileContent(string? Format, long Start, bool IsRifx, string? NoRecording)
{
    /// <summary>Looks at the start of a file.</summary>
    public static FileContent Of(FileBytes file)
    {
        var start = Id3Header.End(file, 0);
        var bytes = new byte[Math.Min(AudioContent.Bytes, Math.Max(0, file.Length - start))];
        bytes = bytes[..file.Read(start, bytes)];
        var format = AudioContent.Sniff(bytes);
        // Behind ID3v2 tags there may be padding before the first frame.
        if (start > 0 && format is null) format = AudioContent.Mp3;
        return new(format, start, bytes.AsSpan().StartsWith("RIFX"u8), AudioContent.NoRecording(bytes));
    }
}
