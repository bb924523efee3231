namespace Engine.Fuzzing;

/// <summary>
/// A folder of this process: the inputs of the parsers that read files lie in it. Beside them stand folders that nothing may
/// write to: that of the user, of the cache and the one the process works in.
/// </summary>
internal sealed class Sandbox : IDisposable
{
    private static readonly string[] s_kept = ["home", "cache", "work"];

    private readonly string _root;

    public Sandbox()
    {
        // Writers wait for the disk; a memory file system has none to wait for.
        var parent = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        _root = Path.Combine(parent, $"engine-fuzz-{Guid.NewGuid():N}");
        foreach (var name in s_kept.Append("input")) Directory.CreateDirectory(Path.Combine(_root, name));
    }

    /// <summary>A folder for a target's inputs.</summary>
    public string Inputs(string target) => Directory.CreateDirectory(Path.Combine(_root, "input", target)).FullName;

    /// <summary>Makes the process work in the sandbox, so that a relative path in an input leads nowhere else.</summary>
    public void Enter()
    {
        Environment.SetEnvironmentVariable("HOME", Path.Combine(_root, "home"));
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", Path.Combine(_root, "home", ".cache"));
        Environment.SetEnvironmentVariable("ENGINE_CACHE", Path.Combine(_root, "cache"));
        Environment.CurrentDirectory = Path.Combine(_root, "work");
    }

    /// <summary>What lies where nothing may be written; empty if all is well.</summary>
    public IReadOnlyList<string> Strangers() =>
        [.. s_kept.SelectMany(k => Directory.EnumerateFileSystemEntries(Path.Combine(_root, k), "*",
            SearchOption.AllDirectories))];

    public void Dispose()
    {
        if (Path.GetFullPath(Environment.CurrentDirectory).StartsWith(_root,
            StringComparison.Ordinal)) Environment.CurrentDirectory = Path.GetTempPath();
        Directory.Delete(_root, recursive: true);
    }
}
