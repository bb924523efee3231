using System.Runtime.InteropServices;

namespace Engine.Tensors.Cpu;

/// <summary>Scratch memory for kernels: aligned, unmanaged, kept between calls and grown when more is asked for.</summary>
internal sealed unsafe class AlignedBuffer
{
    private float* _data;
    private long _count;

    ~AlignedBuffer() => NativeMemory.AlignedFree(_data);

    /// <summary>At least <paramref name="count"/> floats; what they held before is lost.</summary>
    public float* Reserve(long count)
    {
        if (count > _count)
        {
            NativeMemory.AlignedFree(_data);
            _data = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), 64);
            _count = count;
        }

        return _data;
    }
}
