using Engine.Dsp.Tags.Writing;

namespace Engine.Dsp.Tags;

/// <summary>
/// Writes the genre into the tags of music files. Only the genre changes: everything else in the tag keeps its bytes, and so
/// does the audio, which is proved by a hash before the old file is replaced. The new file is written beside the old one,
/// flushed and renamed, so that a crash leaves one or the other; it keeps the old one's mode and gets a new time of change. A
/// link is followed; of several hard links, only the named one gets the new file.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>MP3: ID3v2 in the version that the file has, 2.3 where it has none; the genre's number in an ID3v1 tag only if the list
/// has the genre. An APE tag beside it stays as it is.</item>
/// <item>FLAC and Ogg (Vorbis, Opus, FLAC, Speex): Vorbis comments.</item>
/// <item>WAV and AIFF: an ID3v2 tag in a chunk; RIFF's <c>INFO</c> list stays as it is, and programs that prefer it, such as
/// <c>ffmpeg</c>, go on to show its genre.</item>
/// <item>MP4, Matroska and Windows Media: <c>ffmpeg</c> copies the streams, if it is on the PATH; the streams' hashes and the
/// other tags that it knows are compared.</item>
/// </list>
/// </remarks>
public static class TagWriter
{
    /// <summary>Sets the genre.</summary>
    /// <param name="path">The file.</param>
    /// <param name="genre">The genre, which replaces all that the tag has.</param>
    /// <param name="dryRun">Whether to say only what would change.</param>
    /// <exception cref="TagException">The format has no tag that can be written, or the tag is damaged.</exception>
    /// <exception cref="ArgumentException">The genre is empty or holds a control character, or the path is not one.</exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is read-only, or the user has no access to it.</exception>
    public static GenreChange SetGenre(string path, string genre, bool dryRun = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(genre);
        if (genre.Any(char.IsControl))
            throw new ArgumentException("SetGenre: the genre holds a control character.", nameof(genre));
        return Change(path, StoredGenre.Literal(genre.Trim()), dryRun);
    }

    /// <summary>Puts back the genre that a file had before <see cref="SetGenre"/>, also where it had none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="undo">The <see cref="GenreChange.Undo"/> of the change.</param>
    /// <param name="dryRun">Whether to say only what would change.</param>
    /// <exception cref="TagException">The format has no tag that can be written, or the tag is damaged.</exception>
    /// <exception cref="ArgumentException">
    /// The path is not one, or <paramref name="undo"/> is not the text of a change.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is read-only, or the user has no access to it.</exception>
    public static GenreChange RestoreGenre(string path, string undo, bool dryRun = false)
    {
        ArgumentNullException.ThrowIfNull(undo);
        return Change(path, StoredGenre.Parse(undo), dryRun);
    }

    private static GenreChange Change(string path, StoredGenre genre, bool dryRun)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        // Renaming over a link would replace the link.
        var target = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        using var stream = RegularFile.OpenRead(target);
        if ((File.GetAttributes(target) & FileAttributes.ReadOnly) != 0)
            throw new UnauthorizedAccessException($"{path}: the file is read-only; its tag was left as it is.");
        var file = new FileBytes(stream);
        if (FfmpegTagCopy.For(file, path, target) is { } copy) return copy.Change(genre, dryRun);
        var edit = GenreEdit.Open(file, path);
        var wanted = edit.Wanted(genre);
        var change = new GenreChange(path, edit.Tag, edit.Old.Text, wanted.Text, edit.Old.ToString(), !wanted.Equals(edit.Old));
        if (!change.IsChange) return change;
        var pieces = edit.With(wanted);
        if (dryRun) return change;
        using var written = new AtomicFile(target);
        foreach (var piece in pieces) piece.CopyTo(file, written.Stream);
        written.Stream.Flush();
        Prove(file, new FileBytes(written.Stream), wanted, path);
        Finish(stream, target, path, written);
        return change;
    }

    private static void Prove(FileBytes old, FileBytes made, StoredGenre wanted, string path)
    {
        if (!AudioHash.Of(old, path).AsSpan().SequenceEqual(AudioHash.Of(made, path)))
            throw new TagException(path, "the audio would not be the same with the new tag; the file was left as it is.");
        if (!GenreEdit.Open(made, path).Old.Equals(wanted))
            throw new TagException(path, "the new tag does not read back; the file was left as it is.");
    }

    private static void Finish(FileStream old, string target, string path, AtomicFile written)
    {
        var length = old.Length;
        var time = File.GetLastWriteTimeUtc(old.SafeFileHandle);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(written.Stream.SafeFileHandle, File.GetUnixFileMode(old.SafeFileHandle));
        old.Dispose(); // Windows renames over no open file
        var now = new FileInfo(target);
        if (now.Length != length || now.LastWriteTimeUtc != time)
            throw new TagException(path, "another program changed the file meanwhile; it was left as it is. Try again.");
        written.Commit();
    }
}
