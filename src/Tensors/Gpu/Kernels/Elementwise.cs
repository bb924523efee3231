using System.Runtime.CompilerServices;
using Engine.Tensors.Operators;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>result = f(x), for every operation of <see cref="Operators"/>.</summary>
internal struct UnaryMap<TOperator> : IKernel
    where TOperator : struct, IUnaryOperator
{
    public int Count;
    public float Parameter;
    public ArrayView<float> X, Result;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step) Result[i] = TOperator.Apply(X[i], Parameter);
    }
}

/// <summary>The gradient of <see cref="UnaryMap{TOperator}"/> from the result's and what the operation saved.</summary>
internal struct UnaryGradientMap<TOperator> : IKernel
    where TOperator : struct, IDifferentiableOperator
{
    public int Count;
    public float Parameter;
    public ArrayView<float> Saved, Gradient, Result;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
            Result[i] = TOperator.Gradient(Saved[i], Gradient[i], Parameter);
    }
}

/// <summary>result = f(a, b) of three tensors of one shape.</summary>
internal struct BinaryMap<TOperator> : IKernel
    where TOperator : struct, IBinaryOperator
{
    public int Count;
    public ArrayView<float> A, B, Result;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step) Result[i] = TOperator.Apply(A[i], B[i]);
    }
}

/// <summary>result = f(a, b), where operands are repeated along axes in which their stride is 0.</summary>
internal struct BroadcastMap<TOperator> : IKernel
    where TOperator : struct, IBinaryOperator
{
    public int Count;
    public FourAxes AxesA, AxesB;
    public ArrayView<float> A, B, Result;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
            Result[i] = TOperator.Apply(A[AxesA.Element((uint)i)], B[AxesB.Element((uint)i)]);
    }
}

/// <summary>Bit i % 32 of word i / 32 says whether x[i] is not zero. A work item gathers a word.</summary>
internal struct NonZeroBits : IKernel
{
    public int Count, Words;
    public ArrayView<float> X;
    public ArrayView<uint> Bits;

    public readonly void Run()
    {
        for (var word = Item.First; word < Words; word += Item.Step)
        {
            uint gathered = 0;
            var first = word * 32;
            for (var bit = 0; bit < 32 && first + bit < Count; bit++)
            {
                if (X[first + bit] != 0) gathered |= 1u << bit;
            }

            Bits[word] = gathered;
        }
    }
}

/// <summary>result = gradient where the bit is set, else 0.</summary>
internal struct MaskGradient : IKernel
{
    public int Count;
    public ArrayView<uint> Bits;
    public ArrayView<float> Gradient, Result;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
            Result[i] = (Bits[i / 32] >> (int)(i % 32) & 1) != 0 ? Gradient[i] : 0;
    }
}

/// <summary>target += scale · source.</summary>
internal struct AddScaled : IKernel
{
    public int Count;
    public float Scale;
    public ArrayView<float> Source, Target;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step) Target[i] += Scale * Source[i];
    }
}

/// <summary>Up to four axes of a tensor and the elements between neighbours on each.</summary>
internal struct FourAxes
{
    public int Size2, Size3, Size4;
    public int Stride1, Stride2, Stride3, Stride4;

    /// <summary>Axes of the sizes and strides given, outermost first; the outermost size is not needed.</summary>
    public FourAxes(ReadOnlySpan<int> sizes, ReadOnlySpan<int> strides)
    {
        (Size2, Size3, Size4) = (sizes[1], sizes[2], sizes[3]);
        (Stride1, Stride2, Stride3, Stride4) = (strides[0], strides[1], strides[2], strides[3]);
    }

    /// <summary>Where element i of the axes lies, counted in their order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Element(uint i)
    {
        uint rest = i / (uint)Size4, outer = rest / (uint)Size3;
        return (int)(outer / (uint)Size2) * Stride1 + (int)(outer % (uint)Size2) * Stride2 + (int)(rest % (uint)Size3) * Stride3
            + (int)(i % (uint)Size4) * Stride4;
    }
}
