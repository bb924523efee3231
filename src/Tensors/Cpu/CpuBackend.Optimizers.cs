using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void Update(UpdateRule rule, in UpdateFactors factors, Tensor gradient, Tensor parameter, Tensor? first, Tensor? second)
    {
        switch (rule)
        {
            case UpdateRule.Plain: Update<UpdateOperators.Plain>(factors, gradient, parameter, first, second); break;
            case UpdateRule.Momentum: Update<UpdateOperators.Momentum>(factors, gradient, parameter, first, second); break;
            case UpdateRule.Adam: Update<UpdateOperators.Adam>(factors, gradient, parameter, first, second); break;
            case UpdateRule.Adamax: Update<UpdateOperators.Adamax>(factors, gradient, parameter, first, second); break;
            case UpdateRule.Adagrad: Update<UpdateOperators.Adagrad>(factors, gradient, parameter, first, second); break;
            case UpdateRule.RmsProp: Update<UpdateOperators.RmsProp>(factors, gradient, parameter, first, second); break;
            case UpdateRule.RmsPropMomentum: Update<UpdateOperators.RmsPropMomentum>(factors, gradient, parameter, first, second); break;
            default: throw new ArgumentOutOfRangeException(nameof(rule), $"Update: unknown rule {rule}.");
        }
    }

    private static void Update<TOperator>(in UpdateFactors factors, Tensor gradient, Tensor parameter, Tensor? first, Tensor? second)
        where TOperator : struct, IUpdateOperator
    {
        Optimizers.Update<TOperator>(
            factors, Floats(gradient), Floats(parameter), first is null ? null : Floats(first), second is null ? null : Floats(second), parameter.Count);
        GC.KeepAlive(gradient);
        GC.KeepAlive(parameter);
        GC.KeepAlive(first);
        GC.KeepAlive(second);
    }
}
