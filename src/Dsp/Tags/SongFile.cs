using Engine.Dsp.Audio;

namespace Engine.Dsp.Tags;

/// <summary>A music file as its tags and headers describe it. Nothing is decoded, and pictures are passed over.</summary>
/// <param name="Tags">What its tags say.</param>
/// <param name="Audio">What its headers say about the audio.</param>
public sealed record SongFile(SongTags Tags, AudioProperties Audio)
{
    /// <summary>
    /// Reads a file: MP3, FLAC, Ogg (Vorbis, Opus, FLAC, Speex), WAV, AIFF, AU and MP4 with tags and properties; of other
    /// formats, only APE and ID3v1 tags and the format. A broken tag is a note in <see cref="SongTags.Notes"/>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="probe">Whether to ask an installed <c>ffprobe</c> about other formats, a process for each file.</param>
    /// <exception cref="AudioFormatException">The file is empty or certainly no recording, or the header of its audio is damaged.
    /// </exception>
    /// <exception cref="FileKindException">What is at the path is neither a file nor a folder.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The path is a folder, or the user has no access to it.</exception>
    public static SongFile Read(string path, bool probe = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = RegularFile.OpenRead(path);
        return Read(stream, path, probe);
    }

    /// <summary>The same from a stream that can seek, and stays open.</summary>
    internal static SongFile Read(Stream stream, string name, bool probe = false)
    {
        var file = new FileBytes(stream);
        if (file.Length == 0) throw new AudioFormatException(name, "the file is empty (0 bytes). Leave it out.");
        var to = new TagCollector();
        var content = FileContent.Of(file);
        if (content.Format is null && content.NoRecording is { } what)
            throw new AudioFormatException(name, $"its content is {what}, not audio. Leave it out.");
        var audio = ReadOwn(file, stream, content, name, to);
        if (probe && audio.SampleRate is null) audio = Ffprobe.Read(name, audio.Format, to) ?? audio;
        // In front of FLAC and the like it is a stray; MP3 has nothing else.
        if (content.Start > 0 && content.Format != AudioContent.Mp3) Id3v2.Read(file, 0, to);
        var end = Id3v1.Start(file);
        ApeTag.Read(file, content.Start, end, to);
        Id3v1.Read(file, to);
        return new(to.ToTags(), audio);
    }

    private static AudioProperties ReadOwn(FileBytes file, Stream stream, FileContent content, string name, TagCollector to)
    {
        switch (content.Format)
        {
            case AudioContent.Mp3:
                if (content.Start > 0) Id3v2.Read(file, 0, to);
                return MpegFile.Read(file, content.Start, Id3v1.Start(file)) ?? new("MP3", null, null, null);
            case AudioContent.Flac:
                return FlacBlocks.Read(file, content.Start, to) is var (rate, channels, samples)
                    && AudioProperties.IsPlausible(rate, channels)
                    ? new("FLAC", samples > 0 ? samples / (double)rate : null, rate, channels) : new("FLAC", null, null, null);
            case AudioContent.Ogg:
                return OggFile.Read(file, to);
            case AudioContent.Mp4:
                return new Mp4Atoms(file, to).Read();
            case AudioContent.Wav when content.Start == 0:
                Chunks.ReadRiff(file, content.IsRifx, to);
                stream.Position = 0;
                return Of("WAV", WavReader.ReadHeader(stream, name));
            case AudioContent.Au when content.Start == 0:
                stream.Position = 0;
                return Of("AU", AuReader.ReadHeader(stream, name));
            case AudioContent.Aiff when content.Start == 0:
                return Chunks.ReadAiff(file, to) is var (aiffRate, aiffChannels, frames)
                    ? new("AIFF", frames / aiffRate, (int)Math.Round(aiffRate), aiffChannels) : new("AIFF", null, null, null);
            default:
                return new(content.Format ?? "", null, null, null);
        }
    }

    private static AudioProperties Of(string format, AudioHeader header) =>
        new(format, header.Frames / (double)header.SampleRate, header.SampleRate, header.Channels);
}
