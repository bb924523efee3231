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
internal static unsafe partial class DepthwiseTile<TVector>
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

    /// <summary>
    /// Computes a block of at least four rows with side · side taps, 3 or 5 in each direction, side by side: each vector of the
    /// window is loaded once for all rows that use it.
    /// </summary>
    public static void RunSquare(in DepthwiseBlock block, float* window, float* target, float* weights, int side)
    {
        for (var row = 0; row < block.Rows; row += Rows)
        {
            var at = Math.Min(row, block.Rows - Rows);
            float* from = window + (long)at * block.Pitch, to = target + (long)at * block.TargetPitch;
            if (side == 3) Square3(block, from, to, weights);
            else Square5(block, from, to, weights);
        }
    }

    /// <summary>Whether <see cref="RunSquare"/> and <see cref="RunStrided"/> serve a block.</summary>
    public static bool ServesSquare(in DepthwiseBlock block) => block.Rows >= Rows;

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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Square3(in DepthwiseBlock block, float* window, float* target, float* weights)
    {
        nint pitch = block.Pitch, step = block.TargetPitch;
        TVector w00 = TVector.Create(weights[0]), w01 = TVector.Create(weights[1]), w02 = TVector.Create(weights[2]);
        TVector w10 = TVector.Create(weights[3]), w11 = TVector.Create(weights[4]), w12 = TVector.Create(weights[5]);
        TVector w20 = TVector.Create(weights[6]), w21 = TVector.Create(weights[7]), w22 = TVector.Create(weights[8]);
        for (var column = 0; column < block.Columns; column += TVector.Count)
        {
            var at = Math.Min(column, block.Columns - TVector.Count);
            var x = window + at;
            TVector a = TVector.Create(block.Bias), b = a, c = a, d = a;
            Add(x, w00, ref a);
            Add(x + 1, w01, ref a);
            Add(x + 2, w02, ref a);
            x += pitch;
            Add(x, w10, ref a, w00, ref b);
            Add(x + 1, w11, ref a, w01, ref b);
            Add(x + 2, w12, ref a, w02, ref b);
            x += pitch;
            Add(x, w20, ref a, w10, ref b, w00, ref c);
            Add(x + 1, w21, ref a, w11, ref b, w01, ref c);
            Add(x + 2, w22, ref a, w12, ref b, w02, ref c);
            x += pitch;
            Add(x, w20, ref b, w10, ref c, w00, ref d);
            Add(x + 1, w21, ref b, w11, ref c, w01, ref d);
            Add(x + 2, w22, ref b, w12, ref c, w02, ref d);
            x += pitch;
            Add(x, w20, ref c, w10, ref d);
            Add(x + 1, w21, ref c, w11, ref d);
            Add(x + 2, w22, ref c, w12, ref d);
            x += pitch;
            Add(x, w20, ref d);
            Add(x + 1, w21, ref d);
            Add(x + 2, w22, ref d);
            var to = target + at;
            Store(a, block.Relu, to);
            Store(b, block.Relu, to + step);
            Store(c, block.Relu, to + 2 * step);
            Store(d, block.Relu, to + 3 * step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Square5(in DepthwiseBlock block, float* window, float* target, float* weights)
    {
        nint pitch = block.Pitch, step = block.TargetPitch;
        TVector w00 = TVector.Create(weights[0]), w01 = TVector.Create(weights[1]), w02 = TVector.Create(weights[2]),
        w03 = TVector.Create(weights[3]), w04 = TVector.Create(weights[4]);
        TVector w10 = TVector.Create(weights[5]), w11 = TVector.Create(weights[6]), w12 = TVector.Create(weights[7]),
        w13 = TVector.Create(weights[8]), w14 = TVector.Create(weights[9]);
        TVector w20 = TVector.Create(weights[10]), w21 = TVector.Create(weights[11]), w22 = TVector.Create(weights[12]),
        w23 = TVector.Create(weights[13]), w24 = TVector.Create(weights[14]);
        TVector w30 = TVector.Create(weights[15]), w31 = TVector.Create(weights[16]), w32 = TVector.Create(weights[17]),
        w33 = TVector.Create(weights[18]), w34 = TVector.Create(weights[19]);
        TVector w40 = TVector.Create(weights[20]), w41 = TVector.Create(weights[21]), w42 = TVector.Create(weights[22]),
        w43 = TVector.Create(weights[23]), w44 = TVector.Create(weights[24]);
        for (var column = 0; column < block.Columns; column += TVector.Count)
        {
            var at = Math.Min(column, block.Columns - TVector.Count);
            var x = window + at;
            TVector a = TVector.Create(block.Bias), b = a, c = a, d = a;
            Add(x, w00, ref a);
            Add(x + 1, w01, ref a);
            Add(x + 2, w02, ref a);
            Add(x + 3, w03, ref a);
            Add(x + 4, w04, ref a);
            x += pitch;
            Add(x, w10, ref a, w00, ref b);
            Add(x + 1, w11, ref a, w01, ref b);
            Add(x + 2, w12, ref a, w02, ref b);
            Add(x + 3, w13, ref a, w03, ref b);
            Add(x + 4, w14, ref a, w04, ref b);
            x += pitch;
            Add(x, w20, ref a, w10, ref b, w00, ref c);
            Add(x + 1, w21, ref a, w11, ref b, w01, ref c);
            Add(x + 2, w22, ref a, w12, ref b, w02, ref c);
            Add(x + 3, w23, ref a, w13, ref b, w03, ref c);
            Add(x + 4, w24, ref a, w14, ref b, w04, ref c);
            x += pitch;
            Add(x, w30, ref a, w20, ref b, w10, ref c, w00, ref d);
            Add(x + 1, w31, ref a, w21, ref b, w11, ref c, w01, ref d);
            Add(x + 2, w32, ref a, w22, ref b, w12, ref c, w02, ref d);
            Add(x + 3, w33, ref a, w23, ref b, w13, ref c, w03, ref d);
            Add(x + 4, w34, ref a, w24, ref b, w14, ref c, w04, ref d);
            x += pitch;
            Add(x, w40, ref a, w30, ref b, w20, ref c, w10, ref d);
            Add(x + 1, w41, ref a, w31, ref b, w21, ref c, w11, ref d);
            Add(x + 2, w42, ref a, w32, ref b, w22, ref c, w12, ref d);
            Add(x + 3, w43, ref a, w33, ref b, w23, ref c, w13, ref d);
            Add(x + 4, w44, ref a, w34, ref b, w24, ref c, w14, ref d);
            x += pitch;
            Add(x, w40, ref b, w30, ref c, w20, ref d);
            Add(x + 1, w41, ref b, w31, ref c, w21, ref d);
            Add(x + 2, w42, ref b, w32, ref c, w22, ref d);
            Add(x + 3, w43, ref b, w33, ref c, w23, ref d);
            Add(x + 4, w44, ref b, w34, ref c, w24, ref d);
            x += pitch;
            Add(x, w40, ref c, w30, ref d);
            Add(x + 1, w41, ref c, w31, ref d);
            Add(x + 2, w42, ref c, w32, ref d);
            Add(x + 3, w43, ref c, w33, ref d);
            Add(x + 4, w44, ref c, w34, ref d);
            x += pitch;
            Add(x, w40, ref d);
            Add(x + 1, w41, ref d);
            Add(x + 2, w42, ref d);
            Add(x + 3, w43, ref d);
            Add(x + 4, w44, ref d);
            var to = target + at;
            Store(a, block.Relu, to);
            Store(b, block.Relu, to + step);
            Store(c, block.Relu, to + 2 * step);
            Store(d, block.Relu, to + 3 * step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* x, TVector w, ref TVector a) => TVector.MultiplyAdd(w, TVector.Load(x), ref a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* x, TVector w, ref TVector a, TVector w1, ref TVector b)
    {
        var value = TVector.Load(x);
        TVector.MultiplyAdd(w, value, ref a);
        TVector.MultiplyAdd(w1, value, ref b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* x, TVector w, ref TVector a, TVector w1, ref TVector b, TVector w2, ref TVector c)
    {
        var value = TVector.Load(x);
        TVector.MultiplyAdd(w, value, ref a);
        TVector.MultiplyAdd(w1, value, ref b);
        TVector.MultiplyAdd(w2, value, ref c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        float* x, TVector w, ref TVector a, TVector w1, ref TVector b, TVector w2, ref TVector c, TVector w3, ref TVector d)
    {
        var value = TVector.Load(x);
        TVector.MultiplyAdd(w, value, ref a);
        TVector.MultiplyAdd(w1, value, ref b);
        TVector.MultiplyAdd(w2, value, ref c);
        TVector.MultiplyAdd(w3, value, ref d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TVector sum, bool relu, float* to) =>
        TVector.Store(relu ? TVector.CutNegative(sum) : sum, to);
}
