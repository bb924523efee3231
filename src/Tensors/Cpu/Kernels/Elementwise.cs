using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Element-wise maps, <c>y[i] = f(a[i], b[i])</c>. Operands of other shapes broadcast as in NumPy. The result may be one of
/// the operands' own memory if that operand has the result's shape; other overlaps are not allowed.
/// </summary>
internal static unsafe class Elementwise
{
    /// <summary>One operation at every vector width.</summary>
    internal interface IBinaryOperator
    {
        static abstract float Invoke(float a, float b);

        static abstract Vector512<float> Invoke(Vector512<float> a, Vector512<float> b);
    }

    /// <summary>Applies an operation to operands that broadcast to the result's shape.</summary>
    public static void Binary<TOperator>(float* a, Shape shapeA, float* b, Shape shapeB, float* result, Shape shape)
        where TOperator : struct, IBinaryOperator
    {
        if (shapeA == shape && shapeB == shape)
        {
            Map<TOperator>(a, b, result, shape.Count);
            return;
        }

        var rank = shape.Rank;
        Span<int> stridesA = stackalloc int[rank], stridesB = stackalloc int[rank], index = stackalloc int[rank];
        Strides(shapeA, stridesA);
        Strides(shapeB, stridesB);
        index.Clear();
        int offsetA = 0, offsetB = 0;
        for (var i = 0; i < shape.Count; i++)
        {
            result[i] = TOperator.Invoke(a[offsetA], b[offsetB]);
            for (var axis = rank - 1; axis >= 0; axis--)
            {
                offsetA += stridesA[axis];
                offsetB += stridesB[axis];
                if (++index[axis] < shape.Sizes[axis]) break;
                offsetA -= stridesA[axis] * index[axis];
                offsetB -= stridesB[axis] * index[axis];
                index[axis] = 0;
            }
        }
    }

    /// <summary>target[i] += scale · source[i].</summary>
    public static void AddScaled(float* source, float scale, float* target, int count)
    {
        var i = 0;
        var scales = Vector512.Create(scale);
        for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
            Vector512.FusedMultiplyAdd(Vector512.Load(source + i), scales, Vector512.Load(target + i)).Store(target + i);
        for (; i < count; i++) target[i] = MathF.FusedMultiplyAdd(source[i], scale, target[i]);
    }

    /// <summary>gradInput[i] = output[i] is 0 ? 0 : gradOutput[i].</summary>
    public static void ReluGradient(float* output, float* gradOutput, float* gradInput, int count)
    {
        var i = 0;
        for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            var dead = Vector512.Equals(Vector512.Load(output + i), default);
            Vector512.AndNot(Vector512.Load(gradOutput + i), dead).Store(gradInput + i);
        }

        for (; i < count; i++) gradInput[i] = output[i] == 0 ? 0 : gradOutput[i];
    }

    private static void Map<TOperator>(float* a, float* b, float* result, int count)
        where TOperator : struct, IBinaryOperator
    {
        var i = 0;
        for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
            TOperator.Invoke(Vector512.Load(a + i), Vector512.Load(b + i)).Store(result + i);
        for (; i < count; i++) result[i] = TOperator.Invoke(a[i], b[i]);
    }

    // A stretched axis has stride 0.
    private static void Strides(Shape shape, Span<int> strides)
    {
        strides.Clear();
        var stride = 1;
        for (var i = 1; i <= shape.Rank; i++)
        {
            strides[^i] = shape.Sizes[^i] == 1 ? 0 : stride;
            stride *= shape.Sizes[^i];
        }
    }

    internal readonly struct Add : IBinaryOperator
    {
        public static float Invoke(float a, float b) => a + b;

        public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => a + b;
    }

    internal readonly struct Subtract : IBinaryOperator
    {
        public static float Invoke(float a, float b) => a - b;

        public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => a - b;
    }

    internal readonly struct Multiply : IBinaryOperator
    {
        public static float Invoke(float a, float b) => a * b;

        public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => a * b;
    }

    internal readonly struct Divide : IBinaryOperator
    {
        public static float Invoke(float a, float b) => a / b;

        public static Vector512<float> Invoke(Vector512<float> a, Vector512<float> b) => a / b;
    }
}
