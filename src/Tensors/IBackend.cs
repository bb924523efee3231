namespace Engine.Tensors;

/// <summary>
/// The operations of a device, each one whole: shapes are checked by the caller (<see cref="Tensor"/>), results go to
/// tensors that the caller made. Implementations know nothing of gradients beyond the formulas they are asked for. The
/// interface is one file per kernel family: <c>IBackend.*.cs</c>.
/// </summary>
public partial interface IBackend
{
    /// <summary>Memory of this device, from its pool; contents undefined.</summary>
    Storage Allocate(long byteLength);

    /// <summary>Copies bytes from the host into <paramref name="target"/>, whose size they have.</summary>
    void Upload(ReadOnlySpan<byte> source, Tensor target);

    /// <summary>Copies the elements of <paramref name="source"/> to the host, waiting for what computes them.</summary>
    void Download(Tensor source, Span<byte> target);

    /// <summary>Copies the elements of a tensor into another of the same size and type.</summary>
    void Copy(Tensor source, Tensor target);

    /// <summary>Sets every element of a float32 tensor.</summary>
    void Fill(Tensor target, float value);

    /// <summary>Returns memory that no tensor uses to the device or the system.</summary>
    void Trim();

    /// <summary>Waits until all that was asked for is done; only timings need it.</summary>
    void Wait();
}
