using Engine.Dsp.Audio;

namespace Engine.Dsp.Tags.Writing;

/// <summary>The genre in the tag of one file, and the file with another one.</summary>
internal abstract class GenreEdit
{
    /// <summary>The largest tag that is edited, in bytes: it is read into memory.</summary>
    public const int LargestTag = 64 << 20;

    /// <summary>The kind of tag.</summary>
    public abstract string Tag { get; }

    /// <summary>The genre as it is stored.</summary>
    public abstract StoredGenre Old { get; }

    /// <summary>How this kind of tag will store a genre.</summary>
    public virtual StoredGenre Wanted(StoredGenre genre) => genre with { Number = null, IsLiteral = false };

    /// <summary>The whole file with another genre.</summary>
    public abstract IReadOnlyList<Piece> With(StoredGenre genre);

    /// <summary>Reads the genre of a file.</summary>
    /// <exception cref="TagException">The format has no tag that can be written, or the tag is damaged.</exception>
    public static GenreEdit Open(FileBytes file, string name)
    {
        var content = FileContent.Of(file);
        return content.Format switch
        {
            AudioContent.Mp3 when content.NoRecording is null && MpegFile.Read(file, content.Start, Id3v1.Start(file)) is not null
                => new MpegEdit(file, content.Start, name),
            AudioContent.Flac => new FlacEdit(file, content.Start, name),
            AudioContent.Ogg when content.Start == 0 => new OggEdit(file, name),
            AudioContent.Wav when content.Start == 0 => new ChunkEdit(file, bigEndian: false, name),
            AudioContent.Aiff when content.Start == 0 => new ChunkEdit(file, bigEndian: true, name),
            _ => throw new TagException(name,
                $"the genre of {content.Format ?? content.NoRecording ?? "an unknown format"} cannot be written; "
                + "MP3, FLAC, Ogg, WAV, AIFF, MP4, Matroska and Windows Media can."),
        };
    }
}
