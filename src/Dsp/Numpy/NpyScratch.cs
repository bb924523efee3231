using Engine.Dsp.Files;

namespace Engine.Dsp.Numpy;

/// <summary>An array in an unnamed file, which disappears when this is disposed or the process ends.</summary>
public sealed class NpyScratch : INpyContent, IDisposable
{
    private readonly FileStream _file;

    private NpyScratch(FileStream file) => _file = file;

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
        var file = NamelessFile.Create(folder, 1 << 16);
        try
        {
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
