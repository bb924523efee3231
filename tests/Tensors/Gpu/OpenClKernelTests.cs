using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>The tests of every operation again on OpenCL, one process for each family.</summary>
public class OpenClKernelTests
{
    [OpenClTheory]
    [InlineData(typeof(ElementwiseTests))]
    [InlineData(typeof(MatMulTests))]
    [InlineData(typeof(Conv2dTests))]
    [InlineData(typeof(LayoutTests))]
    [InlineData(typeof(NormAndLossTests))]
    [InlineData(typeof(ReduceTests))]
    [InlineData(typeof(TapeTests))]
    [InlineData(typeof(Engine.Tests.Nn.OptimizerTests))]
    public void Kernels_OnOpenCl_MatchTheReferences(Type testClass) => TestDevice.Rerun(testClass, "opencl");
}
