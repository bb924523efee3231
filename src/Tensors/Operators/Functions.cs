using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Operators;

/// <summary>p · x.</summary>
internal readonly struct Scale : IUnaryOperator
{
    public static float Apply(float x, float p) => x * p;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) => x * p;
}

/// <summary>x + p.</summary>
internal readonly struct Shift : IUnaryOperator
{
    public static float Apply(float x, float p) => x + p;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) => x + Vector512.Create(p);
}

/// <summary>eˣ.</summary>
internal readonly struct Exp : IDifferentiableOperator
{
    public static bool SavesOutput => true;

    public static float Apply(float x, float p) => MathF.Exp(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) => VectorMath.Exp(x);

    public static float Gradient(float saved, float gradient, float p) => gradient * saved;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float p) => gradient * saved;
}

/// <summary>The natural logarithm.</summary>
internal readonly struct Log : IDifferentiableOperator
{
    public static float Apply(float x, float p) => MathF.Log(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) => Vector512.Log(x);

    public static float Gradient(float saved, float gradient, float p) => gradient / saved;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float p) => gradient / saved;
}

/// <summary>The square root.</summary>
internal readonly struct Sqrt : IDifferentiableOperator
{
    public static bool SavesOutput => true;

    public static float Apply(float x, float p) => MathF.Sqrt(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) => Vector512.Sqrt(x);

    public static float Gradient(float saved, float gradient, float p) => gradient * 0.5f / saved;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float p) =>
        gradient * 0.5f / saved;
}

/// <summary>xᵖ.</summary>
internal readonly struct Power : IDifferentiableOperator
{
    public static float Apply(float x, float p) => ScalarMath.Power(x, p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x, float p) => VectorMath.Power(x, p);

    public static float Gradient(float saved, float gradient, float p) => gradient * p * ScalarMath.Power(saved, p - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float p) =>
        gradient * p * VectorMath.Power(saved, p - 1);
}
