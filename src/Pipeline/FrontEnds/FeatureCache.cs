using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Engine.Classifiers;
using Engine.Dsp;
using Engine.Dsp.Files;

namespace Engine.Pipeline.FrontEnds;

/// <summary>A cache entry.</summary>
/// <param name="Key">Its key, 64 hexadecimal digits.</param>
/// <param name="Bytes">The file's size.</param>
/// <param name="FrontEnd">The front end that produced it, as canonical JSON; null if the entry is torn.</param>
/// <param name="Rows">Feature rows in it; 0 if torn.</param>
/// <param name="Columns">Feature columns in it; 0 if torn.</param>
public sealed record FeatureCacheEntry(string Key, long Bytes, string? FrontEnd, int Rows, int Columns)
{
    /// <summary>True if the entry's checksum or layout is wrong; such an entry is recomputed when needed.</summary>
    public bool Torn => FrontEnd is null;
}

/// <summary>
/// Stores features on disk, so that a recording is analysed only once. The key is the SHA-256 of the audio file's bytes, the
/// front end's canonical JSON and its version. Entries are written to a temporary file, renamed, and end in a checksum: any
/// number of processes may share the folder, and a truncated or altered entry is recomputed, never trusted. An unwritable folder
/// costs time but does not fail the run: only the first failure is reported.
/// </summary>
public sealed class FeatureCache
{
    private const string Extension = ".features";
    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    private readonly Action<string>? _warn;
    private int _warned;

    /// <summary>Uses the cache in <paramref name="folder"/>, which need not exist yet.</summary>
    /// <param name="folder">Null: <see cref="DefaultFolder"/>.</param>
    /// <param name="warn">Called once, from any thread, when entries cannot be stored.</param>
    public FeatureCache(string? folder = null, Action<string>? warn = null) => (Folder, _warn) = (folder ?? DefaultFolder, warn);

    /// <summary>
    /// The folder named by the environment variable <c>ENGINE_CACHE</c>, otherwise <c>engine/features</c> in the user's cache
    /// folder.
    /// </summary>
    public static string DefaultFolder => CacheFolder.Chosen ?? Path.Combine(CacheFolder.OfUser(), "features");

    /// <summary>The folder that holds the entries.</summary>
    public string Folder { get; }

    /// <summary>
    /// The key of the features that <paramref name="frontEnd"/> (canonical JSON) computes from a file with this SHA-256.
    /// </summary>
    internal static string Key(ReadOnlySpan<byte> audioHash, string frontEnd, int version)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(audioHash);
        hash.AppendData(Encoding.UTF8.GetBytes($"{version}\n{frontEnd}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The entry, or null if it does not exist, cannot be trusted, or exceeds <paramref name="mostBytes"/>.</summary>
    internal FeatureRows? TryGet(string key, string frontEnd, long mostBytes = long.MaxValue)
    {
        Temporary.SweepOnce(Folder);
        try
        {
            var path = PathOf(key);
            if (RegularFile.KindOf(path) != FileKind.Regular) return null; // opening a FIFO would block
            using var file = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            var length = file.Length;
            if (length > Math.Min(mostBytes, Array.MaxLength)) return null;
            // Fresh memory costs more than reading into it.
            var bytes = ArrayPool<byte>.Shared.Rent((int)length);
            try
            {
                var read = file.ReadAtLeast(bytes.AsSpan(0, (int)length), (int)length, throwOnEndOfStream: false);
                var (rows, json) = FeatureEncoding.Decode(bytes.AsSpan(0, read));
                return json == frontEnd ? rows : null;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether there is an entry, which may be torn.</summary>
    internal bool Has(string key) => RegularFile.KindOf(PathOf(key)) == FileKind.Regular;

    /// <summary>Stores an entry; a failure is reported once and otherwise ignored.</summary>
    internal void Put(string key, string frontEnd, FeatureRows rows)
    {
        try
        {
            var path = PathOf(key);
            CacheFolder.Make(Path.GetDirectoryName(path)!);
            var bytes = FeatureEncoding.Encode(frontEnd, rows);

            // Temporary files share one folder, so those of killed processes are found without searching the others.
            using var file = new AtomicFile(path, Folder, lasting: false);
            file.Stream.Write(bytes);
            file.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (Interlocked.Exchange(ref _warned, 1) == 0)
                _warn?.Invoke($"feature cache {Folder}: cannot be written ({e.Message}); continuing without it.");
        }
    }

    /// <summary>Reads and checks every entry; sorted by key.</summary>
    /// <exception cref="EngineException">The folder cannot be read.</exception>
    public IReadOnlyList<FeatureCacheEntry> List()
    {
        var entries = new List<FeatureCacheEntry>();
        foreach (var file in Files(Extension))
        {
            try
            {
                var bytes = RegularFile.KindOf(file) == FileKind.Regular ? File.ReadAllBytes(file) : [];
                var (rows, json) = FeatureEncoding.Decode(bytes);
                entries.Add(new(Path.GetFileNameWithoutExtension(file), bytes.Length, json, rows?.Rows.Rows ?? 0,
                    rows?.Rows.Columns ?? 0));
            }
            catch (FileNotFoundException)
            {
                // Another process removed it between listing and reading.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new EngineException($"feature cache {Folder}: {e.Message}", e);
            }
        }

        return entries;
    }

    /// <summary>Removes torn entries and leftovers of killed processes; returns the number of files removed.</summary>
    /// <exception cref="EngineException">The folder cannot be read or written.</exception>
    public int RemoveTorn()
    {
        var torn = List().Where(e => e.Torn).Select(e => PathOf(e.Key));
        // Earlier versions did not record a temporary file's owner; temporary files live for milliseconds, so one from yesterday
        // is abandoned.
        var stale = Files(".tmp").Where(f => File.GetLastWriteTimeUtc(f) < DateTime.UtcNow.AddDays(-1));
        return Delete([.. torn, .. stale]) + Temporary.Sweep(Folder);
    }

    /// <summary>Removes every entry, and nothing else in the folder; returns the number of files removed.</summary>
    /// <exception cref="EngineException">The folder cannot be read or written.</exception>
    public int Clear() => Delete([.. Files(Extension), .. Files(".tmp")]) + Temporary.Sweep(Folder);

    private string PathOf(string key) => Path.Combine(Folder, key[..2], key + Extension);

    // Matches only names that the cache itself creates, so Clear does no harm in a folder chosen by mistake.
    private string[] Files(string extension)
    {
        if (!Directory.Exists(Folder)) return [];
        return Guarded(() => Directory.EnumerateDirectories(Folder, "??")
            .SelectMany(d => Directory.EnumerateFiles(d, "*" + extension)
                .Where(f => IsKey(Path.GetFileName(f))
                    && Path.GetFileName(f).StartsWith(Path.GetFileName(d), StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal).ToArray());
    }

    private static bool IsKey(string name) =>
        name.Length > 64 && name[64] == '.' && name.AsSpan(0, 64).IndexOfAnyExcept(s_hex) < 0
        && name.AsSpan(64).StartsWith(Extension);

    private int Delete(string[] files) => Guarded(() =>
    {
        foreach (var file in files) File.Delete(file);
        return files.Length;
    });

    private T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"feature cache {Folder}: {e.Message}", e);
        }
    }
}
