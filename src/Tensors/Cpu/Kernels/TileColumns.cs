namespace Engine.Tensors.Cpu.Kernels;

/// <summary>Where a tile finds the columns of b at each step of the summed axis.</summary>
internal unsafe interface ITileColumns<T>
    where T : unmanaged
{
    /// <summary>The address of the values of step <paramref name="p"/>.</summary>
    T* At(int p);
}

/// <summary>Steps at equal distances: a packed panel [k, width], or some columns of a row-major matrix `width` wide.</summary>
internal readonly unsafe struct PackedColumns<T>(T* panel, int width) : ITileColumns<T>
    where T : unmanaged
{
    public T* At(int p) => panel + (nint)p * width;
}

/// <summary>Values already in the order needed, at a listed offset for each step.</summary>
internal readonly unsafe struct OffsetColumns(float* origin, int* offsets) : ITileColumns<float>
{
    public float* At(int p) => origin + offsets[p];
}
