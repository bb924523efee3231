using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Engine.Dsp;
using Engine.Dsp.Files;

namespace Engine.Tensors.Gpu;

/// <summary>One file of the cache: a compiled program of kernels.</summary>
/// <param name="Key">Its key, 64 hexadecimal digits, which is all that it tells of its device and driver.</param>
/// <param name="Bytes">The file's size.</param>
/// <param name="Torn">True if its checksum is wrong; such an entry is compiled again when it is needed.</param>
public sealed record KernelCacheEntry(string Key, long Bytes, bool Torn);

/// <summary>
/// Compiled kernels on disk, so that a program starts at once the second time. The name of an entry is the hash of source,
/// device and driver; its first 32 bytes are the hash of the rest, and an entry that is torn, or cannot be read or written,
/// is compiled again.
/// </summary>
public sealed class KernelCache
{
    private const int KeyLength = 2 * SHA256.HashSizeInBytes;

    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    internal KernelCache(string folder) => Folder = folder;

    /// <summary>
    /// The user's cache: <c>kernels</c> below the folder that <c>ENGINE_CACHE</c> names, else below <c>engine</c> in the user's
    /// cache folder.
    /// </summary>
    public static KernelCache Default { get; } = new(Path.Combine(CacheFolder.Chosen ?? CacheFolder.OfUser(), "kernels"));

    /// <summary>The folder that holds the entries; it need not exist.</summary>
    public string Folder { get; }

    /// <summary>Reads every entry and checks it; sorted by key.</summary>
    /// <exception cref="IOException">The folder or an entry cannot be read.</exception>
    public IReadOnlyList<KernelCacheEntry> List() => Guarded(Entries);

    /// <summary>Removes the torn entries and the leftovers of processes that were killed, and says how many files went.</summary>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public int RemoveTorn() => Guarded(() =>
    {
        var torn = Entries().Where(e => e.Torn).Select(e => Path.Combine(Folder, e.Key));
        // Earlier versions did not record a temporary file's owner; it lives for milliseconds, so one from yesterday has none.
        var stale = Files(temporary: true).Where(f => File.GetLastWriteTimeUtc(f) < DateTime.UtcNow.AddDays(-1));
        return Delete([.. torn, .. stale]) + Temporary.Sweep(Folder);
    });

    /// <summary>Removes every entry, and nothing else that may lie in the folder; says how many files went.</summary>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public int Clear() => Guarded(
        () => Delete([.. Files(temporary: false), .. Files(temporary: true)]) + Temporary.Sweep(Folder));

    /// <summary>The binary of an earlier time, or null.</summary>
    internal byte[]? Find(KernelSource source, GpuDeviceInfo device)
    {
        try
        {
            return Binary(File.ReadAllBytes(Name(source, device)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps a binary; another process may do the same at the same time.</summary>
    internal void Keep(KernelSource source, GpuDeviceInfo device, byte[] binary)
    {
        try
        {
            CacheFolder.Make(Folder);
            using var file = new AtomicFile(Name(source, device), Folder, lasting: false);
            file.Stream.Write(SHA256.HashData(binary));
            file.Stream.Write(binary);
            file.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start compiles again: slower, and nothing else.
        }
    }

    // What an entry holds, or null if it is torn.
    private static byte[]? Binary(byte[] entry)
    {
        if (entry.Length <= SHA256.HashSizeInBytes) return null;
        var binary = entry[SHA256.HashSizeInBytes..];
        return SHA256.HashData(binary).AsSpan().SequenceEqual(entry.AsSpan(0, SHA256.HashSizeInBytes)) ? binary : null;
    }

    private List<KernelCacheEntry> Entries()
    {
        var entries = new List<KernelCacheEntry>();
        foreach (var file in Files(temporary: false))
        {
            try
            {
                var bytes = File.ReadAllBytes(file);
                entries.Add(new(Path.GetFileName(file), bytes.Length, Binary(bytes) is null));
            }
            catch (FileNotFoundException)
            {
                // Another process cleared it between listing and reading.
            }
        }

        return entries;
    }

    // Only names that the cache itself makes: a folder chosen by mistake loses nothing to Clear.
    private string[] Files(bool temporary) => !Directory.Exists(Folder) ? [] :
        [.. Directory.EnumerateFiles(Folder).Where(f => temporary ? IsTemporary(Path.GetFileName(f)) : IsKey(Path.GetFileName(f)))
            .Order(StringComparer.Ordinal)];

    private static bool IsKey(ReadOnlySpan<char> name) => name.Length == KeyLength && !name.ContainsAnyExcept(s_hex);

    private static bool IsTemporary(ReadOnlySpan<char> name) =>
        name.Length == KeyLength + 33 && name[KeyLength] == '.' && IsKey(name[..KeyLength])
        && !name[(KeyLength + 1)..].ContainsAnyExcept(s_hex);

    private static int Delete(string[] files)
    {
        foreach (var file in files) File.Delete(file);
        return files.Length;
    }

    private T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"kernel cache {Folder}: {e.Message}", e);
        }
    }

    private string Name(KernelSource source, GpuDeviceInfo device) => Path.Combine(
        Folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{device.Fingerprint}\n{source.Text}"))));
}
