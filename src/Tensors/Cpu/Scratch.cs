using System.ComponentModel;

namespace Engine.Tensors.Cpu;

/// <summary>
/// A kernel's temporary memory: aligned, with undefined contents, and returned to the pool at the end of the block that declares
/// it (<c>using var</c>), however that ends. Nothing uses the address after that: loops on other threads finish before their
/// caller continues.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe ref struct Scratch
{
    private readonly long _byteLength, _blockLength;

    /// <summary>Takes <paramref name="count"/> floats.</summary>
    /// <exception cref="OutOfMemoryException">There is no room.</exception>
    public Scratch(long count)
    {
        _byteLength = checked(count * sizeof(float));
        Floats = (float*)Pool.Rent(_byteLength, out _blockLength);
    }

    /// <summary>The pool that all kernels share, separate from the tensors' pool, whose bytes are counted.</summary>
    internal static CpuMemoryPool Pool { get; } = new();

    /// <summary>The first float.</summary>
    public float* Floats { get; }

    /// <summary>The memory as doubles, half as many.</summary>
    public double* Doubles => (double*)Floats;

    /// <summary>Returns the memory.</summary>
    public void Dispose() => Pool.Return((nint)Floats, _blockLength, _byteLength);
}
