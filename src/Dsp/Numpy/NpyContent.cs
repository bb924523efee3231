namespace Engine.Dsp.Numpy;

/// <summary>Writes an array to its own file.</summary>
public static class NpyContent
{
    /// <summary>Writes a <c>.npy</c> file, through a temporary one that is renamed when complete.</summary>
    /// <param name="content">The array.</param>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(this INpyContent content, string path)
    {
        ArgumentNullException.ThrowIfNull(content);
        using var file = new AtomicFile(path);
        content.Write(file.Stream);
        file.Commit();
    }
}
