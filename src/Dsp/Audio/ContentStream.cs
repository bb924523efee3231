using System.Security.Cryptography;
using Engine.Dsp.Files;

namespace Engine.Dsp.Audio;

/// <summary>
/// Reads the bytes of a recording, from a file or a pipe, once from start to end, and passes each to a hash and an
/// observer, so whatever is learned about the content holds for the bytes that were decoded. If the inner stream can seek,
/// so can this one; skipped bytes are hashed too.
/// </summary>
internal sealed class ContentStream : ForwardStream
{
    private const int BlockBytes = 1 << 16;

    /// <summary>A pipe is read ahead no further.</summary>
    private const int MostAhead = 16 << 20;

    private readonly Stream _inner;
    private readonly IncrementalHash? _hash;
    private byte[]? _digest;
    private byte[] _start = []; // read ahead of a stream that cannot go back
    private long _position, _seen;
    private volatile bool _waiting;

    /// <summary>Wraps a stream positioned at the first byte of the content; it is not disposed.</summary>
    /// <param name="inner">The bytes.</param>
    /// <param name="hashed">Whether to read and hash every byte.</param>
    public ContentStream(Stream inner, bool hashed)
    {
        _inner = inner;
        _hash = hashed ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
    }

    /// <summary>Receives every byte once, in order.</summary>
    public ReadOnlySpanAction? Observer { get; set; }

    /// <summary>Receives bytes as they are read.</summary>
    public delegate void ReadOnlySpanAction(ReadOnlySpan<byte> bytes);

    /// <summary>Whether a read of the wrapped stream is in progress: a pipe may have no data yet.</summary>
    public bool Waiting => _waiting;

    public override bool CanSeek => _inner.CanSeek;

    public override long Length => _inner.Length;

    public override long Position
    {
        get => _position;
        set
        {
            if (!CanSeek && value > _start.Length) throw new NotSupportedException("ContentStream: a pipe cannot seek.");
            _position = value;
        }
    }

    /// <summary>The first <paramref name="count"/> bytes, or fewer if the content is shorter, without moving the position. Call
    /// it before
    /// reading.</summary>
    public byte[] Peek(int count)
    {
        var bytes = new byte[count];
        if (CanSeek) _inner.Position = 0;
        _waiting = true;
        var got = _inner.ReadAtLeast(bytes, count, throwOnEndOfStream: false);
        _waiting = false;
        if (CanSeek) _inner.Position = 0;
        else _start = bytes[..got];
        return bytes[..got];
    }

    /// <summary>Bytes further on, after <see cref="Peek"/>; fewer if the content is shorter, none if they are too far on in a
    /// pipe.</summary>
    public byte[] PeekAt(long offset, int count)
    {
        var bytes = new byte[count];
        var got = 0;
        if (CanSeek)
        {
            _inner.Position = offset;
            got = _inner.ReadAtLeast(bytes, count, throwOnEndOfStream: false);
            _inner.Position = 0;
            return bytes[..got];
        }

        if (offset + count > MostAhead) return [];
        _waiting = true;
        for (var end = (int)offset + count; _start.Length < end; _start = [.. _start, .. bytes.AsSpan(0, got)])
        {
            bytes = new byte[Math.Min(Math.Max(_start.Length, BlockBytes), end - _start.Length)];
            got = _inner.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (got == 0) break;
        }

        _waiting = false;
        return _start[(int)Math.Min(offset, _start.Length)..(int)Math.Min(offset + count, _start.Length)];
    }

    /// <summary>Reads the rest; returns the SHA-256 of the whole content, or nothing if it is not hashed.</summary>
    public byte[] Finish()
    {
        if (_digest is not null) return _digest;
        var buffer = new byte[BlockBytes];
        _position = _seen;
        while (Read(buffer) > 0)
        {
        }

        return _digest = _hash?.GetHashAndReset() ?? [];
    }

    /// <summary>Rewinds to the first byte; false for a pipe that is past the peeked bytes.</summary>
    public bool TryRewind()
    {
        if (!CanSeek && _position > _start.Length) return false;
        _position = 0;
        return true;
    }

    /// <summary>Puts back the last byte, so that it is read again; false for a pipe that is past the peeked bytes.</summary>
    public bool TryStepBack()
    {
        if (!CanSeek && _position > _start.Length) return false;
        _position--;
        return true;
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        if (IsWatched && _position > _seen) CatchUp();
        var got = ReadAt(buffer);
        See(buffer[..got]);
        _position += got;
        return got;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash?.Dispose();
        base.Dispose(disposing);
    }

    private bool IsWatched => _hash is not null || Observer is not null;

    /// <summary>Reads the bytes that a seek skipped.</summary>
    private void CatchUp()
    {
        var target = _position;
        var buffer = new byte[(int)Math.Min(BlockBytes, target - _seen)];
        for (_position = _seen; _position < target;)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, target - _position));
            var got = ReadAt(part);
            if (got == 0) break;
            See(part[..got]);
            _position += got;
        }

        _position = target;
    }

    private int ReadAt(Span<byte> buffer)
    {
        if (_position < _start.Length)
        {
            var part = _start.AsSpan((int)_position, (int)Math.Min(buffer.Length, _start.Length - _position));
            part.CopyTo(buffer);
            return part.Length;
        }

        if (CanSeek && _inner.Position != _position) _inner.Position = _position;
        _waiting = true;
        var got = _inner.Read(buffer);
        _waiting = false;
        return got;
    }

    private void See(ReadOnlySpan<byte> bytes)
    {
        if (!IsWatched || _position + bytes.Length <= _seen) return;
        var fresh = bytes[(int)(_seen - _position)..];
        _hash?.AppendData(fresh);
        Observer?.Invoke(fresh);
        _seen += fresh.Length;
    }
}
