using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Operators;

/// <summary>max(x, 0).</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Relu : IUnaryOperator
{
    /// <inheritdoc/>
    // Comparisons with NaN are false, so the value itself is chosen: max(x, 0) would hide it.
    public static float Apply(float x, float p) => x < 0 ? 0 : x;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) => Vector512.AndNot(x, Vector512.LessThan(x, default));
}

/// <summary>x above 0, p · x below.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct LeakyRelu : IDifferentiableOperator
{
    /// <inheritdoc/>
    public static float Apply(float x, float p) => x < 0 ? x * p : x;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) =>
        Vector512.ConditionalSelect(Vector512.LessThan(x, default), x * p, x);

    /// <inheritdoc/>
    public static float Gradient(float saved, float gradient, float p) => saved > 0 ? gradient : gradient * p;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float p) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(saved, default), gradient, gradient * p);
}

/// <summary>x above 0, p · (eˣ - 1) below.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Elu : IDifferentiableOperator
{
    /// <inheritdoc/>
    // Below 0 the derivative p·eˣ is the output plus p.
    public static bool SavesOutput => true;

    /// <inheritdoc/>
    // eˣ - 1 cancels near 0; tanh(x/2)·(eˣ + 1) is the same and does not.
    public static float Apply(float x, float p) => x < 0 ? ScalarMath.Tanh(x * 0.5f) * (ScalarMath.Exp(x) + 1) * p : x;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) =>
        Vector512.ConditionalSelect(
            Vector512.LessThan(x, default), VectorMath.Tanh(x * 0.5f) * (VectorMath.Exp(x) + Vector512<float>.One) * p, x);

    /// <inheritdoc/>
    public static float Gradient(float saved, float gradient, float p) => saved < 0 ? gradient * (saved + p) : gradient;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float p) =>
        Vector512.ConditionalSelect(Vector512.LessThan(saved, default), gradient * (saved + Vector512.Create(p)), gradient);
}

/// <summary>
/// x · Φ(x), with the normal distribution function Φ itself and not its tanh approximation: max(x, 0) - |x|·(1 - Φ(|x|)), which
/// does not cancel on either side.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Gelu : IDifferentiableOperator
{
    private const float InverseSqrt2Pi = 0.39894228f;

    // Beyond it the tail counts as what it is there, some 10⁻²⁰.
    private const float Limit = 10;

    /// <inheritdoc/>
    public static float Apply(float x, float p)
    {
        var magnitude = Magnitude(x);
        return (x < 0 ? 0 : x) - magnitude * ScalarMath.NormalTail(magnitude);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p)
    {
        var magnitude = Magnitude(x);
        return VectorMath.SubtractProduct(Relu.Apply(x, 0), magnitude, VectorMath.NormalTail(magnitude));
    }

    /// <inheritdoc/>
    public static float Gradient(float saved, float gradient, float p) =>
        gradient * (Distribution(saved) + saved * InverseSqrt2Pi * ScalarMath.Exp(saved * saved * -0.5f));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float p) =>
        gradient * (Distribution(saved) + saved * InverseSqrt2Pi * VectorMath.Exp(saved * saved * -0.5f));

    private static float Distribution(float x)
    {
        var tail = ScalarMath.NormalTail(Magnitude(x));
        return x < 0 ? tail : 1 - tail;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Distribution(Vector512<float> x)
    {
        var tail = VectorMath.NormalTail(Magnitude(x));
        return Vector512.ConditionalSelect(Vector512.LessThan(x, default), tail, Vector512<float>.One - tail);
    }

    // A NaN stays.
    private static float Magnitude(float x) => MathF.Abs(x) > Limit ? Limit : MathF.Abs(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Magnitude(Vector512<float> x)
    {
        var (magnitude, limit) = (Vector512.Abs(x), Vector512.Create(Limit));

        // The instruction returns its second operand if one is NaN.
        return Avx512F.IsSupported ? Avx512F.Min(limit, magnitude) : Vector512.Min(magnitude, limit);
    }
}

/// <summary>1 / (1 + e⁻ˣ).</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Sigmoid : IDifferentiableOperator
{
    /// <inheritdoc/>
    public static bool SavesOutput => true;

    /// <inheritdoc/>
    public static float Apply(float x, float p) => ScalarMath.Sigmoid(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) => VectorMath.Sigmoid(x);

    /// <inheritdoc/>
    public static float Gradient(float saved, float gradient, float p) => gradient * saved * (1 - saved);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float p) =>
        gradient * saved * (Vector512<float>.One - saved);
}

/// <summary>The hyperbolic tangent.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Tanh : IDifferentiableOperator
{
    /// <inheritdoc/>
    public static bool SavesOutput => true;

    /// <inheritdoc/>
    public static float Apply(float x, float p) => ScalarMath.Tanh(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) => VectorMath.Tanh(x);

    /// <inheritdoc/>
    public static float Gradient(float saved, float gradient, float p) => gradient * (1 - saved * saved);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float p) =>
        gradient * (Vector512<float>.One - saved * saved);
}

/// <summary>ln(1 + eˣ).</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Softplus : IDifferentiableOperator
{
    /// <inheritdoc/>
    public static float Apply(float x, float p) => ScalarMath.Softplus(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) => VectorMath.Softplus(x);

    /// <inheritdoc/>
    public static float Gradient(float saved, float gradient, float p) => gradient * ScalarMath.Sigmoid(saved);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float p) =>
        gradient * VectorMath.Sigmoid(saved);
}
