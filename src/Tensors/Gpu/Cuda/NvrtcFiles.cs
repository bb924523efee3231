namespace Engine.Tensors.Gpu.Cuda;

/// <summary>
/// Where CUDA's run-time compiler may lie: on the loader's path, under <c>CUDA_HOME</c> or <c>CUDA_PATH</c>, in the usual
/// place of the toolkit, and in the <c>nvidia/*/lib</c> folders that a Python installation of PyTorch brings.
/// </summary>
internal static class NvrtcFiles
{
    /// <summary>The newest major version worth loading: an older driver does not take a newer one's code.</summary>
    public static int NewestMajor { get; set; } = 13;

    /// <summary>What to try: versions that fit, the newest first, wherever they lie; then what bears no version.</summary>
    public static IEnumerable<string> Candidates() =>
        [.. Everywhere(Names()), .. Everywhere(OperatingSystem.IsWindows() ? [] : ["libnvrtc.so"])];

    // On the loader's path, then in the folders.
    private static IEnumerable<string> Everywhere(string[] names) =>
        names.Concat(Folders().SelectMany(folder => names.Select(n => Path.Combine(folder, n))).Where(File.Exists));

    // All of 11.2 and later call themselves 11.2.
    private static string[] Names()
    {
        var majors = Enumerable.Range(12, Math.Max(NewestMajor - 11, 0)).Reverse();
        return OperatingSystem.IsWindows()
            ? [.. majors.Select(m => $"nvrtc64_{m}0_0.dll"), "nvrtc64_112_0.dll"]
            : [.. majors.Select(m => $"libnvrtc.so.{m}"), "libnvrtc.so.11.2"];
    }

    private static IEnumerable<string> Folders()
    {
        string?[] homes = [Environment.GetEnvironmentVariable("CUDA_HOME"), Environment.GetEnvironmentVariable("CUDA_PATH"),
            OperatingSystem.IsWindows() ? null : "/usr/local/cuda"];
        foreach (var home in homes)
        {
            if (string.IsNullOrEmpty(home)) continue;
            yield return Path.Combine(home, "lib64");
            yield return Path.Combine(home, "lib");
            yield return Path.Combine(home, "bin");
            yield return Path.Combine(home, "bin", "x64");
        }

        foreach (var packages in PythonPackages())
        {
            foreach (var library in Listed(Path.Combine(packages, "nvidia")))
            {
                yield return Path.Combine(library, "lib");
                yield return Path.Combine(library, "bin");
            }
        }
    }

    // site-packages and dist-packages of the interpreters that a system, a user or an environment has.
    private static IEnumerable<string> PythonPackages()
    {
        var user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string?[] roots = [Environment.GetEnvironmentVariable("VIRTUAL_ENV"), Environment.GetEnvironmentVariable("CONDA_PREFIX"),
            Path.Combine(user, ".local"), "/usr/local", "/usr"];
        foreach (var root in roots)
        {
            if (string.IsNullOrEmpty(root)) continue;
            foreach (var python in Listed(Path.Combine(root, "lib"))
                .Where(f => Path.GetFileName(f).StartsWith("python", StringComparison.Ordinal)))
            {
                yield return Path.Combine(python, "site-packages");
                yield return Path.Combine(python, "dist-packages");
            }

            yield return Path.Combine(root, "Lib", "site-packages");
        }
    }

    private static string[] Listed(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
