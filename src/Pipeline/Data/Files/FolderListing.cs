using Engine.Classifiers.Files;

namespace Engine.Pipeline.Data.Files;

/// <summary>
/// The recordings below a folder. Every real folder is visited once and every file counted once, however many links lead to
/// it. Real entries come first, then links, in ordinal order; links that lead outside are followed. Skipped entries are
/// reported.
/// </summary>
internal sealed class FolderListing
{
    private const int MostNamed = 3, MostCounted = 8;

    private readonly string _root;
    private readonly HashSet<string> _above = [];
    private readonly HashSet<string> _folders = [];
    private readonly HashSet<string> _seen = [];
    private readonly List<string> _files = [];
    private readonly Queue<(FileSystemInfo Link, string Relative)> _links = new();
    private readonly SortedDictionary<string, int> _unknown = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _known = [], _strange = [], _unreadable = [];

    private FolderListing(string root)
    {
        _root = root;
        var (path, key) = (root, "");
        while (FileKinds.Of(path = Path.Combine(path, "..")) is { } above && above.Key != key) _above.Add(key = above.Key);
        Visit(new DirectoryInfo(root), "");
        while (_links.TryDequeue(out var next)) Follow(next.Link, next.Relative);
        _files.Sort(string.CompareOrdinal);
        Folders.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        Remarks = [.. Describe()];
    }

    /// <summary>The recordings, by their paths below the root with <c>/</c>, in ordinal order.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>
    /// The visited folders except the root, each with the number of its files that are not recordings.
    /// </summary>
    public List<(string Path, int Others)> Folders { get; } = [];

    /// <summary>What was skipped and why, one line each.</summary>
    public IReadOnlyList<string> Remarks { get; }

    /// <summary>Lists a folder.</summary>
    /// <exception cref="IOException">A folder cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to a folder is denied.</exception>
    public static FolderListing Of(string root) => new(root);

    private void Visit(DirectoryInfo folder, string relative)
    {
        if (!_folders.Add(Key(folder))) return;
        var (entries, others) = (folder.GetFileSystemInfos(), 0);
        Array.Sort(entries, (a, b) => string.CompareOrdinal(a.Name, b.Name));
        foreach (var entry in entries)
        {
            // By name too, so that a folder copied from a Mac to Windows lists the same.
            if (entry.Name.StartsWith('.')) continue;
            var name = relative + entry.Name;
            if (FileNames.IsUnreadable(entry.FullName)) AddUnreadable(name, ref others);
            else if ((entry.Attributes & FileAttributes.Hidden) != 0) continue;
            else if (entry is not DirectoryInfo && !AudioExtensions.IsAudio(entry.Name)) PassOver(entry.Name, ref others);
            else if (entry.LinkTarget is not null) _links.Enqueue((entry, name));
            else if (entry is DirectoryInfo below) Visit(below, name + "/");
            else AddFile(entry, name, isLink: false);
        }

        if (relative.Length > 0) Folders.Add((relative[..^1], others));
    }

    private void Follow(FileSystemInfo link, string relative)
    {
        if (link is not DirectoryInfo folder) AddFile(link, relative, isLink: true);
        else if (_above.Contains(Key(folder)) || _folders.Contains(Key(folder))) _known.Add(relative);
        else Visit(folder, relative + "/");
    }

    private void AddFile(FileSystemInfo file, string relative, bool isLink)
    {
        var kind = FileKinds.Of(file.FullName);
        if (kind?.Strange is { } strange) _strange.Add($"{relative} is {strange}");
        else if (!_seen.Add(kind?.Key ?? Key(file)) && isLink) _known.Add(relative);
        else _files.Add(relative);
    }

    // A recording is listed anyway: opening it reports the error under its name.
    private void AddUnreadable(string relative, ref int others)
    {
        if (AudioExtensions.IsAudio(relative)) _files.Add(relative);
        else if (Path.HasExtension(relative)) PassOver(relative, ref others);
        else _unreadable.Add(relative);
    }

    private void PassOver(string name, ref int others)
    {
        others++;
        if (AudioExtensions.IsCompany(name)) return;
        var extension = Path.GetExtension(name).ToLowerInvariant();
        _unknown[extension] = _unknown.GetValueOrDefault(extension) + 1;
    }

    // If the system does not number its files, a link is identified by its target, anything else by its own path.
    private static string Key(FileSystemInfo entry) =>
        FileKinds.Of(entry.FullName)?.Key ?? (entry.LinkTarget is null ? entry : FileNames.End(entry) ?? entry).FullName;

    private IEnumerable<string> Describe()
    {
        if (_unknown.Count > 0)
        {
            var counts = _unknown.OrderByDescending(e => e.Value)
                .Select(e => $"{e.Value} {(e.Key.Length > 0 ? e.Key : "without an extension")}");
            yield return $"{_root}: {Count(_unknown.Values.Sum(), "file")} skipped because their extensions are not " +
                $"known as audio: {Some([.. counts], MostCounted)}";
        }

        if (_known.Count > 0)
        {
            yield return $"{_root}: {Count(_known.Count, "link")} skipped because they lead to something already " +
                $"listed or back up the tree: {Some(_known, MostNamed)}";
        }

        if (_strange.Count > 0)
        {
            yield return $"{_root}: {Count(_strange.Count, "entry", "entries")} skipped: {Some(_strange, MostNamed)}, not " +
                "a file";
        }

        if (_unreadable.Count > 0)
        {
            yield return $"{_root}: {Count(_unreadable.Count, "entry", "entries")} skipped because their names are not " +
                $"UTF-8: {Some(_unreadable, MostNamed)}; rename them, for example with convmv";
        }
    }

    private static string Count(int count, string one, string? many = null) =>
        $"{count} {(count == 1 ? one : many ?? one + "s")}";

    private static string Some(List<string> names, int most) =>
        string.Join(", ", names.Take(most)) + (names.Count > most ? $" and {names.Count - most} more" : "");
}
