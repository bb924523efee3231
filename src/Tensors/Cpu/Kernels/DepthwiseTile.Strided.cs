using System.Runtime.CompilerServices;

namespace Engine.Tensors.Cpu.Kernels;

// Squares of 3 or 5 taps in each direction with stride 2. In a window whose planes hold the image's even and odd rows and
// columns, they are four rectangles of taps side by side: (even, even), (even, odd), (odd, even) and (odd, odd).
internal static unsafe partial class DepthwiseTile<TVector>
{
    /// <summary>
    /// Computes a block of at least four rows with side · side taps at stride 2; the window's planes are
    /// <paramref name="plane"/> floats apart, the weights in the planes' order.
    /// </summary>
    public static void RunStrided(in DepthwiseBlock block, float* window, int plane, float* target, float* weights, int side)
    {
        for (var row = 0; row < block.Rows; row += Rows)
        {
            var at = Math.Min(row, block.Rows - Rows);
            float* from = window + (long)at * block.Pitch, to = target + (long)at * block.TargetPitch;
            if (side == 3) Strided3(block, from, plane, to, weights);
            else Strided5(block, from, plane, to, weights);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Strided3(in DepthwiseBlock block, float* window, nint plane, float* target, float* weights)
    {
        nint pitch = block.Pitch, step = block.TargetPitch;
        for (var column = 0; column < block.Columns; column += TVector.Count)
        {
            var at = Math.Min(column, block.Columns - TVector.Count);
            TVector a = TVector.Create(block.Bias), b = a, c = a, d = a;

            var x = window + at;
            TVector p00 = TVector.Create(weights[0]), p01 = TVector.Create(weights[1]);
            TVector p10 = TVector.Create(weights[2]), p11 = TVector.Create(weights[3]);
            Add(x, p00, ref a);
            Add(x + 1, p01, ref a);
            x += pitch;
            Add(x, p10, ref a, p00, ref b);
            Add(x + 1, p11, ref a, p01, ref b);
            x += pitch;
            Add(x, p10, ref b, p00, ref c);
            Add(x + 1, p11, ref b, p01, ref c);
            x += pitch;
            Add(x, p10, ref c, p00, ref d);
            Add(x + 1, p11, ref c, p01, ref d);
            x += pitch;
            Add(x, p10, ref d);
            Add(x + 1, p11, ref d);

            x = window + at + plane;
            TVector q00 = TVector.Create(weights[4]);
            TVector q10 = TVector.Create(weights[5]);
            Add(x, q00, ref a);
            x += pitch;
            Add(x, q10, ref a, q00, ref b);
            x += pitch;
            Add(x, q10, ref b, q00, ref c);
            x += pitch;
            Add(x, q10, ref c, q00, ref d);
            x += pitch;
            Add(x, q10, ref d);

            x = window + at + 2 * plane;
            TVector r00 = TVector.Create(weights[6]), r01 = TVector.Create(weights[7]);
            Add(x, r00, ref a);
            Add(x + 1, r01, ref a);
            x += pitch;
            Add(x, r00, ref b);
            Add(x + 1, r01, ref b);
            x += pitch;
            Add(x, r00, ref c);
            Add(x + 1, r01, ref c);
            x += pitch;
            Add(x, r00, ref d);
            Add(x + 1, r01, ref d);

            x = window + at + 3 * plane;
            TVector s00 = TVector.Create(weights[8]);
            Add(x, s00, ref a);
            x += pitch;
            Add(x, s00, ref b);
            x += pitch;
            Add(x, s00, ref c);
            x += pitch;
            Add(x, s00, ref d);

            var to = target + at;
            Store(a, block.Relu, to);
            Store(b, block.Relu, to + step);
            Store(c, block.Relu, to + 2 * step);
            Store(d, block.Relu, to + 3 * step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Strided5(in DepthwiseBlock block, float* window, nint plane, float* target, float* weights)
    {
        nint pitch = block.Pitch, step = block.TargetPitch;
        for (var column = 0; column < block.Columns; column += TVector.Count)
        {
            var at = Math.Min(column, block.Columns - TVector.Count);
            TVector a = TVector.Create(block.Bias), b = a, c = a, d = a;

            var x = window + at;
            TVector p00 = TVector.Create(weights[0]), p01 = TVector.Create(weights[1]), p02 = TVector.Create(weights[2]);
            TVector p10 = TVector.Create(weights[3]), p11 = TVector.Create(weights[4]), p12 = TVector.Create(weights[5]);
            TVector p20 = TVector.Create(weights[6]), p21 = TVector.Create(weights[7]), p22 = TVector.Create(weights[8]);
            Add(x, p00, ref a);
            Add(x + 1, p01, ref a);
            Add(x + 2, p02, ref a);
            x += pitch;
            Add(x, p10, ref a, p00, ref b);
            Add(x + 1, p11, ref a, p01, ref b);
            Add(x + 2, p12, ref a, p02, ref b);
            x += pitch;
            Add(x, p20, ref a, p10, ref b, p00, ref c);
            Add(x + 1, p21, ref a, p11, ref b, p01, ref c);
            Add(x + 2, p22, ref a, p12, ref b, p02, ref c);
            x += pitch;
            Add(x, p20, ref b, p10, ref c, p00, ref d);
            Add(x + 1, p21, ref b, p11, ref c, p01, ref d);
            Add(x + 2, p22, ref b, p12, ref c, p02, ref d);
            x += pitch;
            Add(x, p20, ref c, p10, ref d);
            Add(x + 1, p21, ref c, p11, ref d);
            Add(x + 2, p22, ref c, p12, ref d);
            x += pitch;
            Add(x, p20, ref d);
            Add(x + 1, p21, ref d);
            Add(x + 2, p22, ref d);

            x = window + at + plane;
            TVector q00 = TVector.Create(weights[9]), q01 = TVector.Create(weights[10]);
            TVector q10 = TVector.Create(weights[11]), q11 = TVector.Create(weights[12]);
            TVector q20 = TVector.Create(weights[13]), q21 = TVector.Create(weights[14]);
            Add(x, q00, ref a);
            Add(x + 1, q01, ref a);
            x += pitch;
            Add(x, q10, ref a, q00, ref b);
            Add(x + 1, q11, ref a, q01, ref b);
            x += pitch;
            Add(x, q20, ref a, q10, ref b, q00, ref c);
            Add(x + 1, q21, ref a, q11, ref b, q01, ref c);
            x += pitch;
            Add(x, q20, ref b, q10, ref c, q00, ref d);
            Add(x + 1, q21, ref b, q11, ref c, q01, ref d);
            x += pitch;
            Add(x, q20, ref c, q10, ref d);
            Add(x + 1, q21, ref c, q11, ref d);
            x += pitch;
            Add(x, q20, ref d);
            Add(x + 1, q21, ref d);

            x = window + at + 2 * plane;
            TVector r00 = TVector.Create(weights[15]), r01 = TVector.Create(weights[16]), r02 = TVector.Create(weights[17]);
            TVector r10 = TVector.Create(weights[18]), r11 = TVector.Create(weights[19]), r12 = TVector.Create(weights[20]);
            Add(x, r00, ref a);
            Add(x + 1, r01, ref a);
            Add(x + 2, r02, ref a);
            x += pitch;
            Add(x, r10, ref a, r00, ref b);
            Add(x + 1, r11, ref a, r01, ref b);
            Add(x + 2, r12, ref a, r02, ref b);
            x += pitch;
            Add(x, r10, ref b, r00, ref c);
            Add(x + 1, r11, ref b, r01, ref c);
            Add(x + 2, r12, ref b, r02, ref c);
            x += pitch;
            Add(x, r10, ref c, r00, ref d);
            Add(x + 1, r11, ref c, r01, ref d);
            Add(x + 2, r12, ref c, r02, ref d);
            x += pitch;
            Add(x, r10, ref d);
            Add(x + 1, r11, ref d);
            Add(x + 2, r12, ref d);

            x = window + at + 3 * plane;
            TVector s00 = TVector.Create(weights[21]), s01 = TVector.Create(weights[22]);
            TVector s10 = TVector.Create(weights[23]), s11 = TVector.Create(weights[24]);
            Add(x, s00, ref a);
            Add(x + 1, s01, ref a);
            x += pitch;
            Add(x, s10, ref a, s00, ref b);
            Add(x + 1, s11, ref a, s01, ref b);
            x += pitch;
            Add(x, s10, ref b, s00, ref c);
            Add(x + 1, s11, ref b, s01, ref c);
            x += pitch;
            Add(x, s10, ref c, s00, ref d);
            Add(x + 1, s11, ref c, s01, ref d);
            x += pitch;
            Add(x, s10, ref d);
            Add(x + 1, s11, ref d);

            var to = target + at;
            Store(a, block.Relu, to);
            Store(b, block.Relu, to + step);
            Store(c, block.Relu, to + 2 * step);
            Store(d, block.Relu, to + 3 * step);
        }
    }
}
