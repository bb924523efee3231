using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Engine.Dsp.Files;

/// <summary>
/// Temporary files and folders, named <c>.engine-MACHINE-PROCESS-RANDOM.tmp</c> and placed beside their targets. The name
/// identifies the owner, so that leftovers of a killed process are recognised and removed, and those of a running one are left
/// alone. It is short even if the target's name is long.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class Temporary
{
    // Processes on other machines or in other containers cannot be looked up; a file untouched for this long counts as abandoned.
    private static readonly TimeSpan s_foreignAge = TimeSpan.FromDays(1);

    // Start times are computed from the machine's uptime, which lags behind clock changes.
    private static readonly TimeSpan s_startTolerance = TimeSpan.FromSeconds(10);

    private static readonly string s_machine = Machine();
    private static readonly ConcurrentDictionary<string, bool> s_own = new();
    private static readonly ConcurrentDictionary<string, bool> s_swept = new();

    /// <summary>An unused name in <paramref name="folder"/> for this process to write under.</summary>
    public static string In(string folder)
    {
        var path = Path.Combine(folder,
            $".engine-{s_machine}-{Environment.ProcessId:x}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}.tmp");
        s_own[path] = true;
        return path;
    }

    /// <summary>The name is no longer in use: its file was renamed or removed.</summary>
    public static void Done(string path) => s_own.TryRemove(path, out _);

    /// <summary>Whether this is the name of a temporary file or folder.</summary>
    public static bool IsName(string name) => Name().IsMatch(name);

    /// <summary>Removes leftovers of killed processes from a folder, unless this process has already done so.</summary>
    public static void SweepOnce(string folder)
    {
        if (s_swept.TryAdd(folder, true)) Sweep(folder);
    }

    /// <summary>Removes leftovers of killed processes from a folder; what cannot be removed stays.</summary>
    /// <returns>How many files and folders were removed.</returns>
    public static int Sweep(string folder)
    {
        var removed = 0;
        try
        {
            if (!Directory.Exists(folder)) return 0;
            foreach (var path in Directory.EnumerateFileSystemEntries(folder, ".engine-*.tmp").ToArray())
            {
                if (IsAbandoned(path) && TryRemove(path)) removed++;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // We cannot see leftovers in a folder we may not list.
        }

        return removed;
    }

    /// <summary>Removes what this process is writing, because it is about to end and nobody else would.</summary>
    public static void RemoveOwn()
    {
        foreach (var path in s_own.Keys) TryRemove(path);
    }

    /// <summary>Removes a temporary file or folder; returns false on failure.</summary>
    public static bool TryRemove(string path)
    {
        try
        {
            if (File.Exists(path)) Disk.Delete(path);
            else Disk.DeleteFolder(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        finally
        {
            // The next sweep tries again.
            Done(path);
        }
    }

    private static bool IsAbandoned(string path)
    {
        if (s_own.ContainsKey(path) || Name().Match(Path.GetFileName(path)) is not { Success: true } name) return false;
        var written = LastWrite(path);
        if (name.Groups["machine"].Value != s_machine) return DateTime.UtcNow - written > s_foreignAge;
        var process = int.Parse(name.Groups["process"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return process == Environment.ProcessId || !MayOwn(process, written);
    }

    // Whether a running process may have written at that time: process ids are reused.
    private static bool MayOwn(int id, DateTime written)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !IsZombie(id) && process.StartTime.ToUniversalTime() - s_startTolerance <= written;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or NotSupportedException)
        {
            return true;
        }
    }

    // A zombie: killed, but its parent has not waited for it; in a container, perhaps nobody ever does.
    private static bool IsZombie(int id)
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            var status = File.ReadAllText($"/proc/{id}/stat");
            return status[(status.LastIndexOf(')') + 1)..].TrimStart().StartsWith('Z');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static DateTime LastWrite(string path) => !Directory.Exists(path)
        ? File.GetLastWriteTimeUtc(path)
        : Directory.EnumerateFileSystemEntries(path, "*", SearchOption.AllDirectories).Append(path).Max(File.GetLastWriteTimeUtc);

    // Two containers on one machine number their processes separately, and may share its name.
    private static string Machine()
    {
        string? processes = null;
        try
        {
            if (OperatingSystem.IsLinux()) processes = new FileInfo("/proc/self/ns/pid").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Fall back to the name alone.
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Environment.MachineName}\n{processes}"))
            .AsSpan(0, 4));
    }

    [GeneratedRegex("^\\.engine-(?<machine>[0-9a-f]{8})-(?<process>[0-9a-f]{1,8})-[0-9a-f]{8}\\.tmp$")]
    private static partial Regex Name();
}
