using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void Update(UpdateRule rule, in UpdateFactors factors, ReadOnlySpan<ParameterUpdate> updates)
    {
        switch (rule)
        {
            case UpdateRule.Plain: Update<UpdateOperators.Plain>(factors, updates); break;
            case UpdateRule.Momentum: Update<UpdateOperators.Momentum>(factors, updates); break;
            case UpdateRule.Adam: Update<UpdateOperators.Adam>(factors, updates); break;
            case UpdateRule.Adamax: Update<UpdateOperators.Adamax>(factors, updates); break;
            case UpdateRule.Adagrad: Update<UpdateOperators.Adagrad>(factors, updates); break;
            case UpdateRule.RmsProp: Update<UpdateOperators.RmsProp>(factors, updates); break;
            case UpdateRule.RmsPropMomentum: Update<UpdateOperators.RmsPropMomentum>(factors, updates); break;
            default: throw new ArgumentOutOfRangeException(nameof(rule), $"Update: unknown rule {rule}.");
        }
    }

    /// <inheritdoc/>
    public void SumSquares(ReadOnlySpan<Tensor> tensors, Tensor result)
    {
        for (var k = 0; k < tensors.Length; k++) Floats(result)[k] = Reductions.SumSquares(Floats(tensors[k]), tensors[k].Count);
    }

    private static void Update<TOperator>(in UpdateFactors factors, ReadOnlySpan<ParameterUpdate> updates)
        where TOperator : struct, IUpdateOperator
    {
        foreach (ref readonly var update in updates)
        {
            var (parameter, gradient, first, second) = update;
            Optimizers.Update<TOperator>(
                factors, update.WeightDecay, Floats(gradient), Floats(parameter), first is null ? null : Floats(first), second is null ? null : Floats(second), parameter.Count);
            GC.KeepAlive(gradient);
            GC.KeepAlive(parameter);
            GC.KeepAlive(first);
            GC.KeepAlive(second);
        }
    }
}
