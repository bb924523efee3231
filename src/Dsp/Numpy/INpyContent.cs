namespace Engine.Dsp.Numpy;

/// <summary>What can be written as one <c>.npy</c> array.</summary>
public interface INpyContent
{
    /// <summary>Writes a <c>.npy</c> file, through a temporary one that is renamed when it is complete.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    void Save(string path);

    /// <summary>Writes the bytes of a <c>.npy</c> file, version 1, C order.</summary>
    /// <exception cref="IOException">They cannot be written.</exception>
    void Write(Stream stream);
}
