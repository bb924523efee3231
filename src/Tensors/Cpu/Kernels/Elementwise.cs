using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Engine.Tensors.Operators;
using Tiny = Engine.Dsp.Tiny;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Element-wise maps, y[i] = f(x[i]) and y[i] = f(a[i], b[i]), the latter broadcasting as NumPy does. The result may be an
/// operand's own memory if that operand has the result's shape; other overlaps are not allowed. Work is split by elements.
/// Results are never subnormal, and gradients below 2⁻¹⁰⁰ are 0: see <see cref="Tiny"/>.
/// </summary>
internal static unsafe class Elementwise
{
    // Some 20 µs of a cheap operation, and a quarter of the second-level cache.
    private const int Grain = 32 * 1024;

    /// <summary>
    /// Results of this many elements, which would leave every cache before they are read, go straight to memory: that saves
    /// reading the lines first.
    /// </summary>
    internal const int StreamingCount = 4 * 1024 * 1024;

    private const int Width = 16;

    /// <summary>result[i] = f(x[i]).</summary>
    public static void Unary<TOperator>(float* x, float parameter, float* result, int count)
        where TOperator : struct, IUnaryOperator
    {
        var stream = Streams(result, count) && x != result;
        RowParallel.For(count, Grain, (from, to) =>
        {
            var i = from;
            for (; i <= to - Width; i += Width)
                Write(Tiny.FlushSubnormal(TOperator.Apply(Vector512.Load(x + i), parameter)), result + i, stream);
            if (i < to) StorePart(Tiny.FlushSubnormal(TOperator.Apply(LoadPart(x + i, to - i), parameter)), result + i, to - i);
        });
    }

    /// <summary>gradInput[i] = gradOutput[i] · f′, from what was saved.</summary>
    public static void UnaryGradient<TOperator>(float* saved, float parameter, float* gradOutput, float* gradInput, int count)
        where TOperator : struct, IDifferentiableOperator
    {
        var stream = Streams(gradInput, count) && gradInput != gradOutput;
        RowParallel.For(count, Grain, (from, to) =>
        {
            var i = from;
            for (; i <= to - Width; i += Width)
                Write(Tiny.Flush(TOperator.Gradient(Vector512.Load(saved + i), Vector512.Load(gradOutput + i), parameter)),
                    gradInput + i, stream);
            if (i < to)
                StorePart(Tiny.Flush(TOperator.Gradient(LoadPart(saved + i, to - i), LoadPart(gradOutput + i, to - i),
                    parameter)), gradInput + i, to - i);
        });
    }

    /// <summary>target[i] += scale · source[i].</summary>
    public static void AddScaled(float* source, float scale, float* target, int count) =>
        RowParallel.For(count, Grain, (from, to) =>
    {
        var i = from;
        var scales = Vector512.Create(scale);
        for (; i <= to - Width; i += Width)
            Tiny.FlushSubnormal(Vector512.FusedMultiplyAdd(Vector512.Load(source + i), scales, Vector512.Load(target + i)))
                .Store(target + i);
        for (; i < to; i++) target[i] = Tiny.FlushSubnormal(MathF.FusedMultiplyAdd(source[i], scale, target[i]));
    });

    /// <summary>result = f(a, b), operands broadcast to the result's shape.</summary>
    public static void Binary<TOperator>(float* a, Shape shapeA, float* b, Shape shapeB, float* result, Shape shape)
        where TOperator : struct, IBinaryOperator
    {
        if (shape.Count == 0) return;
        var walk = new BroadcastWalk(shapeA, shapeB, shape);
        if (walk.Rows == 1)
        {
            var stream = Streams(result, walk.Length) && a != result && b != result;
            RowParallel.For(walk.Length, Grain, (from, to) =>
                Run<TOperator>(a + (long)from * walk.StepA, walk.StepA, b + (long)from * walk.StepB, walk.StepB, result + from,
                    to - from, stream));
            return;
        }

        RowParallel.For(walk.Rows, Math.Max(1, Grain / walk.Length), (from, to) =>
        {
            for (var row = from; row < to; row++)
            {
                var (offsetA, offsetB) = walk.Offsets(row);
                Run<TOperator>(a + offsetA, walk.StepA, b + offsetB, walk.StepB, result + (long)row * walk.Length, walk.Length,
                    false);
            }
        });
    }

    // One run along the innermost axis; a step is 1, or 0 for a value that repeats.
    private static void Run<TOperator>(float* a, int stepA, float* b, int stepB, float* result, int count, bool stream)
        where TOperator : struct, IBinaryOperator
    {
        var i = 0;
        if (stepA == 1 && stepB == 1)
        {
            for (; i <= count - Width; i += Width)
                Write(Tiny.FlushSubnormal(TOperator.Apply(Vector512.Load(a + i), Vector512.Load(b + i))), result + i, stream);
        }
        else if (stepA == 1)
        {
            for (var right = Vector512.Create(*b); i <= count - Width; i += Width)
                Write(Tiny.FlushSubnormal(TOperator.Apply(Vector512.Load(a + i), right)), result + i, stream);
        }
        else if (stepB == 1)
        {
            for (var left = Vector512.Create(*a); i <= count - Width; i += Width)
                Write(Tiny.FlushSubnormal(TOperator.Apply(left, Vector512.Load(b + i))), result + i, stream);
        }

        if (i >= count) return;
        var restA = stepA == 1 ? LoadPart(a + i, Math.Min(Width, count - i)) : Vector512.Create(*a);
        var restB = stepB == 1 ? LoadPart(b + i, Math.Min(Width, count - i)) : Vector512.Create(*b);
        var rest = Tiny.FlushSubnormal(TOperator.Apply(restA, restB));
        for (; i < count; i += Width) StorePart(rest, result + i, Math.Min(Width, count - i));
    }

    /// <summary>Whether a result is written past the caches.</summary>
    internal static bool Streams(float* result, int count) => count >= StreamingCount && (nuint)result % 64 == 0;

    /// <summary>Stores a vector, past the caches if <paramref name="stream"/>; that needs an address divisible by 64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Write(Vector512<float> value, float* target, bool stream)
    {
        if (stream) value.StoreAlignedNonTemporal(target);
        else value.Store(target);
    }

    // The lanes beyond `count` repeat the last value, so they raise nothing that the others would not.
    private static Vector512<float> LoadPart(float* source, int count)
    {
        if (Avx512F.IsSupported) return Avx512F.MaskLoad(source, First(count), Vector512.Create(source[count - 1]));
        var buffer = stackalloc float[Width];
        for (var i = 0; i < Width; i++) buffer[i] = source[Math.Min(i, count - 1)];
        return Vector512.Load(buffer);
    }

    private static void StorePart(Vector512<float> value, float* target, int count)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.MaskStore(target, First(count), value);
            return;
        }

        var buffer = stackalloc float[Width];
        value.Store(buffer);
        for (var i = 0; i < count; i++) target[i] = buffer[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> First(int count) =>
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();
}
