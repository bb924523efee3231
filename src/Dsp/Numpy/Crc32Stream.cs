using Engine.Dsp.Files;

namespace Engine.Dsp.Numpy;

/// <summary>
/// Passes reads through and computes their CRC-32 as in zip files, which <see cref="System.IO.Compression.ZipArchive"/> does
/// not check.
/// </summary>
internal sealed class Crc32Stream(Stream inner) : ForwardStream
{
    private Crc32 _crc = new();

    /// <summary>The checksum of everything read so far.</summary>
    public uint Value => _crc.Value;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var got = inner.Read(buffer);
        _crc.Append(buffer[..got]);
        return got;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
