using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// A work item's share of a grid-stride loop: <c>for (var i = Item.First; i &lt; count; i += Item.Step)</c>. Both are
/// <c>long</c>, so that the last step does not overflow for counts near 2³¹.
/// </summary>
internal static class Item
{
    /// <summary>The item's number in the grid.</summary>
    public static long First
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (long)Grid.IdxX * Group.DimX + Group.IdxX;
    }

    /// <summary>Items of the grid.</summary>
    public static long Step
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (long)Grid.DimX * Group.DimX;
    }
}
