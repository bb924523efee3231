namespace Engine.Dsp.Numpy;

/// <summary>Writing an array to a file of its own.</summary>
public static class NpyContent
{
    /// <summary>Writes a <c>.npy</c> file, through a temporary one that is renamed when it is complete.</summary>
    /// <param name="content">The array.</param>
    /// <param name="path">The file; replaced where it exists.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(this INpyContent content, string path)
    {
        ArgumentNullException.ThrowIfNull(content);
        using var file = new AtomicFile(path);
        content.Write(file.Stream);
        file.Commit();
    }
}
