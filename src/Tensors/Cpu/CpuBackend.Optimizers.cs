using Engine.Tensors.Cpu.Kernels;
using Engine.Tensors.Operators;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void Update<TOperator>(in UpdateFactors factors, Tensor? gradientScale, ReadOnlySpan<ParameterUpdate> updates)
        where TOperator : struct, IUpdateOperator
    {
        using var lease = new StorageLease(gradientScale);
        var scale = gradientScale is null ? 1 : *Floats(gradientScale);
        foreach (ref readonly var update in updates)
        {
            var (parameter, gradient, first, second) = update;
            using var operands = new StorageLease(parameter, gradient, first, second);
            Optimizers.Update<TOperator>(
                factors, scale, update.WeightDecay, Floats(gradient), Floats(parameter),
                first is null ? null : Floats(first), second is null ? null : Floats(second), parameter.Count);
        }
    }

    /// <inheritdoc/>
    public void SumSquares(ReadOnlySpan<Tensor> tensors, Tensor result)
    {
        using var lease = new StorageLease(result);
        for (var k = 0; k < tensors.Length; k++)
        {
            using var operand = new StorageLease(tensors[k]);
            Floats(result)[k] = Reductions.SumSquares(Floats(tensors[k]), tensors[k].Count);
        }
    }

    /// <inheritdoc/>
    public void ClipScale(Tensor squares, double limit, Tensor result)
    {
        using var lease = new StorageLease(squares, result);
        double sum = 0;
        for (var i = 0; i < squares.Count; i++) sum += Floats(squares)[i];
        *Floats(result) = double.IsFinite(sum) ? (float)Math.Min(1, limit / Math.Sqrt(sum)) : float.NaN;
    }
}
