namespace Engine.Dsp.Files;

/// <summary>Installed programs that do what Engine does not.</summary>
internal static class Programs
{
    /// <summary>The program in the first of the folders of <paramref name="searchPath"/> that has it, or null.</summary>
    /// <param name="name">Its name, without the ending that Windows gives it.</param>
    /// <param name="searchPath">Folders as in <c>PATH</c>.</param>
    public static string? Find(string name, string? searchPath)
    {
        var file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        return (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }
}
