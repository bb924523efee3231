using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// Reductions inside a group of 256 work items, which is cut into teams. The <c>lanes</c> items of a team, a power of two, lie
/// <c>step</c> items apart; each brings one value and all get the result. The order depends on lanes alone, and a sum's error
/// grows with its logarithm. Every item of the group must take part, since the group waits for each half. <c>shared</c> is
/// shared memory of <see cref="Group"/> floats.
/// </summary>
internal static class Team
{
    /// <summary>Work items of a group.</summary>
    public const int Group = 256;

    /// <summary>The sum of the team's values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(ArrayView<float> shared, float value, int item, int lane, int lanes, int step)
    {
        // The last result may still be being read.
        ILGPU.Group.Barrier();
        shared[item] = value;
        for (var half = lanes / 2; half > 0; half /= 2)
        {
            ILGPU.Group.Barrier();
            if (lane < half) shared[item] += shared[item + half * step];
        }

        ILGPU.Group.Barrier();
        return shared[item - lane * step];
    }

    /// <summary>The largest of the team's values, NaN if one is; the items lie side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(ArrayView<float> shared, float value, int item, int lane, int lanes)
    {
        ILGPU.Group.Barrier();
        shared[item] = value;
        for (var half = lanes / 2; half > 0; half /= 2)
        {
            ILGPU.Group.Barrier();
            if (lane < half) shared[item] = MaxOrNaN(shared[item], shared[item + half]);
        }

        ILGPU.Group.Barrier();
        return shared[item - lane];
    }

    /// <summary>
    /// The larger of two, NaN if one is. NaN is asked for first: ILGPU's OpenCL takes the opposite of &gt; to be ≤, which is
    /// false of NaN too.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxOrNaN(float a, float b) => float.IsNaN(a) || a > b ? a : b;
}
