namespace Engine.Tensors;

/// <summary>
/// The operations of a device. The caller (<see cref="Tensor"/>) checks shapes and makes the tensors that receive results.
/// Implementations know nothing of gradients beyond the formulas they are asked for. One file per kernel family:
/// <c>IBackend.*.cs</c>.
/// </summary>
public partial interface IBackend
{
    /// <summary>Memory of this device, from its pool; contents undefined.</summary>
    Storage Allocate(long byteLength);

    /// <summary>Copies bytes from the host into <paramref name="target"/>, which has their size.</summary>
    void Upload(ReadOnlySpan<byte> source, Tensor target);

    /// <summary>Copies the elements of <paramref name="source"/> to the host once they are computed.</summary>
    void Download(Tensor source, Span<byte> target);

    /// <summary>Copies the elements of a tensor into another of the same size and type.</summary>
    void Copy(Tensor source, Tensor target);

    /// <summary>Sets every element of a float32 tensor.</summary>
    void Fill(Tensor target, float value);

    /// <summary>Returns memory that no tensor uses to the device or the system.</summary>
    void Trim();

    /// <summary>Waits until all requested work is done; only timings need it.</summary>
    void Wait();
}
