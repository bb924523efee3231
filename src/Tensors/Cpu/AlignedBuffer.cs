using System.ComponentModel;

namespace Engine.Tensors.Cpu;

/// <summary>
/// Scratch memory that a thread keeps for its next task: aligned, unmanaged, grown on demand. Only for what fits in a cache; a
/// kernel that needs more takes <see cref="Scratch"/>, which is returned when the kernel is done.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class AlignedBuffer
{
    private float* _data;
    private long _count;

    /// <summary>Returns the memory.</summary>
    ~AlignedBuffer() => LargeBlock.Free(_data);

    /// <summary>At least <paramref name="count"/> floats; earlier contents are lost.</summary>
    /// <exception cref="OutOfMemoryException">There is no room; the buffer is then empty and can be used again.</exception>
    public float* Reserve(long count)
    {
        if (count <= _count) return _data;

        // Freed first, so that the two never need room at once, and forgotten before anything can fail.
        var old = _data;
        _data = null;
        _count = 0;
        LargeBlock.Free(old);
        _data = (float*)LargeBlock.Allocate(checked((nuint)count * sizeof(float)));
        _count = count;
        return _data;
    }
}
