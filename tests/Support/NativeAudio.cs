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
        return AudioFile.StartNative(stream, start.AsSpan(0, got), name, offset, duration, out _) is { } reader ? AudioFile.ReadAll(reader, name) : null;
    }
}

/// <summary>Bytes as a pipe gives them: once, forward, and as many at a time as it likes.</summary>
internal sealed class PipeLike(byte[] bytes, int most = int.MaxValue) : MemoryStream(bytes)
{
    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, most)]);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
}
