using Engine.Dsp.Audio.Mpeg;

namespace Engine.Dsp.Audio;

/// <summary>
/// Walks the frames of an AAC (ADTS) stream and counts the bytes of holes, which belong to no frame and which decoders skip.
/// Tags are not holes, and bytes after the last frame are not a loss. Source: ISO/IEC 13818-7.
/// </summary>
internal sealed class AdtsCheck : IContentCheck
{
    private const double Tolerance = 0.1; // seconds: a splice leaves parts of a frame or two

    private const int HeaderBytes = MpegFrames.TagBytes; // no header recognised is longer

    private static readonly int[] s_rates =
        [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

    private readonly byte[] _head = new byte[HeaderBytes];
    private int _headCount;
    private long _skip; // bytes left of a frame or a tag
    private int? _rate; // of the frames; others are chance matches
    private bool _tentative; // one frame was found after a hole; it counts if another follows
    private double _tentativeSeconds, _seconds;
    private long _tentativeBytes, _frameBytes, _pending, _lost;

    /// <inheritdoc/>
    public void See(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_skip > 0)
            {
                var passed = (int)Math.Min(_skip, bytes.Length);
                _skip -= passed;
                bytes = bytes[passed..];
                continue;
            }

            var wanted = Math.Min(HeaderBytes - _headCount, bytes.Length);
            bytes[..wanted].CopyTo(_head.AsSpan(_headCount));
            _headCount += wanted;
            bytes = bytes[wanted..];
            if (_headCount == HeaderBytes) Take();
        }
    }

    /// <inheritdoc/>
    public string? Finish(string name, double decoded)
    {
        if (_seconds == 0 || _frameBytes == 0) return null;
        var lost = _lost * _seconds / _frameBytes;
        return Damage.Of(name, _seconds + lost, _seconds, Tolerance, $"{_lost} bytes between its frames are not audio");
    }

    /// <summary>Inspects and skips what is at the start of the buffer.</summary>
    private void Take()
    {
        if (MpegFrames.Tag(_head) is > 0 and var tag)
        {
            Believe();
            Pass(tag);
        }
        else if (Frame(_head) is { } frame && (_rate ?? frame.Rate) == frame.Rate)
        {
            if (_pending == 0 || _tentative || _rate is null) Believe();
            if (_rate is null) (_pending, _rate) = (0, frame.Rate); // bytes before the first frame are not a loss
            if (_pending > 0)
            {
                (_tentative, _tentativeSeconds, _tentativeBytes) = (true, frame.Seconds, frame.Bytes);
            }
            else
            {
                _seconds += frame.Seconds;
                _frameBytes += frame.Bytes;
            }

            Pass(frame.Bytes);
        }
        else
        {
            if (_tentative) _pending += _tentativeBytes; // it was a chance match
            _tentative = false;
            _pending++;
            Pass(1);
        }
    }

    /// <summary>
    /// A frame or a tag follows where the last one ends: the frame found after a hole is real, and so is the hole.
    /// </summary>
    private void Believe()
    {
        if (!_tentative) return;
        _tentative = false;
        _seconds += _tentativeSeconds;
        _frameBytes += _tentativeBytes;
        _lost += _pending;
        _pending = 0;
    }

    private void Pass(long count)
    {
        var within = (int)Math.Min(count, _headCount);
        _head.AsSpan(within, _headCount - within).CopyTo(_head);
        _headCount -= within;
        _skip = count - within;
    }

    private static (int Rate, int Bytes, double Seconds)? Frame(ReadOnlySpan<byte> at)
    {
        if (at[0] != 0xFF || (at[1] & 0xF6) != 0xF0) return null;
        var index = (at[2] & 0x3C) >> 2;
        var length = (at[3] & 3) << 11 | at[4] << 3 | at[5] >> 5;
        return index >= s_rates.Length || length < 7 ? null
            : (s_rates[index], length, 1024.0 * ((at[6] & 3) + 1) / s_rates[index]);
    }
}
