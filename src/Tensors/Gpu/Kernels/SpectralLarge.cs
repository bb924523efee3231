using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

// Spectrograms of frames whose transform does not fit into shared memory: the steps of Spectrogram as kernels of their own, over
// a chunk of frames [chunk, Points] in global memory, from one buffer to another. Points is a power of two; where it is not the
// number of points transformed, they are convolved with a chirp.

/// <summary>Frames from First on, windowed; times the chirp unless there is none; zero from Transform on.</summary>
internal struct LoadFrames : IKernel
{
    public int Count, First, Transform, Points;
    public FrameSource Source;
    public ArrayView<ComplexF> Chirp, X;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            int n = (int)i & (Points - 1), frame = First + (int)i / Points;
            ComplexF x = default;
            if (n < Transform)
            {
                x = Source.Point(Source.Place(frame, n), n);
                if (Chirp.Length != 0) x *= Chirp[n];
            }

            X[i] = x;
        }
    }
}

/// <summary>
/// A pass of radix 2 with S columns done (see <see cref="SpectralBuffers"/>) over Count pairs of points of all frames.
/// </summary>
internal struct Radix2Pass : IKernel
{
    public int Count, Points, S;
    public ArrayView<ComplexF> X, Roots, Y;

    public readonly void Run()
    {
        var m = Points / 2;
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            int b = (int)i & (m - 1), q = b & (S - 1), turn = b - q, frame = 2 * ((int)i - b);
            int place = frame + 2 * turn + q;
            ComplexF x0 = X[frame + b], x1 = X[frame + b + m];
            Y[place] = x0 + x1;
            Y[place + S] = (x0 - x1) * Roots[turn];
        }
    }
}

/// <summary>A pass of radix 4, like <see cref="Radix2Pass"/>.</summary>
internal struct Radix4Pass : IKernel
{
    public int Count, Points, S;
    public ArrayView<ComplexF> X, Roots, Y;

    public readonly void Run()
    {
        var m = Points / 4;
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            int b = (int)i & (m - 1), q = b & (S - 1), turn = b - q, frame = 4 * ((int)i - b);
            int from = frame + b, place = frame + 4 * turn + q;
            ComplexF x0 = X[from], x1 = X[from + m], x2 = X[from + 2 * m], x3 = X[from + 3 * m];
            ComplexF even = x0 + x2, less = x0 - x2, odd = x1 + x3, turned = new(x1.Im - x3.Im, x3.Re - x1.Re);
            Y[place] = even + odd;
            Y[place + S] = (less + turned) * Roots[turn];
            Y[place + 2 * S] = (even - odd) * Roots[2 * turn];
            Y[place + 3 * S] = (less - turned) * Roots[3 * turn];
        }
    }
}

/// <summary>
/// In place, point n of each frame times factor n, as far as there are factors; the conjugate is taken of x before
/// (<see cref="Yes"/>), or of the product after.
/// </summary>
internal struct MultiplyPoints<TConjugateBefore> : IKernel
    where TConjugateBefore : struct, IFlag
{
    public int Count, Points, Factors;
    public ArrayView<ComplexF> X, Factor;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            var n = (int)i & (Points - 1);
            if (n < Factors) X[i] = TConjugateBefore.IsSet ? X[i].Conjugate * Factor[n] : (X[i] * Factor[n]).Conjugate;
        }
    }
}

/// <summary>Bins [Count / Bins, Bins] of the frames from First on.</summary>
internal struct StoreBins : IKernel
{
    public int Count, First, Bins, Transform, Points, IsPaired;
    public ArrayView<ComplexF> X, Turns;
    public BinTarget Target;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            int frame = (int)i / Bins, k = (int)i - frame * Bins, z = frame * Points;
            var x = X[z + (k == Transform ? 0 : k)];
            if (IsPaired != 0) x = BinTarget.Split(x, X[z + (k == 0 ? 0 : Transform - k)], Turns[k]);
            Target.Store(First * Bins + (int)i, x);
        }
    }
}
