using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void Binary(BinaryOp op, Tensor a, Tensor b, Tensor result)
    {
        switch (op)
        {
            case BinaryOp.Add: Elementwise.Binary<Elementwise.Add>(Floats(a), a.Shape, Floats(b), b.Shape, Floats(result), result.Shape); break;
            case BinaryOp.Subtract: Elementwise.Binary<Elementwise.Subtract>(Floats(a), a.Shape, Floats(b), b.Shape, Floats(result), result.Shape); break;
            case BinaryOp.Multiply: Elementwise.Binary<Elementwise.Multiply>(Floats(a), a.Shape, Floats(b), b.Shape, Floats(result), result.Shape); break;
            case BinaryOp.Divide: Elementwise.Binary<Elementwise.Divide>(Floats(a), a.Shape, Floats(b), b.Shape, Floats(result), result.Shape); break;
            default: throw new ArgumentOutOfRangeException(nameof(op), $"Binary: unknown operation {op}.");
        }
    }

    /// <inheritdoc/>
    public void AddScaled(Tensor source, float scale, Tensor target) =>
        Elementwise.AddScaled(Floats(source), scale, Floats(target), target.Count);

    /// <inheritdoc/>
    public void ReluGradient(Tensor output, Tensor gradOutput, Tensor gradInput) =>
        Elementwise.ReluGradient(Floats(output), Floats(gradOutput), Floats(gradInput), output.Count);
}
