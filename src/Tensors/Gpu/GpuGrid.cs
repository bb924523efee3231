namespace Engine.Tensors.Gpu;

/// <summary>How many work groups run a kernel, and how many work items each has, along three axes.</summary>
internal readonly record struct GpuGrid(int GroupsX, int GroupsY, int GroupsZ, int ItemsX, int ItemsY = 1, int ItemsZ = 1)
{
    /// <summary>Groups along one axis.</summary>
    public GpuGrid(int groups, int items)
        : this(groups, 1, 1, items)
    {
    }

    /// <summary>Work items of a group.</summary>
    public int Items => ItemsX * ItemsY * ItemsZ;

    /// <inheritdoc/>
    public override string ToString() => $"groups {GroupsX}×{GroupsY}×{GroupsZ}, items {ItemsX}×{ItemsY}×{ItemsZ}";
}
