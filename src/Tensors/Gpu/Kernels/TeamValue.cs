using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>What the first lane of a team (<see cref="Team"/>) computes for all.</summary>
internal static class TeamValue
{
    /// <summary>
    /// The first lane's value, which each lane would compute alike. For what costs much and is used in a loop: ILGPU moves
    /// arithmetic into the loop that uses it, but nothing over a barrier. Every item of the group must take part.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float OfFirstLane(ArrayView<float> shared, float value, int item, int lane, int step)
    {
        // What the value was computed from may still be being read.
        Group.Barrier();
        if (lane == 0) shared[item] = value;
        Group.Barrier();
        return shared[item - lane * step];
    }
}
