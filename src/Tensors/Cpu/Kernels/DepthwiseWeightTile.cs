using System.Runtime.CompilerServices;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// sums[tap] += Σ over a block's positions of gradient[i, j] · window[i · pitch + j + offset[tap]], lane by lane: a vector for
/// each tap, and one after them for the sum of the gradients. A block's sums start at zero and are added to what is there, so
/// that no lane adds up too long a row of numbers. The last vector of a row is aligned with its end, without the lanes that were
/// counted before.
/// </summary>
internal static unsafe class DepthwiseWeightTile<TVector>
    where TVector : struct, IFloatVector<TVector>
{
    // Sums at a time where the taps are not a square.
    private const int Taps = 6;

    /// <summary>Adds a block; side is 3 or 5 if the taps are a square, side by side.</summary>
    public static void Run(
        in DepthwiseBlock block, float* window, float* gradients, int* offsets, int taps, int side, float* sums)
    {
        if (side == 3)
        {
            Square3(block, window, gradients, sums);
        }
        else if (side == 5)
        {
            Square5(block, window, gradients, sums);
        }
        else
        {
            // Beyond the last tap, the last one is computed again and dropped.
            var six = stackalloc int[Taps];
            var products = stackalloc float[Taps * TVector.Count];
            for (var tap = 0; tap < taps; tap += Taps)
            {
                for (var i = 0; i < Taps; i++) six[i] = offsets[Math.Min(tap + i, taps - 1)];
                new Span<float>(products, Taps * TVector.Count).Clear();
                Six(block, window, gradients, six, products);
                for (var i = 0; i < Math.Min(Taps, taps - tap); i++)
                    AddTo(sums + (tap + i) * TVector.Count, TVector.Load(products + i * TVector.Count));
            }
        }

        Bias(block, gradients, sums + taps * TVector.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Six(in DepthwiseBlock block, float* window, float* gradients, int* offsets, float* sums)
    {
        float* x0 = window + offsets[0], x1 = window + offsets[1], x2 = window + offsets[2];
        float* x3 = window + offsets[3], x4 = window + offsets[4], x5 = window + offsets[5];
        TVector s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
        for (nint row = 0; row < block.Rows; row++, gradients += block.TargetPitch)
        {
            for (var column = 0; column < block.Columns; column += TVector.Count)
            {
                var g = Gradient(gradients, column, block.Columns, out var at);
                var position = row * block.Pitch + at;
                Add(x0 + position, g, ref s0);
                Add(x1 + position, g, ref s1);
                Add(x2 + position, g, ref s2);
                Add(x3 + position, g, ref s3);
                Add(x4 + position, g, ref s4);
                Add(x5 + position, g, ref s5);
            }
        }

        AddTo(sums, s0);
        AddTo(sums + TVector.Count, s1);
        AddTo(sums + 2 * TVector.Count, s2);
        AddTo(sums + 3 * TVector.Count, s3);
        AddTo(sums + 4 * TVector.Count, s4);
        AddTo(sums + 5 * TVector.Count, s5);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Square3(in DepthwiseBlock block, float* window, float* gradients, float* sums)
    {
        nint pitch = block.Pitch;
        TVector s00 = default, s01 = default, s02 = default;
        TVector s10 = default, s11 = default, s12 = default;
        TVector s20 = default, s21 = default, s22 = default;
        for (var row = 0; row < block.Rows; row++, window += pitch, gradients += block.TargetPitch)
        {
            for (var column = 0; column < block.Columns; column += TVector.Count)
            {
                var g = Gradient(gradients, column, block.Columns, out var at);
                var x = window + at;
                Add(x, g, ref s00);
                Add(x + 1, g, ref s01);
                Add(x + 2, g, ref s02);
                x += pitch;
                Add(x, g, ref s10);
                Add(x + 1, g, ref s11);
                Add(x + 2, g, ref s12);
                x += pitch;
                Add(x, g, ref s20);
                Add(x + 1, g, ref s21);
                Add(x + 2, g, ref s22);
            }
        }

        AddTo(sums, s00);
        AddTo(sums + TVector.Count, s01);
        AddTo(sums + 2 * TVector.Count, s02);
        AddTo(sums + 3 * TVector.Count, s10);
        AddTo(sums + 4 * TVector.Count, s11);
        AddTo(sums + 5 * TVector.Count, s12);
        AddTo(sums + 6 * TVector.Count, s20);
        AddTo(sums + 7 * TVector.Count, s21);
        AddTo(sums + 8 * TVector.Count, s22);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Square5(in DepthwiseBlock block, float* window, float* gradients, float* sums)
    {
        nint pitch = block.Pitch;
        TVector s00 = default, s01 = default, s02 = default, s03 = default, s04 = default;
        TVector s10 = default, s11 = default, s12 = default, s13 = default, s14 = default;
        TVector s20 = default, s21 = default, s22 = default, s23 = default, s24 = default;
        TVector s30 = default, s31 = default, s32 = default, s33 = default, s34 = default;
        TVector s40 = default, s41 = default, s42 = default, s43 = default, s44 = default;
        for (var row = 0; row < block.Rows; row++, window += pitch, gradients += block.TargetPitch)
        {
            for (var column = 0; column < block.Columns; column += TVector.Count)
            {
                var g = Gradient(gradients, column, block.Columns, out var at);
                var x = window + at;
                Add(x, g, ref s00);
                Add(x + 1, g, ref s01);
                Add(x + 2, g, ref s02);
                Add(x + 3, g, ref s03);
                Add(x + 4, g, ref s04);
                x += pitch;
                Add(x, g, ref s10);
                Add(x + 1, g, ref s11);
                Add(x + 2, g, ref s12);
                Add(x + 3, g, ref s13);
                Add(x + 4, g, ref s14);
                x += pitch;
                Add(x, g, ref s20);
                Add(x + 1, g, ref s21);
                Add(x + 2, g, ref s22);
                Add(x + 3, g, ref s23);
                Add(x + 4, g, ref s24);
                x += pitch;
                Add(x, g, ref s30);
                Add(x + 1, g, ref s31);
                Add(x + 2, g, ref s32);
                Add(x + 3, g, ref s33);
                Add(x + 4, g, ref s34);
                x += pitch;
                Add(x, g, ref s40);
                Add(x + 1, g, ref s41);
                Add(x + 2, g, ref s42);
                Add(x + 3, g, ref s43);
                Add(x + 4, g, ref s44);
            }
        }

        AddTo(sums, s00);
        AddTo(sums + TVector.Count, s01);
        AddTo(sums + 2 * TVector.Count, s02);
        AddTo(sums + 3 * TVector.Count, s03);
        AddTo(sums + 4 * TVector.Count, s04);
        AddTo(sums + 5 * TVector.Count, s10);
        AddTo(sums + 6 * TVector.Count, s11);
        AddTo(sums + 7 * TVector.Count, s12);
        AddTo(sums + 8 * TVector.Count, s13);
        AddTo(sums + 9 * TVector.Count, s14);
        AddTo(sums + 10 * TVector.Count, s20);
        AddTo(sums + 11 * TVector.Count, s21);
        AddTo(sums + 12 * TVector.Count, s22);
        AddTo(sums + 13 * TVector.Count, s23);
        AddTo(sums + 14 * TVector.Count, s24);
        AddTo(sums + 15 * TVector.Count, s30);
        AddTo(sums + 16 * TVector.Count, s31);
        AddTo(sums + 17 * TVector.Count, s32);
        AddTo(sums + 18 * TVector.Count, s33);
        AddTo(sums + 19 * TVector.Count, s34);
        AddTo(sums + 20 * TVector.Count, s40);
        AddTo(sums + 21 * TVector.Count, s41);
        AddTo(sums + 22 * TVector.Count, s42);
        AddTo(sums + 23 * TVector.Count, s43);
        AddTo(sums + 24 * TVector.Count, s44);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Bias(in DepthwiseBlock block, float* gradients, float* sums)
    {
        TVector sum = default;
        for (var row = 0; row < block.Rows; row++, gradients += block.TargetPitch)
        {
            for (var column = 0; column < block.Columns; column += TVector.Count)
                sum = TVector.Add(sum, Gradient(gradients, column, block.Columns, out _));
        }

        AddTo(sums, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Gradient(float* row, int column, int columns, out int at)
    {
        at = Math.Min(column, columns - TVector.Count);
        var gradient = TVector.Load(row + at);
        return at == column ? gradient : TVector.ClearFirst(gradient, column - at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* x, TVector g, ref TVector sum) => TVector.MultiplyAdd(g, TVector.Load(x), ref sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(float* sums, TVector sum) => TVector.Store(TVector.Add(TVector.Load(sums), sum), sums);
}
