namespace Engine.Dsp.Tags;

/// <summary>The bytes of a tag from start to end. Skipping allocates nothing, so that a picture costs no memory.</summary>
internal abstract class TagInput
{
    /// <summary>Copies the next bytes; fewer only at the end.</summary>
    public abstract int Read(Span<byte> to);

    /// <summary>Passes over bytes; false if there are fewer.</summary>
    public virtual bool Skip(long count)
    {
        Span<byte> passed = stackalloc byte[512];
        while (count > 0)
        {
            var part = passed[..(int)Math.Min(count, passed.Length)];
            if (Read(part) < part.Length) return false;
            count -= part.Length;
        }

        return true;
    }

    /// <summary>Fills <paramref name="to"/>; false if there are fewer bytes.</summary>
    public bool Fill(Span<byte> to) => Read(to) == to.Length;
}

/// <summary>A part of a file.</summary>
internal sealed class PartInput(FileBytes file, long start, long end) : TagInput
{
    private readonly long _end = Math.Min(end, file.Length);

    /// <summary>Where the next byte is in the file.</summary>
    public long Position { get; private set; } = start;

    /// <summary>How many bytes are left.</summary>
    public long Remaining => Math.Max(0, _end - Position);

    /// <inheritdoc/>
    public override int Read(Span<byte> to)
    {
        var got = file.Read(Position, to[..(int)Math.Min(to.Length, Remaining)]);
        Position += got;
        return got;
    }

    /// <inheritdoc/>
    public override bool Skip(long count)
    {
        var passed = Math.Min(count, Remaining);
        Position += passed;
        return passed == count;
    }
}

/// <summary>
/// Undoes ID3v2's unsynchronisation, which puts a zero behind every 0xFF so that no part of a tag looks like an MPEG frame.
/// </summary>
internal sealed class SynchronisedInput(PartInput raw) : TagInput
{
    private readonly byte[] _buffer = new byte[4096];
    private int _at, _count;

    /// <summary>Where the next stored byte is in the file.</summary>
    public long Position => raw.Position - (_count - _at);

    /// <inheritdoc/>
    public override int Read(Span<byte> to)
    {
        for (var i = 0; i < to.Length; i++)
        {
            if (!Next(out to[i])) return i;
            if (to[i] == 0xFF && Peek() == 0) _at++;
        }

        return to.Length;
    }

    /// <summary>The bytes without the inserted zeros.</summary>
    public static byte[] Undo(ReadOnlySpan<byte> bytes)
    {
        var result = new byte[bytes.Length];
        var count = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            result[count++] = bytes[i];
            if (bytes[i] == 0xFF && i + 1 < bytes.Length && bytes[i + 1] == 0) i++;
        }

        return result[..count];
    }

    private bool Next(out byte value)
    {
        value = (byte)Math.Max(0, Peek());
        if (_at == _count) return false;
        _at++;
        return true;
    }

    private int Peek()
    {
        if (_at == _count) (_at, _count) = (0, raw.Read(_buffer));
        return _count == 0 ? -1 : _buffer[_at];
    }
}
