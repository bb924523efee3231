namespace Engine.Dsp.Numpy;

/// <summary>An array in an unnamed file, which disappears when this is disposed or the process ends.</summary>
public sealed class NpyScratch : INpyContent, IDisposable
{
    private readonly FileStream _file;

    private NpyScratch(FileStream file) => _file = file;

    /// <inheritdoc/>
    public void Save(string path)
    {
        using var file = new AtomicFile(path);
        Write(file.Stream);
        file.Commit();
    }

    /// <inheritdoc/>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _file.Position = 0;
        _file.CopyTo(stream);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    internal static NpyScratch Create(string folder, Action<FileStream> fill)
    {
        var path = Path.Combine(folder, $".engine.{Guid.NewGuid():N}.tmp");
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, 1 << 16, FileOptions.DeleteOnClose);
        try
        {
            // On systems that can delete an open file, nothing is left even if the process is killed.
            if (!OperatingSystem.IsWindows()) File.Delete(path);
            fill(file);
            return new(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
