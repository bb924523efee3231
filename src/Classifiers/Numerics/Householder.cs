namespace Engine.Classifiers.Numerics;

/// <summary>
/// Reflections H = 1 - τ·v·vᵀ that map a vector onto the first axis (Golub and Van Loan, <em>Matrix Computations</em>, 4th ed.,
/// 5.1).
/// </summary>
internal static class Householder
{
    /// <summary>
    /// Overwrites x with the v of a reflection that maps x to (<c>Image</c>, 0, …), scaled to v₀ = 1. τ is 0 (no reflection)
    /// where nothing but x₀ is there.
    /// </summary>
    public static (double Tau, double Image) Make(Span<double> x)
    {
        var tail = x[1..];
        var largest = 0.0;
        foreach (var v in tail) largest = Math.Max(largest, Math.Abs(v));
        var first = x[0];
        x[0] = 1;
        if (largest == 0) return (0, first);

        // Scaled, so that squares neither overflow nor vanish.
        largest = Math.Max(largest, Math.Abs(first));
        Vectors.Scale(tail, 1 / largest);
        var alpha = first / largest;
        var norm = Math.Sqrt(alpha * alpha + Vectors.Dot(tail, tail));
        var image = alpha > 0 ? -norm : norm;
        Vectors.Scale(tail, 1 / (alpha - image));
        return ((image - alpha) / image, image * largest);
    }

    /// <summary>y ← H·y.</summary>
    public static void Apply(double tau, ReadOnlySpan<double> v, Span<double> y)
    {
        if (tau != 0) Vectors.AddScaled(y, -tau * Vectors.Dot(v, y), v);
    }
}
