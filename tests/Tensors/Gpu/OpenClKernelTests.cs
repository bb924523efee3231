using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>The tests of every operation again on a GPU's kernels.</summary>
[Collection(nameof(OpenClTests))]
public class OpenClKernelTests
{
    private static readonly Type[] s_families =
    [
        typeof(ElementwiseTests), typeof(MatMulTests), typeof(Conv2dTests), typeof(Pool2dTests), typeof(LstmTests),
        typeof(DepthwiseTests), typeof(LayoutTests), typeof(NormAndLossTests), typeof(ReduceTests), typeof(TapeTests),
        typeof(Engine.Tests.Nn.OptimizerTests), typeof(SpectralTests),
    ];

    [OpenClFact]
    public void Kernels_OnOpenCl_MatchTheReferences() => TestDevice.Rerun("opencl", s_families);

    [CudaFact]
    public void Kernels_OnCuda_MatchTheReferences() => TestDevice.Rerun("cuda", s_families);
}
