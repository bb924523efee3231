using System.IO.Compression;

namespace Engine.Dsp.Numpy;

/// <summary>NumPy's <c>.npz</c>: a zip of <c>.npy</c> arrays, stored or deflated.</summary>
public static class NpzFile
{
    /// <summary>Reads every array of a file, by name without <c>.npy</c>.</summary>
    public static Dictionary<string, NpyArray> Read(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        var arrays = new Dictionary<string, NpyArray>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries)
        {
            using var stream = entry.Open();
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            var name = entry.FullName.EndsWith(".npy", StringComparison.Ordinal) ? entry.FullName[..^4] : entry.FullName;
            arrays[name] = NpyArray.Parse(memory.ToArray());
        }

        return arrays;
    }
}
