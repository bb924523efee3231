using System.IO.Compression;

namespace Engine.Dsp.Numpy;

/// <summary>NumPy's <c>.npz</c>: a zip of <c>.npy</c> arrays, stored or deflated.</summary>
public static class NpzFile
{
    /// <summary>The ratio by which measured data may be deflated; beyond it, memory is taken only as bytes arrive.</summary>
    private const int LikelyRatio = 8;

    /// <summary>The time that NumPy gives its entries: the earliest a zip can hold, so that equal arrays make equal
    /// files.</summary>
    private static readonly DateTimeOffset s_epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads every array of a file, by name without <c>.npy</c>.</summary>
    /// <exception cref="InvalidDataException">The file is no zip of arrays of supported types, or damaged (checksums are
    /// compared).</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Dictionary<string, NpyArray> Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Writes arrays, in their order, through a temporary file that is renamed when it is complete.</summary>
    /// <param name="path">The file; replaced where it exists.</param>
    /// <param name="arrays">The arrays and their names, without <c>.npy</c>.</param>
    /// <param name="compress">Whether to deflate, as <c>numpy.savez_compressed</c> does.</param>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, NpyArray>> arrays, bool compress = false)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        using var file = new AtomicFile(path);
        Write(file.Stream, arrays, compress);
        file.Commit();
    }

    /// <summary>Reads every array of a stream that can seek.</summary>
    internal static Dictionary<string, NpyArray> Read(Stream stream, string name)
    {
        var member = "";
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            var arrays = new Dictionary<string, NpyArray>(StringComparer.Ordinal);
            foreach (var entry in zip.Entries)
            {
                member = entry.FullName;
                if (!member.EndsWith(".npy", StringComparison.Ordinal)) throw new InvalidDataException("it is no .npy array.");
                arrays[member[..^4]] = Read(entry);
            }

            return arrays;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw new InvalidDataException($"{name}: {(member.Length > 0 ? $"member '{member}': " : "")}{e.Message}", e);
        }
    }

    /// <summary>Writes the bytes of a file.</summary>
    internal static void Write(Stream stream, IEnumerable<KeyValuePair<string, NpyArray>> arrays, bool compress)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, array) in arrays)
        {
            ArgumentException.ThrowIfNullOrEmpty(name, nameof(arrays));
            ArgumentNullException.ThrowIfNull(array, nameof(arrays));
            var entry = zip.CreateEntry(name + ".npy", compress ? CompressionLevel.Optimal : CompressionLevel.NoCompression);
            entry.LastWriteTime = s_epoch;
            using var member = entry.Open();
            array.Write(member);
        }
    }

    private static NpyArray Read(ZipArchiveEntry entry)
    {
        using var bytes = new Crc32Stream(entry.Open());
        var array = NpyArray.Read(bytes, entry.Length, LikelyRatio * entry.CompressedLength);
        return bytes.Value == entry.Crc32
            ? array
            : throw new InvalidDataException($"the checksum is {bytes.Value:X8}, but should be {entry.Crc32:X8}. The file is damaged.");
    }
}
