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
internal readonly struct Add : IBinaryOperator
{
    public static float Apply(float a, float b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) => a + b;
}

/// <summary>a - b.</summary>
internal readonly struct Subtract : IBinaryOperator
{
    public static float Apply(float a, float b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) => a - b;
}

/// <summary>a · b.</summary>
internal readonly struct Multiply : IBinaryOperator
{
    public static float Apply(float a, float b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) => a * b;
}

/// <summary>a / b.</summary>
internal readonly struct Divide : IBinaryOperator
{
    public static float Apply(float a, float b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) => a / b;
}
