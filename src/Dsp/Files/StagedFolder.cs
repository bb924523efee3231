using System.ComponentModel;

namespace Engine.Dsp.Files;

/// <summary>
/// Fills a folder so that nobody sees it half full: it has a temporary name beside its place until <see cref="Commit"/>
/// renames it. If disposed without a commit, it leaves nothing behind; if the process is killed, the next one that writes
/// there removes it.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class StagedFolder : IDisposable
{
    private readonly string _place;

    /// <summary>
    /// Creates the temporary folder for <paramref name="place"/>, optionally accessible only to its owner.
    /// </summary>
    public StagedFolder(string place, bool ownerOnly = false)
    {
        _place = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(place));
        var parent = System.IO.Path.GetDirectoryName(_place) ?? _place;
        Temporary.Sweep(parent);
        Path = Temporary.In(parent);
        try
        {
            Disk.CreateFolder(Path);
            if (ownerOnly && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch
        {
            Temporary.Done(Path);
            throw;
        }
    }

    /// <summary>The folder to fill.</summary>
    public string Path { get; }

    /// <summary>Moves the folder into place, where at most an empty folder may exist.</summary>
    public void Commit()
    {
        if (Directory.Exists(_place)) Disk.DeleteEmptyFolder(_place);
        Disk.MoveFolder(Path, _place);
        Temporary.Done(Path);
        Disk.FlushFolder(System.IO.Path.GetDirectoryName(_place)!);
    }

    /// <summary>Moves the files into a folder that may exist and hold others, replacing files of the same names.</summary>
    public void CommitInto()
    {
        foreach (var file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var target = System.IO.Path.Combine(_place, System.IO.Path.GetRelativePath(Path, file));
            Disk.CreateFolder(System.IO.Path.GetDirectoryName(target)!);
            Disk.Move(file, target);
        }
    }

    /// <summary>Removes the temporary folder if it was not committed.</summary>
    public void Dispose() => Temporary.TryRemove(Path);
}
