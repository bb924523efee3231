using System.Text;

namespace Engine.Dsp.Audio;

/// <summary>Reads parts of a header from a stream that may end anywhere and need not support seeking.</summary>
internal static class HeaderReader
{
    /// <summary>Fills <paramref name="bytes"/>.</summary>
    /// <exception cref="AudioFormatException">The stream ends too early.</exception>
    public static void Fill(Stream stream, Span<byte> bytes, string name, string what)
    {
        var got = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (got == bytes.Length) return;
        throw new AudioFormatException(name,
            $"the file ends inside {what}: {got} of its {bytes.Length} bytes are present. It is cut short.");
    }

    /// <summary>Skips <paramref name="count"/> bytes.</summary>
    /// <exception cref="AudioFormatException">The stream ends too early.</exception>
    public static void Skip(Stream stream, long count, string name)
    {
        long left = count;
        if (stream.CanSeek)
        {
            left = Math.Max(0, count - (stream.Length - stream.Position));
            stream.Position += count - left;
        }
        else
        {
            Span<byte> buffer = stackalloc byte[512];
            for (int got; left > 0 && (got = stream.Read(buffer[..(int)Math.Min(left, buffer.Length)])) > 0;) left -= got;
        }

        if (left > 0)
        {
            throw new AudioFormatException(name,
                $"the header claims a part of {count} bytes, of which {left} are past the end of the file. It is cut short "
                    + "or damaged.");
        }
    }

    /// <summary>Formats a four-character code: in quotes, or as in a hex dump if it has other characters.</summary>
    public static string Code(ReadOnlySpan<byte> bytes) =>
        bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~') ? Hex(bytes) : $"'{Encoding.ASCII.GetString(bytes)}'";

    /// <summary>Formats bytes as in a hex dump.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(3 * bytes.Length);
        foreach (var value in bytes) text.Append(text.Length > 0 ? " " : "").Append(value.ToString("X2"));
        return text.ToString();
    }
}
