using System.Text;
using Engine.Dsp.Files;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Ranks;

/// <summary>
/// Where a rank puts what a command writes: the first rank into the folder that was named, the others into one of their own that
/// is removed at the end, so that all can do the same work.
/// </summary>
internal sealed class RankFolder : IDisposable
{
    private readonly string? _own;

    private RankFolder(Communicator ranks, string named)
    {
        _own = ranks.IsFirst ? null : Directory.CreateTempSubdirectory("engine-rank-").FullName;
        Path = _own is null ? named : System.IO.Path.Combine(_own, "work");
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The named folder on the first rank; on the others one that is not made yet.</summary>
    /// <exception cref="IOException">The temporary folder cannot be written.</exception>
    public static RankFolder Empty(Communicator ranks, string named) => new(ranks, named);

    /// <summary>The same, but the others' folders hold what the first one's holds.</summary>
    /// <exception cref="IOException">A file cannot be read, or the temporary folder cannot be written.</exception>
    public static RankFolder Copy(Communicator ranks, string named)
    {
        var folder = new RankFolder(ranks, named);
        if (ranks.Size == 1) return folder;
        string[] files = ranks.IsFirst ? [.. FilesOf(named)] : [];
        files = Encoding.UTF8.GetString(ranks.Share(Encoding.UTF8.GetBytes(string.Join('\0', files))))
            .Split('\0', StringSplitOptions.RemoveEmptyEntries);
        foreach (var file in files)
        {
            var path = System.IO.Path.Combine(folder.Path, file);
            var bytes = ranks.Share(ranks.IsFirst ? File.ReadAllBytes(path) : null);
            if (ranks.IsFirst) continue;
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        }

        return folder;
    }

    /// <summary>Removes a rank's own folder.</summary>
    public void Dispose()
    {
        if (_own is not null) Directory.Delete(_own, recursive: true);
    }

    private static IEnumerable<string> FilesOf(string folder) => !Directory.Exists(folder) ? []
        : Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(f => System.IO.Path.GetFileName(f) is var name && !Temporary.IsName(name) && !FolderLock.IsName(name))
            .Select(f => System.IO.Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal);
}
