using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using Engine.Dsp;
using Engine.Dsp.Files;

namespace Engine.Tensors.Gpu;

/// <summary>
/// The texts (PTX, OpenCL C) that ILGPU made of kernels, kept between processes: a convolution's tile takes it seconds. Each is a
/// file whose name is its key and whose first line is the SHA-256 of the rest. Safe for several processes at once; a file that
/// cannot be written is compiled again next time.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class KernelCache
{
    private const string Extension = ".kernel";
    private const int DigestLength = 64;

    /// <summary>Uses the cache in a folder, which need not exist yet.</summary>
    /// <param name="folder">
    /// Null: <c>kernels</c> in the folder that the environment variable <c>ENGINE_CACHE</c> names, otherwise in <c>engine</c> in
    /// the user's cache folder.
    /// </param>
    public KernelCache(string? folder = null) =>
        Folder = folder ?? Path.Combine(CacheFolder.Chosen ?? CacheFolder.OfUser(), "kernels");

    /// <summary>The folder that holds the texts.</summary>
    public string Folder { get; }

    /// <summary>How many texts there are, and their bytes.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public (int Files, long Bytes) Count() => (Files().Length, Files().Sum(f => new FileInfo(f).Length));

    /// <summary>Removes every text, and nothing else; returns how many files.</summary>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read or written.</exception>
    public int Clear() => Delete(Files()) + Temporary.Sweep(Folder);

    /// <summary>Removes damaged texts and leftovers of killed processes; returns how many files.</summary>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read or written.</exception>
    public int RemoveTorn() => Delete([.. Files().Where(f => Read(f) is null)]) + Temporary.Sweep(Folder);

    /// <summary>The text, or null if there is none that can be trusted.</summary>
    internal string? Find(string key)
    {
        try
        {
            return Read(PathOf(key));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps a text.</summary>
    internal void Keep(string key, string text)
    {
        try
        {
            CacheFolder.Make(Folder);
            using var file = new AtomicFile(PathOf(key), Folder, lasting: false);
            file.Stream.Write(Encoding.UTF8.GetBytes($"{Digest(text)}\n{text}"));
            file.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next process compiles it again.
        }
    }

    /// <summary>The file of a key.</summary>
    internal string PathOf(string key) => Path.Combine(Folder, key + Extension);

    /// <summary>SHA-256 in lower-case hexadecimal digits.</summary>
    internal static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string? Read(string path)
    {
        if (RegularFile.KindOf(path) != FileKind.Regular) return null; // opening a FIFO would block
        var all = File.ReadAllText(path);
        if (all.Length <= DigestLength || all[DigestLength] != '\n') return null;
        var text = all[(DigestLength + 1)..];
        return all.AsSpan(0, DigestLength).SequenceEqual(Digest(text)) ? text : null;
    }

    private string[] Files() => Directory.Exists(Folder)
        ? [.. Directory.EnumerateFiles(Folder, "*" + Extension).Where(f => IsKey(Path.GetFileNameWithoutExtension(f)))] : [];

    // Clear does no harm in a folder chosen by mistake.
    private static bool IsKey(string name) => name.Length == DigestLength && name.All(char.IsAsciiHexDigitLower);

    private static int Delete(string[] files)
    {
        foreach (var file in files) File.Delete(file);
        return files.Length;
    }
}
