using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>f(a, b) on sixteen elements at once; shorter runs are padded, so one formula serves every length.</summary>
internal interface IBinaryOperator
{
    static abstract Vector512<float> Invoke(Vector512<float> a, Vector512<float> b);
}

/// <summary>The operations of <see cref="BinaryOp"/>.</summary>
internal static class BinaryOperators
{
    internal readonly struct Add : IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => a + b;
    }

    internal readonly struct Subtract : IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => a - b;
    }

    internal readonly struct Multiply : IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => a * b;
    }

    internal readonly struct Divide : IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => a / b;
    }
}
