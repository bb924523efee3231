namespace Engine.Dsp.Audio.Flac;

/// <summary>
/// Finds the frames of a stream and decodes them in order. Where the checksum of a frame is wrong, or no frame starts where one
/// should, it searches for the next.
/// </summary>
internal sealed class FrameSource(Stream stream, StreamInfo info, string name)
{
    private const int BlockBytes = 1 << 16;

    /// <summary>No frame is longer: STREAMINFO has 24 bits for it.</summary>
    private const int LongestFrame = 1 << 24;

    /// <summary>
    /// How many samples and bytes may be decoded in vain, and how many more for each byte: what looks like the start of a long
    /// frame everywhere would take hours.
    /// </summary>
    private const long MostWasted = 1 << 25, MostWastedPerByte = 64;

    private readonly FrameDecoder _decoder = new(info);
    private byte[] _buffer = new byte[BlockBytes];
    private int _start, _end; // what is read ahead
    private bool _ended;
    private long _offset = stream.CanSeek ? stream.Position : 0; // of the buffer's first byte
    private long _read, _wasted;

    /// <summary>The last frame's header.</summary>
    public FrameHeader Frame { get; private set; }

    /// <summary>Where the last frame starts in the stream.</summary>
    public long FrameOffset { get; private set; }

    /// <summary>Headers whose frame could not be decoded.</summary>
    public int Damaged { get; private set; }

    /// <summary>The first of these since the last frame, or null.</summary>
    public FrameHeader? Failed { get; private set; }

    /// <summary>The samples of a channel of the last frame.</summary>
    public ReadOnlySpan<int> Channel(int channel) => _decoder.Channel(channel);

    /// <summary>Decodes the next frame; false at the end.</summary>
    /// <param name="limit">The frame must start before this byte of the stream.</param>
    /// <exception cref="AudioFormatException">Too much was decoded in vain.</exception>
    public bool Next(long limit = long.MaxValue)
    {
        for (; _offset + _start < limit; Seek())
        {
            var window = Window(FrameHeader.MostBytes);
            if (window.IsEmpty) return false;
            if (!FrameHeader.TryRead(window, info, out var header)) continue;
            if (TryDecode(header)) return true;
            Damaged++;
            Failed ??= header;
            _wasted += header.BlockSize * info.Channels;
            if (_wasted > MostWasted + MostWastedPerByte * _read)
            {
                throw new AudioFormatException(name,
                    $"{Damaged} of its frames fail their checksums. The file is damaged; restore it or leave it out.");
            }
        }

        return false;
    }

    /// <summary>Moves near a sample, to a frame that starts before it, by bisection. The stream must be able to seek.</summary>
    /// <param name="sample">As counted by the headers.</param>
    /// <param name="first">Where the first frame starts in the stream.</param>
    public void MoveNear(long sample, long first)
    {
        var (low, high) = (first, stream.Length);
        while (high - low > BlockBytes)
        {
            var middle = low + (high - low) / 2;
            MoveTo(middle);
            if (Next(high) && Frame.Start <= sample) low = FrameOffset;
            else high = middle;
        }

        MoveTo(low);
        (Damaged, Failed) = (0, null); // not of this part
    }

    private void MoveTo(long offset)
    {
        stream.Position = _offset = offset;
        (_start, _end, _ended) = (0, 0, false);
    }

    private bool TryDecode(in FrameHeader header)
    {
        for (var wanted = Math.Max(BlockBytes / 2, _end - _start); ; wanted *= 2)
        {
            var window = Window(wanted);
            var outcome = _decoder.Decode(window, header, out var length);
            if (outcome == FrameOutcome.Decoded)
            {
                (Frame, FrameOffset, Failed) = (header, _offset + _start, null);
                _start += length;
                return true;
            }

            _wasted += length;
            if (outcome == FrameOutcome.Damaged || wanted >= LongestFrame || window.Length < wanted) return false;
        }
    }

    /// <summary>Moves to the next byte that a frame may start with.</summary>
    private void Seek()
    {
        _start++;
        while (true)
        {
            var window = Window(1);
            var at = window.IndexOf((byte)0xFF);
            if (at >= 0 || window.IsEmpty)
            {
                _start += Math.Max(at, 0);
                return;
            }

            _start = _end;
        }
    }

    /// <summary>At least <paramref name="wanted"/> bytes from the current one on, or all that are left.</summary>
    private ReadOnlySpan<byte> Window(int wanted)
    {
        if (_end - _start < wanted && !_ended)
        {
            var kept = _buffer.AsSpan(_start, _end - _start);
            if (wanted > _buffer.Length)
            {
                var larger = new byte[wanted];
                kept.CopyTo(larger);
                _buffer = larger;
            }
            else
            {
                kept.CopyTo(_buffer);
            }

            _offset += _start;
            (_start, _end) = (0, kept.Length);
            var got = stream.ReadAtLeast(_buffer.AsSpan(_end), wanted - _end, throwOnEndOfStream: false);
            _end += got;
            _read += got;
            _ended = _end < wanted;
        }

        return _buffer.AsSpan(_start, _end - _start);
    }
}
