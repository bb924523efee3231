using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Operators;

/// <summary>An operation f(a, b) on two elements, in the forms of <see cref="IUnaryOperator"/>.</summary>
public interface IBinaryOperator
{
    /// <summary>f of one pair.</summary>
    static abstract float Apply(float a, float b);

    /// <summary>f of sixteen pairs.</summary>
    static abstract Vector512<float> Apply(Vector512<float> a, Vector512<float> b);
}

/// <summary>a + b.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Add : IBinaryOperator
{
    /// <inheritdoc/>
    public static float Apply(float a, float b) => a + b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) => a + b;
}

/// <summary>a - b.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Subtract : IBinaryOperator
{
    /// <inheritdoc/>
    public static float Apply(float a, float b) => a - b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) => a - b;
}

/// <summary>a · b.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Multiply : IBinaryOperator
{
    /// <inheritdoc/>
    public static float Apply(float a, float b) => a * b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) => a * b;
}

/// <summary>a / b.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Divide : IBinaryOperator
{
    /// <inheritdoc/>
    public static float Apply(float a, float b) => a / b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) => a / b;
}
