using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// A frame's two buffers in shared memory, from From and from To on, and the steps from the one to the other. Items work items
/// share them, of which this is one. In a pass of radix r with s columns done, for b = q + s·p, 0 ≤ q &lt; s, and
/// j, k = 0 … r - 1: to[q + s·(r·p + j)] = exp(-2πi·j·p·s/points)·Σ_k from[b + k·points/r]·exp(-2πi·jk/r).
/// An odd radix r takes the points k and r - k together: sums of a_k = x_k + x_(r-k) with cosines and of b_k = x_k - x_(r-k) with
/// sines give the results j and r - j.
/// </summary>
internal struct SpectralBuffers
{
    public int Item, Items;
    public int From, To;
    public ArrayView<ComplexF> Memory;

    /// <summary>exp(-2πi·k/points).</summary>
    public ArrayView<ComplexF> Roots;

    /// <summary>A pass of radix 2; s is a power of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Radix2(in SpectralStep step)
    {
        int s = step.Columns, m = step.Count;
        for (var b = Item; b < m; b += Items)
        {
            int q = b & (s - 1), turn = b - q, place = To + 2 * turn + q;
            var at = From + b;
            ComplexF x0 = Memory[at], x1 = Memory[at + m];
            Memory[place] = x0 + x1;
            Memory[place + s] = (x0 - x1) * Roots[turn];
        }
    }

    /// <summary>A pass of radix 4; s is a power of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Radix4(in SpectralStep step)
    {
        int s = step.Columns, m = step.Count;
        for (var b = Item; b < m; b += Items)
        {
            int q = b & (s - 1), turn = b - q, place = To + 4 * turn + q;
            var at = From + b;
            ComplexF x0 = Memory[at], x1 = Memory[at + m], x2 = Memory[at + 2 * m], x3 = Memory[at + 3 * m];
            ComplexF even = x0 + x2, less = x0 - x2, odd = x1 + x3, turned = new(x1.Im - x3.Im, x3.Re - x1.Re);
            Memory[place] = even + odd;
            Memory[place + s] = (less + turned) * Roots[turn];
            Memory[place + 2 * s] = (even - odd) * Roots[2 * turn];
            Memory[place + 3 * s] = (less - turned) * Roots[3 * turn];
        }
    }

    /// <summary>A pass of radix 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Radix3(in SpectralStep step)
    {
        int s = step.Columns, m = step.Count;
        for (var b = Item; b < m; b += Items)
        {
            int turn = s * step.Row(b), place = To + 2 * turn + b;
            var at = From + b;
            ComplexF x0 = Memory[at], x1 = Memory[at + m], x2 = Memory[at + 2 * m];
            ComplexF a1 = x1 + x2, b1 = x1 - x2;
            Memory[place] = x0 + a1;

            // exp(-2πi/3).
            const float c1 = -0.5f, s1 = -0.866025404f;
            WritePair(place, s, 3, 1, turn, Sum(x0, a1, c1), Product(b1, s1));
        }
    }

    /// <summary>A pass of radix 5.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Radix5(in SpectralStep step)
    {
        int s = step.Columns, m = step.Count;
        for (var b = Item; b < m; b += Items)
        {
            int turn = s * step.Row(b), place = To + 4 * turn + b;
            var at = From + b;
            ComplexF x0 = Memory[at], x1 = Memory[at + m], x2 = Memory[at + 2 * m], x3 = Memory[at + 3 * m];
            ComplexF x4 = Memory[at + 4 * m];
            ComplexF a1 = x1 + x4, b1 = x1 - x4, a2 = x2 + x3, b2 = x2 - x3;
            Memory[place] = x0 + a1 + a2;

            // exp(-2πi·k/5), k = 1, 2.
            const float c1 = 0.309016994f, s1 = -0.951056516f, c2 = -0.809016994f, s2 = -0.587785252f;
            WritePair(place, s, 5, 1, turn, Sum(Sum(x0, a1, c1), a2, c2), Sum(Product(b1, s1), b2, s2));
            WritePair(place, s, 5, 2, turn, Sum(Sum(x0, a1, c2), a2, c1), Sum(Product(b1, s2), b2, -s1));
        }
    }

    /// <summary>A pass of radix 7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Radix7(in SpectralStep step)
    {
        int s = step.Columns, m = step.Count;
        for (var b = Item; b < m; b += Items)
        {
            int turn = s * step.Row(b), place = To + 6 * turn + b;
            var at = From + b;
            ComplexF x0 = Memory[at], x1 = Memory[at + m], x2 = Memory[at + 2 * m], x3 = Memory[at + 3 * m];
            ComplexF x4 = Memory[at + 4 * m], x5 = Memory[at + 5 * m], x6 = Memory[at + 6 * m];
            ComplexF a1 = x1 + x6, b1 = x1 - x6, a2 = x2 + x5, b2 = x2 - x5, a3 = x3 + x4, b3 = x3 - x4;
            Memory[place] = x0 + a1 + a2 + a3;

            // exp(-2πi·k/7), k = 1, 2, 3.
            const float c1 = 0.623489802f, s1 = -0.781831482f, c2 = -0.222520934f, s2 = -0.974927912f;
            const float c3 = -0.900968868f, s3 = -0.433883739f;
            WritePair(place, s, 7, 1, turn,
                Sum(Sum(Sum(x0, a1, c1), a2, c2), a3, c3), Sum(Sum(Product(b1, s1), b2, s2), b3, s3));
            WritePair(place, s, 7, 2, turn,
                Sum(Sum(Sum(x0, a1, c2), a2, c3), a3, c1), Sum(Sum(Product(b1, s2), b2, -s3), b3, -s1));
            WritePair(place, s, 7, 3, turn,
                Sum(Sum(Sum(x0, a1, c3), a2, c1), a3, c2), Sum(Sum(Product(b1, s3), b2, -s1), b3, s2));
        }
    }

    /// <summary>The conjugates of so many points times factors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void MultiplyThenConjugate(ArrayView<ComplexF> factors, int count)
    {
        for (var n = Item; n < count; n += Items) Write(n, (Read(n) * factors[n]).Conjugate);
    }

    /// <summary>The conjugates of so many points, times factors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void ConjugateThenMultiply(ArrayView<ComplexF> factors, int count)
    {
        for (var n = Item; n < count; n += Items) Write(n, Read(n).Conjugate * factors[n]);
    }

    /// <summary>A point of the buffer that is read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ComplexF Read(int n) => Memory[From + n];

    /// <summary>Stores a point in the buffer that is written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Write(int n, ComplexF x) => Memory[To + n] = x;

    // Results j and radix - j from the sum with cosines and i times the sum with sines.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void WritePair(int place, int s, int radix, int j, int turn, ComplexF even, ComplexF odd)
    {
        Memory[place + j * s] = new ComplexF(even.Re - odd.Im, even.Im + odd.Re) * Roots[j * turn];
        Memory[place + (radix - j) * s] = new ComplexF(even.Re + odd.Im, even.Im - odd.Re) * Roots[(radix - j) * turn];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ComplexF Sum(ComplexF sum, ComplexF x, float factor) => new(sum.Re + x.Re * factor, sum.Im + x.Im * factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ComplexF Product(ComplexF x, float factor) => new(x.Re * factor, x.Im * factor);
}
