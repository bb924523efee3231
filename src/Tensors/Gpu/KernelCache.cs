using System.Security.Cryptography;
using System.Text;

namespace Engine.Tensors.Gpu;

/// <summary>
/// Compiled kernels on disk, so that a program starts at once the second time. The name of an entry is the hash of source,
/// device and driver; its first 32 bytes are the hash of the rest, and an entry that is torn, or cannot be read or written,
/// is compiled again.
/// </summary>
internal sealed class KernelCache(string folder)
{
    /// <summary>The user's cache: <c>kernels</c> below the folder that <c>ENGINE_CACHE</c> names, else below <c>engine</c> in the user's cache folder.</summary>
    public static KernelCache Default { get; } = new(DefaultFolder());

    /// <summary>The binary of an earlier time, or null.</summary>
    public byte[]? Find(KernelSource source, GpuDeviceInfo device)
    {
        try
        {
            var entry = File.ReadAllBytes(Name(source, device));
            if (entry.Length <= SHA256.HashSizeInBytes) return null;
            var binary = entry[SHA256.HashSizeInBytes..];
            return SHA256.HashData(binary).AsSpan().SequenceEqual(entry.AsSpan(0, SHA256.HashSizeInBytes)) ? binary : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps a binary; another process may do the same at the same time.</summary>
    public void Keep(KernelSource source, GpuDeviceInfo device, byte[] binary)
    {
        var name = Name(source, device);
        var temporary = $"{name}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(folder);
            using (var file = File.Create(temporary))
            {
                file.Write(SHA256.HashData(binary));
                file.Write(binary);
            }

            File.Move(temporary, name, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start compiles again: slower, and nothing else.
            TryDelete(temporary);
        }
    }

    private static string DefaultFolder()
    {
        if (Environment.GetEnvironmentVariable("ENGINE_CACHE") is { Length: > 0 } chosen) return Path.Combine(chosen, "kernels");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var caches = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg
            : Path.Combine(home, ".cache");

        // A service may have no home; its working folder is no place for a cache.
        return Path.Combine(Path.IsPathRooted(caches) ? caches : Path.GetTempPath(), "engine", "kernels");
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }

    private string Name(KernelSource source, GpuDeviceInfo device) => Path.Combine(
        folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{device.Fingerprint}\n{source.Text}"))));
}
