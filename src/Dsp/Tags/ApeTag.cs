using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Engine.Dsp.Tags;

/// <summary>
/// Reads APEv2 tags (and APEv1, whose items are the same), at the end of a file before an ID3v1 tag, or at its start. Values are
/// UTF-8, lists separated by zeros. Source: hydrogenaud.io, "APEv2 specification".
/// </summary>
internal static class ApeTag
{
    private const int HeaderBytes = 32, IsHeader = 1 << 29, LongestKey = 255;

    /// <summary>Reads the tag of a file, if there is one.</summary>
    /// <param name="file">The file.</param>
    /// <param name="start">Where a tag at the start would be.</param>
    /// <param name="end">Where the file ends but for an ID3v1 tag.</param>
    /// <param name="to">Receives the values.</param>
    public static void Read(FileBytes file, long start, long end, TagCollector to)
    {
        end = BeforeLyrics(file, end);
        Span<byte> mark = stackalloc byte[HeaderBytes];
        if (Fill(file, end - HeaderBytes, mark))
        {
            // The size counts the footer, but not the header.
            long size = BinaryPrimitives.ReadUInt32LittleEndian(mark[12..]);
            var items = end - size;
            if (size < HeaderBytes || items < 0) to.Note("the APE tag is cut short or damaged");
            else ReadItems(file, items, end - HeaderBytes, Count(mark), to);
        }
        else if (Fill(file, start, mark) && (BinaryPrimitives.ReadUInt32LittleEndian(mark[20..]) & IsHeader) != 0)
        {
            long size = BinaryPrimitives.ReadUInt32LittleEndian(mark[12..]);
            ReadItems(file, start + HeaderBytes, start + HeaderBytes + size, Count(mark), to);
        }
    }

    private static bool Fill(FileBytes file, long at, Span<byte> mark) => file.Fill(at, mark) && mark.StartsWith("APETAGEX"u8);

    private static uint Count(ReadOnlySpan<byte> mark) => BinaryPrimitives.ReadUInt32LittleEndian(mark[16..]);

    private static void ReadItems(FileBytes file, long from, long to, uint count, TagCollector collector)
    {
        collector.Begin("APE");
        var input = new PartInput(file, from, to);
        Span<byte> head = stackalloc byte[8];
        for (var i = 0u; i < count; i++)
        {
            if (i == TagLimits.Parts)
            {
                collector.Note($"the APE tag has more than {TagLimits.Parts} items");
                return;
            }

            if (!input.Fill(head) || Key(input) is not { } key)
            {
                collector.Note("the APE tag is cut short or damaged");
                return;
            }

            long size = BinaryPrimitives.ReadUInt32LittleEndian(head);
            var isText = (head[4] & 6) == 0;
            if (!isText || Field(key) is not { } field || size > TagLimits.Text || size > input.Remaining)
            {
                if (input.Skip(size)) continue;
                collector.Note("the APE tag is cut short or damaged");
                return;
            }

            var value = new byte[size];
            input.Fill(value);
            collector.Add(field, Encoding.UTF8.GetString(value).Split('\0'));
        }
    }

    // Up to its zero; null if there is none within the longest key.
    private static string? Key(PartInput input)
    {
        Span<byte> key = stackalloc byte[LongestKey + 1];
        for (var i = 0; i < key.Length && input.Fill(key.Slice(i, 1)); i++)
        {
            if (key[i] == 0) return Encoding.ASCII.GetString(key[..i]).ToUpperInvariant();
        }

        return null;
    }

    private static TagField? Field(string key) =>
        key is "YEAR" or "DATE" ? TagField.Year : VorbisComments.Field(key);

    // Lyrics3 v2 stands between an APE tag and an ID3v1 tag: its size in six digits, then a mark of nine letters.
    private static long BeforeLyrics(FileBytes file, long end)
    {
        Span<byte> mark = stackalloc byte[15];
        return file.Fill(end - mark.Length, mark) && mark[6..].SequenceEqual("LYRICS200"u8)
            && int.TryParse(mark[..6], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? Math.Max(0, end - mark.Length - size) : end;
    }
}
