using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Operators;

/// <summary>x · min(max(x + 3, 0), 6) / 6, with the limits 0 and ∞ at the infinities.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct HardSwish : IDifferentiableOperator
{
    private const float Sixth = 1f / 6, Third = 1f / 3;

    /// <inheritdoc/>
    public static float Apply(float x, float p) => x <= -3 ? 0 : x >= 3 ? x : x * (x + 3) * Sixth;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p)
    {
        var three = Vector512.Create(3f);
        var inner = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(x, three), x, x * (x + three) * Sixth);
        return Vector512.AndNot(inner, Vector512.LessThanOrEqual(x, -three));
    }

    /// <inheritdoc/>
    public static float Gradient(float saved, float gradient, float p) =>
        saved <= -3 ? 0 : saved >= 3 ? gradient : gradient * (saved * Third + 0.5f);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float p)
    {
        var three = Vector512.Create(3f);
        var inner = Vector512.ConditionalSelect(
            Vector512.GreaterThanOrEqual(saved, three), gradient, gradient * (saved * Third + Vector512.Create(0.5f)));
        return Vector512.AndNot(inner, Vector512.LessThanOrEqual(saved, -three));
    }
}

/// <summary>min(max(x + 3, 0), 6) / 6.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct HardSigmoid : IDifferentiableOperator
{
    private const float Sixth = 1f / 6;

    /// <inheritdoc/>
    public static bool SavesOutput => true;

    /// <inheritdoc/>
    public static float Apply(float x, float p) => x <= -3 ? 0 : x >= 3 ? 1 : (x + 3) * Sixth;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p)
    {
        var three = Vector512.Create(3f);
        var inner = Vector512.ConditionalSelect(
            Vector512.GreaterThanOrEqual(x, three), Vector512<float>.One, (x + three) * Sixth);
        return Vector512.AndNot(inner, Vector512.LessThanOrEqual(x, -three));
    }

    /// <inheritdoc/>
    public static float Gradient(float saved, float gradient, float p) => saved <= 0 || saved >= 1 ? 0 : gradient * Sixth;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float p) =>
        Vector512.AndNot(gradient * Sixth,
            Vector512.LessThanOrEqual(saved, default) | Vector512.GreaterThanOrEqual(saved, Vector512<float>.One));
}
