using Engine.Dsp.Audio;

namespace Engine.Tests.Support;

/// <summary>The native readers on any stream.</summary>
internal static class NativeAudio
{
    /// <summary>Reads a part; null for what is not read natively.</summary>
    public static AudioSignal? Read(Stream stream, string name, double offset, double? duration)
    {
        var start = new byte[16];
        var got = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return AudioFile.StartNative(stream, start.AsSpan(0, got), name, offset, duration, out _) is { } reader
            ? AudioFile.ReadAll(reader, name) : null;
    }
}

/// <summary>Bytes as a pipe gives them: once, forward, and as many at a time as it likes.</summary>
internal sealed class PipeLike(byte[] bytes, int most = int.MaxValue) : Stream
{
    private int _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        var part = bytes.AsSpan(_position, Math.Min(Math.Min(buffer.Length, most), bytes.Length - _position));
        part.CopyTo(buffer);
        _position += part.Length;
        return part.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
