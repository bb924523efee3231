using Engine.Tensors.Gpu.Kernels;
using Engine.Tensors.Operators;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    /// <inheritdoc/>
    public void Binary<TOperator>(Tensor a, Tensor b, Tensor result)
        where TOperator : struct, IBinaryOperator
    {
        if (result.Count == 0) return;
        using var lease = new StorageLease(a, b, result);
        if (a.Shape == result.Shape && b.Shape == result.Shape)
        {
            Map(result.Count, new BinaryMap<TOperator>
            {
                Count = result.Count,
                A = Floats(a),
                B = Floats(b),
                Result = Floats(result),
            });
            return;
        }

        var axes = BroadcastAxes.Of(a.Shape, b.Shape, result.Shape);
        axes.ForEachBlock(result.Count, (sizes, stridesA, stridesB, offsets, count) => Map(count, new BroadcastMap<TOperator>
        {
            Count = count,
            Axes = new(sizes),
            StridesA = new(stridesA),
            StridesB = new(stridesB),
            A = Floats(a).SubView(offsets.A),
            B = Floats(b).SubView(offsets.B),
            Result = Floats(result).SubView(offsets.Result),
        }));
    }

    /// <inheritdoc/>
    public void Unary<TOperator>(Tensor x, float parameter, Tensor result)
        where TOperator : struct, IUnaryOperator
    {
        using var lease = new StorageLease(x, result);
        Map(result.Count, new UnaryMap<TOperator>
        {
            Count = result.Count,
            Parameter = parameter,
            X = Floats(x),
            Result = Floats(result),
        });
    }

    /// <inheritdoc/>
    public void UnaryGradient<TOperator>(Tensor saved, float parameter, Tensor gradOutput, Tensor gradInput)
        where TOperator : struct, IDifferentiableOperator
    {
        using var lease = new StorageLease(saved, gradOutput, gradInput);
        Map(gradInput.Count, new UnaryGradientMap<TOperator>
        {
            Count = gradInput.Count,
            Parameter = parameter,
            Saved = Floats(saved),
            Gradient = Floats(gradOutput),
            Result = Floats(gradInput),
        });
    }

    /// <inheritdoc/>
    public void NonZeroBits(Tensor x, Tensor bits)
    {
        using var lease = new StorageLease(x, bits);
        Map(bits.Count, new NonZeroBits { Count = x.Count, Words = bits.Count, X = Floats(x), Bits = Words(bits) });
    }

    /// <inheritdoc/>
    public void MaskGradient(Tensor bits, Tensor gradOutput, Tensor gradInput)
    {
        using var lease = new StorageLease(bits, gradOutput, gradInput);
        Map(gradInput.Count, new MaskGradient
        {
            Count = gradInput.Count,
            Bits = Words(bits),
            Gradient = Floats(gradOutput),
            Result = Floats(gradInput),
        });
    }

    /// <inheritdoc/>
    public void AddScaled(Tensor source, float scale, Tensor target)
    {
        using var lease = new StorageLease(source, target);
        Map(target.Count, new AddScaled
        {
            Count = target.Count,
            Scale = scale,
            Source = Floats(source),
            Target = Floats(target),
        });
    }
}
