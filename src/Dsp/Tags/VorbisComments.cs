using System.Buffers.Binary;
using System.Text;

namespace Engine.Dsp.Tags;

/// <summary>
/// Reads Vorbis comments: a vendor, then <c>NAME=value</c> in UTF-8, each behind its length. Source: xiph.org, "Ogg Vorbis I
/// format specification: comment field and header specification".
/// </summary>
internal static class VorbisComments
{
    private const int LongestName = 16;

    /// <summary>Reads the comments from a position behind any magic number.</summary>
    public static void Read(TagInput input, TagCollector to)
    {
        to.Begin("Vorbis comments");
        if (!ReadAll(input, to)) to.Note("the Vorbis comments are cut short or damaged");
    }

    /// <summary>The field that a name (in upper case) stands for.</summary>
    public static TagField? Field(string name) => name switch
    {
        "ARTIST" => TagField.Artist,
        "ALBUMARTIST" or "ALBUM ARTIST" or "ALBUM_ARTIST" => TagField.AlbumArtist,
        "ALBUM" => TagField.Album,
        "TITLE" => TagField.Title,
        "GENRE" => TagField.Genre,
        "DATE" or "YEAR" => TagField.Year,
        "TRACKNUMBER" or "TRACK" => TagField.Track,
        _ => null,
    };

    private static bool ReadAll(TagInput input, TagCollector to)
    {
        Span<byte> number = stackalloc byte[4], start = stackalloc byte[LongestName];
        if (!input.Fill(number) || !input.Skip(BinaryPrimitives.ReadUInt32LittleEndian(number)) || !input.Fill(number))
            return false;
        var count = BinaryPrimitives.ReadUInt32LittleEndian(number);
        for (var i = 0u; i < count; i++)
        {
            if (i == TagLimits.Parts)
            {
                to.Note($"there are more than {TagLimits.Parts} Vorbis comments");
                break;
            }

            if (!input.Fill(number)) return false;
            var length = BinaryPrimitives.ReadUInt32LittleEndian(number);
            var head = start[..(int)Math.Min(length, LongestName)];
            if (!input.Fill(head)) return false;
            var rest = length - head.Length;
            var equals = head.IndexOf((byte)'=');
            if (equals < 0 || Field(Encoding.ASCII.GetString(head[..equals]).ToUpperInvariant()) is not { } field)
            {
                if (!input.Skip(rest)) return false;
                continue;
            }

            if (length > TagLimits.Text)
            {
                to.Note($"a Vorbis comment of {length} bytes was passed over; at most {TagLimits.Text} are read");
                if (!input.Skip(rest)) return false;
                continue;
            }

            var value = new byte[length - equals - 1];
            head[(equals + 1)..].CopyTo(value);
            if (!input.Fill(value.AsSpan(head.Length - equals - 1))) return false;
            to.Add(field, Encoding.UTF8.GetString(value));
        }

        return true;
    }
}
