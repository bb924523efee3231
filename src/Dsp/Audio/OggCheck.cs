using Engine.Dsp.Audio.Vorbis;

namespace Engine.Dsp.Audio;

/// <summary>An Ogg stream ends with a page marked as its last; a truncated one does not. Source: RFC 3533.</summary>
internal sealed class OggCheck : IContentCheck
{
    /// <summary>What is said of a stream without an end mark.</summary>
    public const string NoEnd = "its last page is not marked as the end: it may be cut short.";

    private const int HeaderTypeAt = OggPages.FlagsAt;

    private readonly byte[] _carried = new byte[HeaderTypeAt];
    private int _carriedCount;
    private bool _ended;

    /// <inheritdoc/>
    public void See(ReadOnlySpan<byte> bytes)
    {
        // First a page header that spans two blocks, then those within this one.
        Span<byte> seam = stackalloc byte[2 * HeaderTypeAt];
        _carried.AsSpan(0, _carriedCount).CopyTo(seam);
        var fresh = bytes[..Math.Min(bytes.Length, HeaderTypeAt)];
        fresh.CopyTo(seam[_carriedCount..]);
        Search(seam[..(_carriedCount + fresh.Length)]);
        Search(bytes);
        var kept = bytes.Length >= HeaderTypeAt ? bytes[^HeaderTypeAt..] : seam[..(_carriedCount + fresh.Length)];
        kept = kept[^Math.Min(kept.Length, HeaderTypeAt)..];
        kept.CopyTo(_carried);
        _carriedCount = kept.Length;
    }

    /// <inheritdoc/>
    public string? Finish(string name, double decoded) =>
        _ended ? null : NoEnd;

    private void Search(ReadOnlySpan<byte> bytes)
    {
        for (int at; (at = bytes.IndexOf(OggPages.Pattern)) >= 0
            && at + HeaderTypeAt < bytes.Length; bytes = bytes[(at + HeaderTypeAt)..])
        {
            _ended = (bytes[at + HeaderTypeAt] & OggPages.Last) != 0;
        }
    }
}
