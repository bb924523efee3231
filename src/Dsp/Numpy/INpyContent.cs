namespace Engine.Dsp.Numpy;

/// <summary>What can be written as one <c>.npy</c> array.</summary>
public interface INpyContent
{
    /// <summary>Writes the bytes of a <c>.npy</c> file, version 1, C order.</summary>
    /// <exception cref="IOException">They cannot be written.</exception>
    void Write(Stream stream);
}
