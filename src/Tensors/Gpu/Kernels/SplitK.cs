using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// Adds up what the splits of a sum over k have written, partial [splits, count]. A group of 256 takes 32 results, and an item
/// every eighth split of one of them; the eight sums are then added in one order, so that the bits depend on the number of
/// splits alone, and that on the shape.
/// </summary>
internal static class SplitK
{
    /// <summary>Results of a group.</summary>
    public const int Results = 32;

    private const int Slices = 8;

    /// <summary>The result of this item, in those that have one: see <see cref="HasResult"/>.</summary>
    public static int Result
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Grid.IdxX * Results + Group.IdxX % Results;
    }

    /// <summary>Groups for so many results.</summary>
    public static int GroupsOf(int count) => (count - 1) / Results + 1;

    /// <summary>Whether this item has a result to store.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HasResult(int count) => Group.IdxX < Results && Result < count;

    /// <summary>The sum of <see cref="Result"/>; all items of the group must call it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(ArrayView<float> partial, int splits, int count)
    {
        var slices = SharedMemory.Allocate<float>(Results * Slices);
        var sum = 0f;
        if (Result < count)
        {
            for (var split = Group.IdxX / Results; split < splits; split += Slices) sum += partial[split * count + Result];
        }

        slices[Group.IdxX] = sum;
        Group.Barrier();
        sum = 0f;
        if (Group.IdxX < Results)
        {
            for (var slice = 0; slice < Slices; slice++) sum += slices[slice * Results + Group.IdxX];
        }

        return sum;
    }
}

/// <summary>
/// The end of a matrix product: result [rows, n] from partial [splits, rows, n], as <see cref="Gemm{TTile, TLeft, TRight}"/>
/// would have written it.
/// </summary>
internal struct FinishProduct : IKernel
{
    public int Splits, Count, N, Accumulate, Cut;
    public ArrayView<float> Partial, Result, Bias;

    public readonly void Run()
    {
        var value = SplitK.Sum(Partial, Splits, Count);
        if (!SplitK.HasResult(Count)) return;
        var i = SplitK.Result;
        if (Accumulate != 0) value += Result[i];
        if (Bias.Length != 0) value += Bias[i % N];
        Result[i] = Cut != 0 && value < 0 ? 0 : value;
    }
}

/// <summary>
/// The end of a convolution's weight gradient: partial [splits, rows, n] has taps columns for gradWeight [rows, taps] and, if n
/// is one more, the sum of each row's gradients for gradBias [rows].
/// </summary>
internal struct FinishWeightGradient : IKernel
{
    public int Splits, Count, N, Taps;
    public ArrayView<float> Partial, GradWeight, GradBias;

    public readonly void Run()
    {
        var value = SplitK.Sum(Partial, Splits, Count);
        if (!SplitK.HasResult(Count)) return;
        int row = SplitK.Result / N, tap = SplitK.Result % N;
        if (tap < Taps) GradWeight[row * Taps + tap] = value;
        else GradBias[row] = value;
    }
}
