using System.Buffers.Binary;
using System.Text;

namespace Engine.Dsp.Tags;

/// <summary>
/// Reads the atoms of MP4 files: iTunes' tags in <c>moov/udta/meta/ilst</c>, and the properties of the first sound track.
/// Sources: ISO/IEC 14496-12; Apple, "QuickTime File Format".
/// </summary>
internal sealed class Mp4Atoms(FileBytes file, TagCollector to)
{
    private const int Utf8 = 1, Utf16 = 2, DataHead = 8;

    private int _count;
    private long _timescale, _duration;
    private (string Codec, int Rate, int Channels)? _sound, _entry;
    private double? _seconds;
    private bool _isSound;

    private readonly record struct Atom(string Type, long Content, long End);

    /// <summary>Reads a file.</summary>
    public AudioProperties Read()
    {
        foreach (var atom in Walk(0, file.Length))
            if (atom.Type == "moov") ReadMovie(atom);
        var format = _sound?.Codec switch { null => "MP4", "alac" => "ALAC", "mp4a" => "AAC (MP4)", _ => "MP4" };
        return new(format, _seconds, _sound?.Rate, _sound?.Channels);
    }

    private void ReadMovie(Atom movie)
    {
        foreach (var atom in Walk(movie.Content, movie.End))
        {
            if (atom.Type == "trak") ReadTrack(atom);
            if (atom.Type != "udta") continue;
            foreach (var meta in Walk(atom.Content, atom.End))
                if (meta.Type == "meta") ReadMeta(meta);
        }
    }

    private void ReadTrack(Atom track)
    {
        if (_sound is not null) return;
        (_isSound, _timescale, _duration, _entry) = (false, 0, 0, null);
        foreach (var media in Walk(track.Content, track.End))
        {
            if (media.Type != "mdia") continue;
            foreach (var atom in Walk(media.Content, media.End)) ReadMedia(atom);
        }

        if (!_isSound || _entry is not { } entry || !AudioProperties.IsPlausible(entry.Rate, entry.Channels)) return;
        _sound = entry;
        _seconds = _timescale > 0 && _duration > 0 ? (double)_duration / _timescale : null;
    }

    private void ReadMedia(Atom atom)
    {
        Span<byte> bytes = stackalloc byte[32];
        if (atom.Type == "hdlr" && file.Fill(atom.Content, bytes[..12])) _isSound = bytes[8..12].SequenceEqual("soun"u8);
        if (atom.Type == "mdhd" && file.Fill(atom.Content, bytes))
        {
            // Version 1 has times of 64 bits.
            (_timescale, _duration) = bytes[0] == 1
                ? (BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]), BinaryPrimitives.ReadInt64BigEndian(bytes[24..]))
                : (BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]));
        }

        if (atom.Type != "minf") return;
        foreach (var table in Walk(atom.Content, atom.End).Where(a => a.Type == "stbl"))
        {
            foreach (var entries in Walk(table.Content, table.End).Where(a => a.Type == "stsd"))
            {
                foreach (var entry in Walk(entries.Content + 8, entries.End).Take(1))
                {
                    if (!file.Fill(entry.Content, bytes[..28])) continue;
                    _entry = (entry.Type, BinaryPrimitives.ReadUInt16BigEndian(bytes[24..]),
                        BinaryPrimitives.ReadUInt16BigEndian(bytes[16..]));
                }
            }
        }
    }

    private void ReadMeta(Atom meta)
    {
        // QuickTime writes it without the version that MP4 puts before its atoms.
        Span<byte> head = stackalloc byte[4];
        var from = file.Fill(meta.Content + 4, head) && head.SequenceEqual("hdlr"u8) ? meta.Content : meta.Content + 4;
        foreach (var list in Walk(from, meta.End))
        {
            if (list.Type != "ilst") continue;
            to.Begin("MP4");
            foreach (var item in Walk(list.Content, list.End))
                if (Field(item.Type) is { } field) ReadItem(item, field);
        }
    }

    private static TagField? Field(string type) => type switch
    {
        "\u00A9ART" => TagField.Artist,
        "aART" => TagField.AlbumArtist,
        "\u00A9alb" => TagField.Album,
        "\u00A9nam" => TagField.Title,
        "\u00A9gen" or "gnre" => TagField.Genre,
        "\u00A9day" => TagField.Year,
        "trkn" => TagField.Track,
        _ => null,
    };

    private void ReadItem(Atom item, TagField field)
    {
        foreach (var data in Walk(item.Content, item.End))
        {
            var size = data.End - data.Content - DataHead;
            if (data.Type != "data" || size < 0) continue;
            if (size > TagLimits.Text)
            {
                to.Note($"MP4 item {item.Type} has {size} bytes and was passed over; at most {TagLimits.Text} are read");
                continue;
            }

            var bytes = new byte[DataHead + size];
            if (!file.Fill(data.Content, bytes)) return;
            var content = bytes.AsSpan(DataHead);
            if (item.Type == "gnre")
            {
                // ID3v1's number, counted from 1.
                if (size >= 2 && Id3Genres.NameOf(BinaryPrimitives.ReadUInt16BigEndian(content) - 1) is { } name)
                    to.Add(field, name);
            }
            else if (item.Type == "trkn")
            {
                if (size >= 4) to.Add(field, $"{BinaryPrimitives.ReadUInt16BigEndian(content[2..])}");
            }
            else if (BinaryPrimitives.ReadInt32BigEndian(bytes) is Utf8 or 0)
            {
                to.Add(field, Encoding.UTF8.GetString(content));
            }
            else if (BinaryPrimitives.ReadInt32BigEndian(bytes) == Utf16)
            {
                to.Add(field, Encoding.BigEndianUnicode.GetString(content));
            }
        }
    }

    private IEnumerable<Atom> Walk(long at, long end)
    {
        var head = new byte[16];
        while (at + 8 <= end)
        {
            if (_count++ == TagLimits.Parts) to.Note($"the file has more than {TagLimits.Parts} atoms");
            if (_count > TagLimits.Parts || file.Read(at, head) < 8) yield break;
            long size = BinaryPrimitives.ReadUInt32BigEndian(head);
            var header = 8;
            if (size == 1) (size, header) = (BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(8)), 16);
            else if (size == 0) size = end - at;
            if (size < header)
            {
                if (size != 0) to.Note("an MP4 atom is damaged");
                yield break;
            }

            // The last one may claim more than its parent has.
            yield return new(Encoding.Latin1.GetString(head, 4, 4), at + header, size > end - at ? end : at + size);
            if (size > end - at) yield break;
            at += size;
        }
    }
}
