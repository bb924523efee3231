using Engine.Classifiers;
using Engine.Cli.Reports;
using Engine.Cli.Text;
using Engine.Dsp.Files;

namespace Engine.Cli.Labelling;

/// <summary>
/// Sorts songs into a folder for each genre, by symbolic links or copies. Nothing is overwritten: a song whose name is taken gets
/// a number, and one that is already there stays as it is.
/// </summary>
/// <param name="root">The folder of the genres' folders; made when the first song comes.</param>
/// <param name="genres">All genres.</param>
/// <param name="copies">Whether songs are copied instead of linked.</param>
/// <param name="isDry">Whether only the counts are made.</param>
internal sealed class SongFolders(string root, IEnumerable<string> genres, bool copies, bool isDry) : ISongAction
{
    private const int Block = 1 << 16;

    private readonly IReadOnlyDictionary<string, string> _names = GenreFolderNames.Of(genres);
    private readonly SortedDictionary<string, (int New, int There)> _counts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _planned = [];

    /// <inheritdoc/>
    public void Take(SongLabel label)
    {
        var (song, genre) = (label.File, label.Genre!);
        var (source, folder) = (Path.GetFullPath(song), Path.Combine(Path.GetFullPath(root), _names[genre]));
        try
        {
            var isNew = Place(source, folder);
            var (made, there) = _counts.GetValueOrDefault(genre);
            _counts[genre] = isNew ? (made + 1, there) : (made, there + 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var advice = copies ? "" : " Where links are not allowed, use --copy.";
            throw new EngineException($"{song}: cannot be sorted into {folder}: {e.Message}{advice}", e);
        }
    }

    /// <inheritdoc/>
    public string Finish(Layout layout)
    {
        var what = copies ? "copied" : "linked";
        var table = new TextTable("genre", "folder", isDry ? $">to be {what}" : $">{what}", ">there before");
        foreach (var (genre, (made, there)) in _counts)
            table.Add(genre, Path.Combine(root, _names[genre]), $"{made}", $"{there}");
        return _counts.Count == 0 ? "" : table.ToString(layout);
    }

    // Whether it was not there before.
    private bool Place(string source, string folder)
    {
        if (!isDry) Disk.CreateFolder(folder);
        var (stem, extension) = (Path.GetFileNameWithoutExtension(source), Path.GetExtension(source));
        for (var n = 1; ; n++)
        {
            var target = Path.Combine(folder, n == 1 ? stem + extension : $"{stem} ({n}){extension}");
            if (_planned.Contains(target)) continue;
            var there = new FileInfo(target);
            if (there.LinkTarget is null && !Path.Exists(target))
            {
                _planned.Add(target);
                if (!isDry) Make(source, folder, target);
                return true;
            }

            if (!IsSame(there, source)) continue;
            _planned.Add(target);
            return false;
        }
    }

    private void Make(string source, string folder, string target)
    {
        if (!copies)
        {
            Disk.Link(target, source);
            return;
        }

        var temporary = Temporary.In(folder);
        try
        {
            Disk.Copy(source, temporary);
            Disk.MoveNew(temporary, target);
            Temporary.Done(temporary);
        }
        catch
        {
            Temporary.TryRemove(temporary);
            throw;
        }
    }

    private bool IsSame(FileInfo there, string source)
    {
        if (there.LinkTarget is { } linked)
            return Path.GetFullPath(linked, there.DirectoryName!) == source;
        return copies && there.Exists && there.Length == new FileInfo(source).Length && HasSameBytes(there.FullName, source);
    }

    private static bool HasSameBytes(string one, string other)
    {
        using var first = File.OpenRead(one);
        using var second = File.OpenRead(other);
        var (a, b) = (new byte[Block], new byte[Block]);
        for (; ; )
        {
            var got = first.ReadAtLeast(a, Block, throwOnEndOfStream: false);
            if (second.ReadAtLeast(b, Block, throwOnEndOfStream: false) != got) return false;
            if (!a.AsSpan(0, got).SequenceEqual(b.AsSpan(0, got))) return false;
            if (got == 0) return true;
        }
    }
}
