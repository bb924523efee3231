using Engine.Dsp.Audio.Mpeg;

namespace Engine.Dsp.Tags;

/// <summary>
/// The properties of an MP3 (or MPEG layer I or II) file: from the Xing or VBRI header that encoders write into the first frame,
/// else by walking from header to header. Delay and padding that LAME declares are not counted, as they are not heard.
/// </summary>
internal static class MpegFile
{
    private const int Window = 1 << 16, Head = 200;
    private const int MostBefore = 1 << 16; // bytes before the first frame

    /// <summary>Reads the frames from <paramref name="at"/> to <paramref name="end"/>; null if there are none.</summary>
    public static AudioProperties? Read(FileBytes file, long at, long end)
    {
        if (First(file, at, end) is not var (start, first)) return null;
        var samples = Declared(file, start, first) ?? Count(file, start, end, first) * first.Samples;
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
            if (window[i] != 0xFF || MpegHeader.Parse(window[i..]) is not { Bitrate: > 0 } header) continue;
            var behind = at + i + header.Bytes;
            if (behind == end || file.Fill(behind, next) && MpegHeader.Parse(next) is { } other && other.Continues(header))
                return (at + i, header);
        }

        return null;
    }

    private static long? Declared(FileBytes file, long start, in MpegHeader first)
    {
        var head = new byte[Math.Min(Head, first.Bytes)];
        return MpegTag.Read(first, head.AsSpan(0, file.Read(start, head)))?.SamplesOf(first);
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
                if (bytes[i] == 0xFF && MpegHeader.Parse(bytes[i..]) is { } header && header.Continues(like))
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
