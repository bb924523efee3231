using System.Runtime.CompilerServices;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>A block of one plane's output positions, and what happens to their sums.</summary>
/// <param name="Rows">Rows of positions.</param>
/// <param name="Columns">Columns of positions, at least as many as a vector has.</param>
/// <param name="Pitch">Floats between rows of the window.</param>
/// <param name="TargetPitch">Floats between rows of the target.</param>
/// <param name="Bias">What every sum begins with.</param>
/// <param name="Relu">Whether negatives are cut to zero.</param>
internal readonly record struct DepthwiseBlock(int Rows, int Columns, int Pitch, int TargetPitch, float Bias, bool Relu);

/// <summary>
/// target[i, j] = bias + Σ over taps of weight[tap] · window[i · pitch + j + offset[tap]], four rows at a time, vectors along
/// the columns. The last rows and columns overlap those before: every value is computed alike wherever it lies in a tile.
/// </summary>
internal static unsafe class DepthwiseTile<TVector>
    where TVector : struct, IFloatVector<TVector>
{
    private const int Rows = 4;

    /// <summary>Computes a block with any taps.</summary>
    public static void Run(in DepthwiseBlock block, float* window, float* target, float* weights, int* offsets, int taps)
    {
        for (var row = 0; row < block.Rows; row += Rows)
        {
            if (block.Rows < Rows)
            {
                for (; row < block.Rows; row++)
                    One(block, window + (long)row * block.Pitch, target + (long)row * block.TargetPitch, weights, offsets, taps);
                return;
            }

            var at = Math.Min(row, block.Rows - Rows);
            Four(block, window + (long)at * block.Pitch, target + (long)at * block.TargetPitch, weights, offsets, taps);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(in DepthwiseBlock block, float* window, float* target, float* weights, int* offsets, int taps)
    {
        nint pitch = block.Pitch, step = block.TargetPitch;
        for (int column = 0, width; column < block.Columns; column += width)
        {
            width = column + 2 * TVector.Count <= block.Columns ? 2 * TVector.Count : TVector.Count;
            var at = Math.Min(column, block.Columns - width);
            var bias = TVector.Create(block.Bias);
            TVector a = bias, b = bias, c = bias, d = bias;
            var to = target + at;
            if (width == TVector.Count)
            {
                for (var tap = 0; tap < taps; tap++)
                {
                    var x = window + at + offsets[tap];
                    var w = TVector.Create(weights[tap]);
                    Add(x, w, ref a);
                    Add(x + pitch, w, ref b);
                    Add(x + 2 * pitch, w, ref c);
                    Add(x + 3 * pitch, w, ref d);
                }
            }
            else
            {
                TVector e = bias, f = bias, g = bias, h = bias;
                for (var tap = 0; tap < taps; tap++)
                {
                    var x = window + at + offsets[tap];
                    var w = TVector.Create(weights[tap]);
                    Add(x, w, ref a);
                    Add(x + TVector.Count, w, ref e);
                    x += pitch;
                    Add(x, w, ref b);
                    Add(x + TVector.Count, w, ref f);
                    x += pitch;
                    Add(x, w, ref c);
                    Add(x + TVector.Count, w, ref g);
                    x += pitch;
                    Add(x, w, ref d);
                    Add(x + TVector.Count, w, ref h);
                }

                var right = to + TVector.Count;
                Store(e, block.Relu, right);
                Store(f, block.Relu, right + step);
                Store(g, block.Relu, right + 2 * step);
                Store(h, block.Relu, right + 3 * step);
            }

            Store(a, block.Relu, to);
            Store(b, block.Relu, to + step);
            Store(c, block.Relu, to + 2 * step);
            Store(d, block.Relu, to + 3 * step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(in DepthwiseBlock block, float* window, float* target, float* weights, int* offsets, int taps)
    {
        for (var column = 0; column < block.Columns; column += TVector.Count)
        {
            var at = Math.Min(column, block.Columns - TVector.Count);
            var sum = TVector.Create(block.Bias);
            for (var tap = 0; tap < taps; tap++) Add(window + at + offsets[tap], TVector.Create(weights[tap]), ref sum);
            Store(sum, block.Relu, target + at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* x, TVector w, ref TVector a) => TVector.MultiplyAdd(w, TVector.Load(x), ref a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TVector sum, bool relu, float* to) =>
        TVector.Store(relu ? TVector.CutNegative(sum) : sum, to);
}
