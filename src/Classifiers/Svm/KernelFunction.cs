using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Classifiers.Svm;

/// <summary>Turns scalar products of rows into kernel values, a row at a time.</summary>
internal sealed class KernelFunction(SvmKernel kernel, double gamma, double coef0, int degree)
{
    private const int Width = 8;

    /// <summary>The kernel's gamma.</summary>
    public double Gamma => gamma;

    /// <summary>
    /// Replaces the products of a row of squared length <paramref name="square"/> with rows of squared lengths
    /// <paramref name="squares"/> by kernel values. A value's bits do not depend on its position.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(Span<double> products, double square, ReadOnlySpan<double> squares)
    {
        if (kernel == SvmKernel.Linear) return;
        ref var values = ref MemoryMarshal.GetReference(products);
        ref var others = ref MemoryMarshal.GetReference(squares);
        var count = products.Length;
        var at = 0;
        for (; at <= count - Width; at += Width)
        {
            Value(Vector512.LoadUnsafe(ref values, (nuint)at), square, Vector512.LoadUnsafe(ref others, (nuint)at))
                .StoreUnsafe(ref values, (nuint)at);
        }

        if (at == count) return;
        Span<double> last = stackalloc double[2 * Width];
        products[at..].CopyTo(last);
        squares[at..count].CopyTo(last[Width..]);
        ref var tail = ref MemoryMarshal.GetReference(last);
        Value(Vector512.LoadUnsafe(ref tail), square, Vector512.LoadUnsafe(ref tail, Width)).StoreUnsafe(ref tail);
        last[..(count - at)].CopyTo(products[at..]);
    }

    /// <summary>The value of a row, of squared length <paramref name="square"/>, with itself.</summary>
    public double Diagonal(double square) => kernel switch
    {
        SvmKernel.Rbf => 1,
        SvmKernel.Linear => square,
        _ => Power(Vector512.Create(gamma * square + coef0)).ToScalar(),
    };

    /// <summary>An upper bound on the values of rows whose squared lengths are at most <paramref name="square"/>.</summary>
    public double Largest(double square) => kernel == SvmKernel.Polynomial
        ? Math.Pow(gamma * square + Math.Abs(coef0), degree) : Diagonal(square);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<double> Value(Vector512<double> product, double square, Vector512<double> squares)
    {
        if (kernel == SvmKernel.Polynomial)
            return Power(Vector512.FusedMultiplyAdd(Vector512.Create(gamma), product, Vector512.Create(coef0)));

        // |a - b|² = |a|² + |b|² - 2ab, which rounding may take below 0.
        var distance = Vector512.Max(Vector512.Create(square) + squares - product - product, Vector512<double>.Zero);
        return Vector512.Exp(Vector512.Create(-gamma) * distance);
    }

    private Vector512<double> Power(Vector512<double> x)
    {
        var result = Vector512<double>.One;
        for (var exponent = degree; ; x *= x)
        {
            if ((exponent & 1) == 1) result *= x;
            exponent >>= 1;
            if (exponent == 0) return result;
        }
    }
}
