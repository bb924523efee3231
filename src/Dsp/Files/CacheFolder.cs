using System.ComponentModel;

namespace Engine.Dsp.Files;

/// <summary>The location of all caches.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CacheFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder that <c>ENGINE_CACHE</c> names; null if it is not set.</summary>
    public static string? Chosen => Environment.GetEnvironmentVariable("ENGINE_CACHE") is { Length: > 0 } chosen
        ? Path.GetFullPath(chosen) : null;

    /// <summary>
    /// <c>engine</c> in the user's cache folder. Users without a home folder, such as some services, get one in the temporary
    /// folder, because a cache does not belong in the working folder.
    /// </summary>
    public static string OfUser()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var caches = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } xdg && Path.IsPathRooted(xdg) ? xdg
            : Path.Combine(home, ".cache");
        return Path.IsPathRooted(caches)
            ? Path.Combine(caches, "engine") : Path.Combine(Path.GetTempPath(), $"engine-{Environment.UserName}");
    }

    /// <summary>Creates a cache folder; in the shared temporary folder, only its owner can access it.</summary>
    /// <exception cref="UnauthorizedAccessException">
    /// Others have access to the existing folder and could change what is read from it.
    /// </exception>
    public static void Make(string folder)
    {
        if (!OperatingSystem.IsWindows() && Shared(folder) is { } top)
        {
            Directory.CreateDirectory(top, OwnerOnly);
            if ((File.GetUnixFileMode(top) & ~OwnerOnly) != 0)
                throw new UnauthorizedAccessException($"{top} is open to others; set ENGINE_CACHE to a folder of your own.");
        }

        Disk.CreateFolder(folder);
    }

    // This user's folder in the temporary folder, if it contains the cache.
    private static string? Shared(string folder)
    {
        var top = Path.Combine(Path.GetTempPath(), $"engine-{Environment.UserName}");
        return Path.GetFullPath(folder).StartsWith(top + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? top : null;
    }
}
