namespace Engine.Tensors.Cpu;

/// <summary>Scratch memory for kernels: aligned, unmanaged, kept between calls and grown when more is asked for.</summary>
internal sealed unsafe class AlignedBuffer
{
    private float* _data;
    private long _count;

    ~AlignedBuffer() => LargeBlock.Free(_data);

    /// <summary>At least <paramref name="count"/> floats; what they held before is lost.</summary>
    public float* Reserve(long count)
    {
        if (count > _count)
        {
            LargeBlock.Free(_data);
            _data = (float*)LargeBlock.Allocate((nuint)count * sizeof(float));
            _count = count;
        }

        return _data;
    }
}
