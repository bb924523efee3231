namespace Engine.Dsp.Tags;

/// <summary>The bytes of a file by position; reading past its end gives fewer.</summary>
internal sealed class FileBytes(Stream stream)
{
    /// <summary>How many there are.</summary>
    public long Length { get; } = stream.Length;

    /// <summary>Copies the bytes from <paramref name="at"/> on; returns how many there were.</summary>
    public int Read(long at, Span<byte> to)
    {
        if (at < 0 || at >= Length) return 0;
        stream.Position = at;
        return stream.ReadAtLeast(to, to.Length, throwOnEndOfStream: false);
    }

    /// <summary>The same; false if the file ends before <paramref name="to"/> is full.</summary>
    public bool Fill(long at, Span<byte> to) => Read(at, to) == to.Length;
}
