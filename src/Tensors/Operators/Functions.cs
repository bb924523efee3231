using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Operators;

/// <summary>p · x.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Scale : IUnaryOperator
{
    /// <inheritdoc/>
    public static float Apply(float x, float p) => x * p;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) => x * p;
}

/// <summary>x + p.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Shift : IUnaryOperator
{
    /// <inheritdoc/>
    public static float Apply(float x, float p) => x + p;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) => x + Vector512.Create(p);
}

/// <summary>eˣ.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Exp : IDifferentiableOperator
{
    /// <inheritdoc/>
    public static bool SavesOutput => true;

    /// <inheritdoc/>
    public static float Apply(float x, float p) => ScalarMath.Exp(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) => VectorMath.Exp(x);

    /// <inheritdoc/>
    public static float Gradient(float saved, float gradient, float p) => gradient * saved;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float p) => gradient * saved;
}

/// <summary>The natural logarithm.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Log : IDifferentiableOperator
{
    /// <inheritdoc/>
    public static float Apply(float x, float p) => ScalarMath.Log(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) => Vector512.Log(x);

    /// <inheritdoc/>
    public static float Gradient(float saved, float gradient, float p) => gradient / saved;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float p) => gradient / saved;
}

/// <summary>The square root.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Sqrt : IDifferentiableOperator
{
    /// <inheritdoc/>
    public static bool SavesOutput => true;

    /// <inheritdoc/>
    public static float Apply(float x, float p) => MathF.Sqrt(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) => Vector512.Sqrt(x);

    /// <inheritdoc/>
    public static float Gradient(float saved, float gradient, float p) => gradient * 0.5f / saved;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float p) =>
        gradient * 0.5f / saved;
}

/// <summary>xᵖ.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Power : IDifferentiableOperator
{
    /// <inheritdoc/>
    public static float Apply(float x, float p) => ScalarMath.Power(x, p);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) => VectorMath.Power(x, p);

    /// <inheritdoc/>
    public static float Gradient(float saved, float gradient, float p) => gradient * p * ScalarMath.Power(saved, p - 1);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float p) =>
        gradient * p * VectorMath.Power(saved, p - 1);
}
