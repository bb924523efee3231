using System.ComponentModel;
using System.IO.Compression;

namespace Engine.Dsp.Numpy;

/// <summary>NumPy's <c>.npz</c>: a zip of <c>.npy</c> arrays, stored or deflated.</summary>
public static class NpzFile
{
    /// <summary>The plausible compression ratio of measured data; above it, memory is allocated only as bytes arrive.</summary>
    private const int LikelyRatio = 8;

    /// <summary>The timestamp that NumPy gives entries: the earliest that a zip can hold, so that equal arrays make equal
    /// files.</summary>
    private static readonly DateTimeOffset s_epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // The default limit on decompressed size: a few bytes can claim gigabytes.
    private const long FreeBytes = 256L << 20, BytesPerByte = 64;

    /// <summary>
    /// Reads every array of a file, by name without <c>.npy</c>. A member that is not an array, or has an unreadable type, fails
    /// only when its <see cref="NpyArray.Data"/> is read.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="mostBytes">The most bytes of all arrays together; null: 256 MiB plus 64 times the file's size.</param>
    /// <exception cref="InvalidDataException">The file is not a zip, its arrays are larger, or it is damaged (checksums are
    /// checked).</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Dictionary<string, NpyArray> Read(string path, long? mostBytes = null)
    {
        using var stream = RegularFile.OpenRead(path);
        return Read(stream, path, mostBytes);
    }

    /// <summary>Writes arrays in order, through a temporary file that is renamed when complete.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="arrays">The arrays and their names, without <c>.npy</c>.</param>
    /// <param name="compress">Whether to deflate, as <c>numpy.savez_compressed</c> does.</param>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, NpyArray>> arrays, bool compress = false)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        WriteContents(path, arrays.Select(a => KeyValuePair.Create<string, INpyContent>(a.Key, a.Value)), compress);
    }

    /// <summary>The same for arrays that may exceed memory. Each is written before the next is requested.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="arrays">The arrays and their names, without <c>.npy</c>.</param>
    /// <param name="compress">Whether to deflate, as <c>numpy.savez_compressed</c> does.</param>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteContents(string path, IEnumerable<KeyValuePair<string, INpyContent>> arrays, bool compress = false)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        using var file = new AtomicFile(path);
        WriteContents(file.Stream, arrays, compress);
        file.Commit();
    }

    /// <summary>Reads every array of a stream that can seek, which messages call <paramref name="name"/>.</summary>
    /// <exception cref="InvalidDataException">The stream is not a zip, its arrays are larger than is plausible, or it is
    /// damaged.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static Dictionary<string, NpyArray> ReadFrom(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Read(stream, name);
    }

    /// <summary>Reads every array of a stream that can seek.</summary>
    internal static Dictionary<string, NpyArray> Read(Stream stream, string name, long? mostBytes = null)
    {
        var (member, left) = ("", mostBytes ?? FreeBytes + BytesPerByte * stream.Length);
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            var arrays = new Dictionary<string, NpyArray>(StringComparer.Ordinal);
            foreach (var entry in zip.Entries)
            {
                member = entry.FullName;
                if (!member.EndsWith(".npy", StringComparison.Ordinal))
                {
                    arrays[member] = NpyArray.Unreadable($"{name}: member '{member}': it is not a .npy array.");
                    continue;
                }

                left -= entry.Length;
                if (left < 0)
                    throw new InvalidDataException(
                        $"it takes the arrays {-left} bytes over the limit of "
                            + $"{mostBytes ?? FreeBytes + BytesPerByte * stream.Length} for a file of {stream.Length} bytes.");
                arrays[member[..^4]] = Read(entry, $"{name}: member '{member}'");
            }

            return arrays;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw new InvalidDataException($"{name}: {(member.Length > 0 ? $"member '{member}': " : "")}{e.Message}", e);
        }
    }

    /// <summary>Writes the bytes of a file.</summary>
    internal static void Write(Stream stream, IEnumerable<KeyValuePair<string, NpyArray>> arrays, bool compress) =>
        WriteContents(stream, arrays.Select(a => KeyValuePair.Create<string, INpyContent>(a.Key, a.Value)), compress);

    /// <summary>The same, into a stream, which stays open.</summary>
    /// <param name="stream">Written from its current position.</param>
    /// <param name="arrays">The arrays and their names, without <c>.npy</c>.</param>
    /// <param name="compress">Whether to deflate, as <c>numpy.savez_compressed</c> does.</param>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public static void WriteContents(Stream stream, IEnumerable<KeyValuePair<string, INpyContent>> arrays, bool compress = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(arrays);
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

    private static NpyArray Read(ZipArchiveEntry entry, string name)
    {
        using var bytes = new Crc32Stream(entry.Open());
        var array = NpyArray.ReadOrDefer(bytes, entry.Length, LikelyRatio * entry.CompressedLength, name);
        return array.IsUnreadable || bytes.Value == entry.Crc32
            ? array
            : throw new InvalidDataException(
                $"the checksum is {bytes.Value:X8}, but should be {entry.Crc32:X8}. The file is damaged.");
    }
}
