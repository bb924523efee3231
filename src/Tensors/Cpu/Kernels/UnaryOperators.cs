using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>f(x) with a parameter, on sixteen elements at once.</summary>
internal interface IUnaryOperator
{
    static abstract Vector512<float> Invoke(Vector512<float> x, float parameter);
}

/// <summary>An operation whose derivative needs its input or its output.</summary>
internal interface IUnaryGradientOperator
{
    /// <summary>gradient · f′, from f's saved input or output.</summary>
    static abstract Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float parameter);
}

/// <summary>The operations of <see cref="UnaryOp"/>, each beside its derivative.</summary>
internal static class UnaryOperators
{
    internal readonly struct Scale : IUnaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Invoke(Vector512<float> x, float parameter) => x * parameter;
    }

    internal readonly struct Offset : IUnaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Invoke(Vector512<float> x, float parameter) => x + Vector512.Create(parameter);
    }

    // Comparisons with NaN are false, so the value itself is chosen: max(x, 0) would hide it.
    internal readonly struct Relu : IUnaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Invoke(Vector512<float> x, float parameter) =>
            Vector512.AndNot(x, Vector512.LessThan(x, default));
    }

    internal readonly struct LeakyRelu : IUnaryOperator, IUnaryGradientOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Invoke(Vector512<float> x, float parameter) =>
            Vector512.ConditionalSelect(Vector512.LessThan(x, default), x * parameter, x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float parameter) =>
            Vector512.ConditionalSelect(Vector512.GreaterThan(saved, default), gradient, gradient * parameter);
    }

    internal readonly struct Elu : IUnaryOperator, IUnaryGradientOperator
    {
        // eˣ - 1 cancels near 0; tanh(x/2)·(eˣ + 1) is the same and does not.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Invoke(Vector512<float> x, float parameter) =>
            Vector512.ConditionalSelect(
                Vector512.LessThan(x, default), VectorMath.Tanh(x * 0.5f) * (VectorMath.Exp(x) + Vector512<float>.One) * parameter, x);

        // For x < 0 the derivative p·eˣ is the output plus p.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float parameter) =>
            Vector512.ConditionalSelect(Vector512.LessThan(saved, default), gradient * (saved + Vector512.Create(parameter)), gradient);
    }

    internal readonly struct Gelu : IUnaryOperator, IUnaryGradientOperator
    {
        private const float InverseSqrt2 = 0.70710678f;
        private const float InverseSqrt2Pi = 0.39894228f;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Invoke(Vector512<float> x, float parameter) => x * Distribution(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float parameter) =>
            gradient * (Distribution(saved) + saved * InverseSqrt2Pi * VectorMath.Exp(saved * saved * -0.5f));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<float> Distribution(Vector512<float> x) =>
            (VectorMath.Erf(x * InverseSqrt2) + Vector512<float>.One) * 0.5f;
    }

    internal readonly struct Sigmoid : IUnaryOperator, IUnaryGradientOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Invoke(Vector512<float> x, float parameter) => VectorMath.Sigmoid(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float parameter) =>
            gradient * saved * (Vector512<float>.One - saved);
    }

    internal readonly struct Tanh : IUnaryOperator, IUnaryGradientOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Invoke(Vector512<float> x, float parameter) => VectorMath.Tanh(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float parameter) =>
            gradient * (Vector512<float>.One - saved * saved);
    }

    internal readonly struct Softplus : IUnaryOperator, IUnaryGradientOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Invoke(Vector512<float> x, float parameter) => VectorMath.Softplus(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float parameter) =>
            gradient * VectorMath.Sigmoid(saved);
    }

    internal readonly struct Exp : IUnaryOperator, IUnaryGradientOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Invoke(Vector512<float> x, float parameter) => VectorMath.Exp(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float parameter) => gradient * saved;
    }

    internal readonly struct Log : IUnaryOperator, IUnaryGradientOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Invoke(Vector512<float> x, float parameter) => Vector512.Log(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float parameter) => gradient / saved;
    }

    internal readonly struct Sqrt : IUnaryOperator, IUnaryGradientOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Invoke(Vector512<float> x, float parameter) => Vector512.Sqrt(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float parameter) =>
            gradient * 0.5f / saved;
    }

    internal readonly struct Power : IUnaryOperator, IUnaryGradientOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Invoke(Vector512<float> x, float parameter) => VectorMath.Power(x, parameter);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Gradient(Vector512<float> saved, Vector512<float> gradient, float parameter) =>
            gradient * parameter * VectorMath.Power(saved, parameter - 1);
    }
}
