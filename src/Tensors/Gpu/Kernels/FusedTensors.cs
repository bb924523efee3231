using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>What one of <see cref="FusedTensors{T}"/> has.</summary>
internal interface IFusedTensor
{
    /// <summary>Its elements; 0 if it is not there.</summary>
    int Count { get; }
}

/// <summary>
/// Eight tensors that one launch serves: networks have many small parameters, and a launch takes longer than the update of a
/// bias. A group owns <see cref="Span"/> elements of one tensor; groups are counted through the tensors in order. Eight sets of
/// arguments stay below the 1024 bytes that OpenCL promises.
/// </summary>
internal struct FusedTensors<T>
    where T : struct, IFusedTensor
{
    /// <summary>How many they are.</summary>
    public const int Most = 8;

    /// <summary>Elements of one tensor that a group owns.</summary>
    public const int Span = 1024;

    public T Item0, Item1, Item2, Item3, Item4, Item5, Item6, Item7;

    /// <summary>Groups of all tensors.</summary>
    public readonly int Groups =>
        GroupsOf(Item0) + GroupsOf(Item1) + GroupsOf(Item2) + GroupsOf(Item3) + GroupsOf(Item4) + GroupsOf(Item5)
        + GroupsOf(Item6) + GroupsOf(Item7);

    /// <summary>The tensor that a group falls into; <paramref name="group"/> becomes its number among the tensor's own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly T Find(ref int group)
    {
        if (IsIn(Item0, ref group)) return Item0;
        if (IsIn(Item1, ref group)) return Item1;
        if (IsIn(Item2, ref group)) return Item2;
        if (IsIn(Item3, ref group)) return Item3;
        if (IsIn(Item4, ref group)) return Item4;
        if (IsIn(Item5, ref group)) return Item5;
        return IsIn(Item6, ref group) ? Item6 : Item7;
    }

    /// <summary>The first group of a tensor, and the first of the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly (int Start, int End) GroupsOf(int tensor)
    {
        var start = 0;
        if (tensor > 0) start += GroupsOf(Item0);
        if (tensor > 1) start += GroupsOf(Item1);
        if (tensor > 2) start += GroupsOf(Item2);
        if (tensor > 3) start += GroupsOf(Item3);
        if (tensor > 4) start += GroupsOf(Item4);
        if (tensor > 5) start += GroupsOf(Item5);
        if (tensor > 6) start += GroupsOf(Item6);
        var last = tensor < 4
            ? tensor < 2 ? tensor == 0 ? Item0 : Item1 : tensor == 2 ? Item2 : Item3
            : tensor < 6 ? tensor == 4 ? Item4 : Item5 : tensor == 6 ? Item6 : Item7;
        return (start, start + GroupsOf(last));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsIn(T tensor, ref int group)
    {
        var groups = GroupsOf(tensor);
        if (group < groups) return true;
        group -= groups;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int GroupsOf(T tensor) => (int)(((uint)tensor.Count + (Span - 1)) / Span);
}

/// <summary>A tensor that is read.</summary>
internal struct FusedOperand : IFusedTensor
{
    public ArrayView<float> X;

    /// <inheritdoc/>
    public int Count { get; init; }
}

/// <summary>A parameter, its gradient, and the states that its rule uses.</summary>
internal struct FusedParameter : IFusedTensor
{
    public float WeightDecay;
    public ArrayView<float> Gradient, Parameter, First, Second;

    /// <inheritdoc/>
    public int Count { get; init; }
}
