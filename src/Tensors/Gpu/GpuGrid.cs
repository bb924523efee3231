namespace Engine.Tensors.Gpu;

/// <summary>How many work groups run a kernel, along three axes; the kernel itself says how many items a group has.</summary>
internal readonly record struct GpuGrid(int X, int Y = 1, int Z = 1)
{
    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => X == 0 || Y == 0 || Z == 0;

    /// <inheritdoc/>
    public override string ToString() => $"groups {X}×{Y}×{Z}";
}
