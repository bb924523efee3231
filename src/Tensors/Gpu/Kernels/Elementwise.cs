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
    public FourAxes Axes;
    public FourAxes.Strides StridesA, StridesB;
    public ArrayView<float> A, B, Result;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            var at = Axes.At((int)i);
            Result[i] = TOperator.Apply(A[StridesA.Element(at)], B[StridesB.Element(at)]);
        }
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
