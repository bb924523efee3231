using Engine.Tensors.Cpu.Kernels;
using Engine.Tensors.Operators;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void Binary<TOperator>(Tensor a, Tensor b, Tensor result)
        where TOperator : struct, IBinaryOperator
    {
        using var lease = new StorageLease(a, b, result);
        Elementwise.Binary<TOperator>(Floats(a), a.Shape, Floats(b), b.Shape, Floats(result), result.Shape);
    }

    /// <inheritdoc/>
    public void Unary<TOperator>(Tensor x, float parameter, Tensor result)
        where TOperator : struct, IUnaryOperator
    {
        using var lease = new StorageLease(x, result);
        Elementwise.Unary<TOperator>(Floats(x), parameter, Floats(result), result.Count);
    }

    /// <inheritdoc/>
    public void UnaryGradient<TOperator>(Tensor saved, float parameter, Tensor gradOutput, Tensor gradInput)
        where TOperator : struct, IDifferentiableOperator
    {
        using var lease = new StorageLease(saved, gradOutput, gradInput);
        Elementwise.UnaryGradient<TOperator>(Floats(saved), parameter, Floats(gradOutput), Floats(gradInput), gradInput.Count);
    }

    /// <inheritdoc/>
    public void NonZeroBits(Tensor x, Tensor bits)
    {
        using var lease = new StorageLease(x, bits);
        BitMask.NonZero(Floats(x), x.Count, (byte*)Integers(bits));
    }

    /// <inheritdoc/>
    public void MaskGradient(Tensor bits, Tensor gradOutput, Tensor gradInput)
    {
        using var lease = new StorageLease(bits, gradOutput, gradInput);
        BitMask.Apply((byte*)Integers(bits), Floats(gradOutput), gradInput.Count, Floats(gradInput));
    }

    /// <inheritdoc/>
    public void AddScaled(Tensor source, float scale, Tensor target)
    {
        using var lease = new StorageLease(source, target);
        Elementwise.AddScaled(Floats(source), scale, Floats(target), target.Count);
    }
}
