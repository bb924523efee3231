using System.Buffers.Binary;
using System.Text;

namespace Engine.Dsp.Tags.Writing;

/// <summary>The genre in Vorbis comments; the other comments, the vendor and what follows them keep their bytes.</summary>
internal sealed class CommentsEdit
{
    /// <summary>The vendor of comments that are made here; without a comment they are removed again.</summary>
    public const string Vendor = "Engine";

    private const string Name = "GENRE=";

    private readonly byte[] _bytes;
    private readonly List<(int Start, int End, bool IsGenre)> _comments = [];
    private readonly int _listStart, _listEnd;

    /// <summary>Reads comments.</summary>
    /// <exception cref="TagException">They are cut short.</exception>
    public CommentsEdit(byte[] bytes, string name)
    {
        _bytes = bytes;
        var values = new List<string>();
        var at = 0;
        if (!Take(4, out var vendor) || !Take(Length(vendor), out vendor) || !Take(4, out var number)) throw Damaged(name);
        _listStart = at;
        for (var left = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(number)); left > 0; left--)
        {
            if (!Take(4, out var start) || !Take(Length(start), out var text)) throw Damaged(name);
            var comment = bytes.AsSpan(text, at - text);
            var isGenre = comment.Length >= Name.Length
                && Encoding.ASCII.GetString(comment[..Name.Length]).Equals(Name, StringComparison.OrdinalIgnoreCase);
            if (isGenre) values.Add(Encoding.UTF8.GetString(comment[Name.Length..]));
            _comments.Add((start, at, isGenre));
        }

        (_listEnd, Values) = (at, values);
        IsOurs = Encoding.UTF8.GetString(bytes.AsSpan(vendor, _listStart - 4 - vendor)) == Vendor;

        bool Take(long count, out int start)
        {
            start = at;
            if (count > bytes.Length - at) return false;
            at += (int)count;
            return true;
        }

        long Length(int where) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(where));
    }

    /// <summary>The genres.</summary>
    public IReadOnlyList<string> Values { get; }

    private bool IsOurs { get; }

    /// <summary>Comments with nothing in them.</summary>
    public static byte[] Empty() => [(byte)Vendor.Length, 0, 0, 0, .. Encoding.ASCII.GetBytes(Vendor), 0, 0, 0, 0];

    /// <summary>The comments with other genres; null if they were made here and none is left.</summary>
    public byte[]? With(IReadOnlyList<string> values)
    {
        var list = new MemoryStream();
        var count = 0;
        byte[][] fresh = [.. values.Select(v => Encoding.UTF8.GetBytes(Name + v))];
        var isPlaced = false;
        foreach (var (start, end, isGenre) in _comments)
        {
            if (isGenre && !isPlaced) Place();
            if (isGenre) continue;
            list.Write(_bytes, start, end - start);
            count++;
        }

        if (!isPlaced) Place();
        if (count == 0 && IsOurs && _listEnd == _bytes.Length) return null;
        var number = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(number, count);
        return [.. _bytes[..(_listStart - 4)], .. number, .. list.ToArray(), .. _bytes[_listEnd..]];

        void Place()
        {
            isPlaced = true;
            Span<byte> length = stackalloc byte[4];
            foreach (var comment in fresh)
            {
                BinaryPrimitives.WriteInt32LittleEndian(length, comment.Length);
                list.Write(length);
                list.Write(comment);
                count++;
            }
        }
    }

    private static TagException Damaged(string name) =>
        new(name, "its Vorbis comments are cut short or damaged. Repair them with a tag editor first.");
}
