namespace Engine.Dsp.Audio;

/// <summary>Detects encrypted audio in an MP4 file: its sample description is then called <c>enca</c> (ISO/IEC
/// 23001-7) or <c>drms</c> (Apple's FairPlay).</summary>
internal sealed class Mp4Check : IContentCheck
{
    private const int NameAt = 16, Needed = NameAt + 4; // after the box's own name: version, count, and the size of the entry

    private readonly byte[] _carried = new byte[Needed - 1];
    private int _carriedCount;
    private bool _protected;

    /// <inheritdoc/>
    public void See(ReadOnlySpan<byte> bytes)
    {
        Span<byte> seam = stackalloc byte[2 * (Needed - 1)];
        _carried.AsSpan(0, _carriedCount).CopyTo(seam);
        var fresh = bytes[..Math.Min(bytes.Length, Needed - 1)];
        fresh.CopyTo(seam[_carriedCount..]);
        seam = seam[..(_carriedCount + fresh.Length)];
        Search(seam);
        Search(bytes);
        var kept = bytes.Length >= Needed - 1 ? bytes[^(Needed - 1)..] : seam;
        kept = kept[^Math.Min(kept.Length, Needed - 1)..];
        kept.CopyTo(_carried);
        _carriedCount = kept.Length;
    }

    /// <inheritdoc/>
    public string? Finish(string name, double decoded) => !_protected ? null : throw new AudioFormatException(name,
        "its audio is encrypted (DRM) and cannot be decoded. Leave it out.");

    private void Search(ReadOnlySpan<byte> bytes)
    {
        for (int at; (at = bytes.IndexOf("stsd"u8)) >= 0 && at + Needed <= bytes.Length; bytes = bytes[(at + 4)..])
        {
            var entry = bytes.Slice(at + NameAt, 4);
            _protected |= entry.SequenceEqual("enca"u8) || entry.SequenceEqual("drms"u8);
        }
    }
}
