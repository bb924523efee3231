using System.Text;

namespace Engine.Dsp.Tags;

/// <summary>Decodes the text of tags.</summary>
internal static class TagText
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Text of no stated encoding, up to its first zero: UTF-8 if it is valid, else Latin-1.</summary>
    public static string Unstated(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf((byte)0) is >= 0 and var end) bytes = bytes[..end];
        try
        {
            return s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    /// <summary>The values of an ID3v2 text frame: a byte for the encoding, then strings that a zero separates.</summary>
    public static string[] Id3Values(ReadOnlySpan<byte> content) => content.IsEmpty ? []
        : content[0] switch
        {
            0 => Encoding.Latin1.GetString(content[1..]).Split('\0'),
            1 => Utf16(content[1..]),
            2 => Unmarked(Encoding.BigEndianUnicode.GetString(content[1..])),
            _ => Unmarked(Encoding.UTF8.GetString(content[1..])),
        };

    // Without a byte order mark, programs wrote little-endian.
    private static string[] Utf16(ReadOnlySpan<byte> bytes)
    {
        var isBig = bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);
        return Unmarked((isBig ? Encoding.BigEndianUnicode : Encoding.Unicode).GetString(bytes));
    }

    // Each string may have a byte order mark of its own, even in encodings that need none.
    private static string[] Unmarked(string text) => [.. text.Split('\0').Select(s => s.TrimStart('\uFEFF'))];
}
