using System.Buffers.Binary;

namespace Engine.Dsp.Tags;

/// <summary>
/// The properties of an MP3 (or MPEG layer I or II) file: from the Xing or VBRI header that encoders write into the first frame,
/// else by walking from header to header. Delay and padding that LAME declares are not counted, as they are not heard.
/// </summary>
internal static class MpegFile
{
    private const int Window = 1 << 16, Head = 200, VbriAt = 36;
    private const int MostBefore = 1 << 16; // bytes before the first frame

    /// <summary>Reads the frames from <paramref name="at"/> to <paramref name="end"/>; null if there are none.</summary>
    public static AudioProperties? Read(FileBytes file, long at, long end)
    {
        if (First(file, at, end) is not var (start, first)) return null;
        var (frames, trimmed) = Declared(file, start, first) ?? (Count(file, start, end, first), 0);
        var samples = Math.Max(0, frames * first.Samples - trimmed);
        return new($"MP{first.Layer}", samples / (double)first.SampleRate, first.SampleRate, first.Channels);
    }

    // A frame behind which another follows, or the end.
    private static (long Start, MpegHeader Header)? First(FileBytes file, long at, long end)
    {
        var bytes = new byte[(int)Math.Min(MostBefore, Math.Max(0, end - at))];
        var window = bytes.AsSpan(0, file.Read(at, bytes));
        Span<byte> next = stackalloc byte[MpegHeader.Size];
        for (var i = 0; i + MpegHeader.Size <= window.Length; i++)
        {
            if (window[i] != 0xFF || MpegHeader.Of(window[i..]) is not { } header) continue;
            var behind = at + i + header.Bytes;
            if (behind == end || file.Fill(behind, next) && MpegHeader.Of(next) is { } other && other.IsLike(header))
                return (at + i, header);
        }

        return null;
    }

    private static (long Frames, int Trimmed)? Declared(FileBytes file, long start, MpegHeader first)
    {
        if (first.Layer != 3) return null;
        var head = new byte[Head];
        head = head[..file.Read(start, head.AsSpan(0, Math.Min(Head, first.Bytes)))];
        if (head.Length >= VbriAt + 18 && head.AsSpan(VbriAt).StartsWith("VBRI"u8))
            return (BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(VbriAt + 14)), 0);
        var xing = first.XingAt;
        if (head.Length < xing + 12) return null;
        var tag = head.AsSpan(xing);
        var flags = BinaryPrimitives.ReadUInt32BigEndian(tag[4..]);
        if (!(tag.StartsWith("Xing"u8) || tag.StartsWith("Info"u8)) || (flags & 1) == 0) return null;
        long frames = BinaryPrimitives.ReadUInt32BigEndian(tag[8..]);
        // LAME's part follows the optional fields: frames, bytes, a table of 100, quality.
        var lame = 8 + 4 + ((flags & 2) != 0 ? 4 : 0) + ((flags & 4) != 0 ? 100 : 0) + ((flags & 8) != 0 ? 4 : 0);
        if (tag.Length < lame + 24 || tag[lame] == 0) return (frames, 0);
        var (delay, padding) = (tag[lame + 21] << 4 | tag[lame + 22] >> 4, (tag[lame + 22] & 0xF) << 8 | tag[lame + 23]);
        return (frames, delay + padding);
    }

    private static long Count(FileBytes file, long at, long end, MpegHeader like)
    {
        var buffer = new byte[Window];
        var frames = 0L;
        while (at < end)
        {
            var bytes = buffer.AsSpan(0, file.Read(at, buffer.AsSpan(0, (int)Math.Min(Window, end - at))));
            var i = 0;
            while (i + MpegHeader.Size <= bytes.Length)
            {
                if (bytes[i] == 0xFF && MpegHeader.Of(bytes[i..]) is { } header && header.IsLike(like))
                {
                    if (at + i + header.Bytes > end) return frames; // it is cut short
                    frames++;
                    i += header.Bytes;
                }
                else
                {
                    i++;
                }
            }

            if (i == 0) break; // fewer bytes than a header are left
            at += i;
        }

        return frames;
    }
}
