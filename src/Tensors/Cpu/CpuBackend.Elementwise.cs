using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void Binary(BinaryOp op, Tensor a, Tensor b, Tensor result)
    {
        using var lease = new StorageLease(a, b, result);
        switch (op)
        {
            case BinaryOp.Add: Binary<BinaryOperators.Add>(a, b, result); break;
            case BinaryOp.Subtract: Binary<BinaryOperators.Subtract>(a, b, result); break;
            case BinaryOp.Multiply: Binary<BinaryOperators.Multiply>(a, b, result); break;
            case BinaryOp.Divide: Binary<BinaryOperators.Divide>(a, b, result); break;
            default: throw new ArgumentOutOfRangeException(nameof(op), $"Binary: unknown operation {op}.");
        }
    }

    /// <inheritdoc/>
    public void Unary(UnaryOp op, Tensor x, float parameter, Tensor result)
    {
        using var lease = new StorageLease(x, result);
        switch (op)
        {
            case UnaryOp.Scale: Unary<UnaryOperators.Scale>(x, parameter, result); break;
            case UnaryOp.Offset: Unary<UnaryOperators.Offset>(x, parameter, result); break;
            case UnaryOp.Relu: Unary<UnaryOperators.Relu>(x, parameter, result); break;
            case UnaryOp.LeakyRelu: Unary<UnaryOperators.LeakyRelu>(x, parameter, result); break;
            case UnaryOp.Elu: Unary<UnaryOperators.Elu>(x, parameter, result); break;
            case UnaryOp.Gelu: Unary<UnaryOperators.Gelu>(x, parameter, result); break;
            case UnaryOp.Sigmoid: Unary<UnaryOperators.Sigmoid>(x, parameter, result); break;
            case UnaryOp.Tanh: Unary<UnaryOperators.Tanh>(x, parameter, result); break;
            case UnaryOp.Softplus: Unary<UnaryOperators.Softplus>(x, parameter, result); break;
            case UnaryOp.Exp: Unary<UnaryOperators.Exp>(x, parameter, result); break;
            case UnaryOp.Log: Unary<UnaryOperators.Log>(x, parameter, result); break;
            case UnaryOp.Sqrt: Unary<UnaryOperators.Sqrt>(x, parameter, result); break;
            case UnaryOp.Power: Unary<UnaryOperators.Power>(x, parameter, result); break;
            default: throw new ArgumentOutOfRangeException(nameof(op), $"Unary: unknown operation {op}.");
        }
    }

    /// <inheritdoc/>
    public void UnaryGradient(UnaryOp op, Tensor saved, float parameter, Tensor gradOutput, Tensor gradInput)
    {
        using var lease = new StorageLease(saved, gradOutput, gradInput);
        switch (op)
        {
            case UnaryOp.LeakyRelu: UnaryGradient<UnaryOperators.LeakyRelu>(saved, parameter, gradOutput, gradInput); break;
            case UnaryOp.Elu: UnaryGradient<UnaryOperators.Elu>(saved, parameter, gradOutput, gradInput); break;
            case UnaryOp.Gelu: UnaryGradient<UnaryOperators.Gelu>(saved, parameter, gradOutput, gradInput); break;
            case UnaryOp.Sigmoid: UnaryGradient<UnaryOperators.Sigmoid>(saved, parameter, gradOutput, gradInput); break;
            case UnaryOp.Tanh: UnaryGradient<UnaryOperators.Tanh>(saved, parameter, gradOutput, gradInput); break;
            case UnaryOp.Softplus: UnaryGradient<UnaryOperators.Softplus>(saved, parameter, gradOutput, gradInput); break;
            case UnaryOp.Exp: UnaryGradient<UnaryOperators.Exp>(saved, parameter, gradOutput, gradInput); break;
            case UnaryOp.Log: UnaryGradient<UnaryOperators.Log>(saved, parameter, gradOutput, gradInput); break;
            case UnaryOp.Sqrt: UnaryGradient<UnaryOperators.Sqrt>(saved, parameter, gradOutput, gradInput); break;
            case UnaryOp.Power: UnaryGradient<UnaryOperators.Power>(saved, parameter, gradOutput, gradInput); break;
            default: throw new ArgumentOutOfRangeException(nameof(op), $"UnaryGradient: {op} needs no saved values.");
        }
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

    private static void Binary<TOperator>(Tensor a, Tensor b, Tensor result)
        where TOperator : struct, IBinaryOperator =>
        Elementwise.Binary<TOperator>(Floats(a), a.Shape, Floats(b), b.Shape, Floats(result), result.Shape);

    private static void Unary<TOperator>(Tensor x, float parameter, Tensor result)
        where TOperator : struct, IUnaryOperator =>
        Elementwise.Unary<TOperator>(Floats(x), parameter, Floats(result), result.Count);

    private static void UnaryGradient<TOperator>(Tensor saved, float parameter, Tensor gradOutput, Tensor gradInput)
        where TOperator : struct, IUnaryGradientOperator =>
        Elementwise.UnaryGradient<TOperator>(Floats(saved), parameter, Floats(gradOutput), Floats(gradInput), gradInput.Count);
}
