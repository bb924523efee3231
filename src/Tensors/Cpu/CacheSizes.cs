using System.Globalization;

namespace Engine.Tensors.Cpu;

/// <summary>
/// The bytes of the first processor's second- and last-level cache, as Linux lists them. Elsewhere, and where the list lacks one,
/// they count as 1 MiB and 16 MiB, which most processors of the last years have at least.
/// </summary>
internal static class CacheSizes
{
    private const string LinuxFolder = "/sys/devices/system/cpu/cpu0/cache";

    /// <summary>The second level, of one core.</summary>
    public static long Second { get; } = Read(LinuxFolder, 2) ?? 1 << 20;

    /// <summary>The third level, which cores share.</summary>
    public static long Third { get; } = Read(LinuxFolder, 3) ?? 16 << 20;

    /// <summary>The size of a level in a folder with one folder for each cache, or null.</summary>
    public static long? Read(string folder, int level)
    {
        try
        {
            if (!Directory.Exists(folder)) return null;
            foreach (var cache in Directory.EnumerateDirectories(folder, "index*"))
            {
                if (Line(cache, "level") != level.ToString(CultureInfo.InvariantCulture) || Line(cache, "type") == "Instruction")
                    continue;
                if (Bytes(Line(cache, "size")) is { } size) return size;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A sandbox hides the list.
        }

        return null;
    }

    private static string Line(string cache, string name)
    {
        var path = Path.Combine(cache, name);
        return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
    }

    // As in "1024K".
    private static long? Bytes(string text) =>
        text.EndsWith('K') && long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0
            ? size << 10 : null;
}
