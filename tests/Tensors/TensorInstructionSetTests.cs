using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

/// <summary>The kernels' tests again in every width of vectors, one process for each width.</summary>
public class TensorInstructionSetTests
{
    [Theory, MemberData(nameof(InstructionSets.Restrictions), MemberType = typeof(InstructionSets))]
    public void Kernels_FewerInstructions_StillPass(string restriction) => InstructionSets.Rerun(
        [
            typeof(Conv2dTests), typeof(DotProductsTests), typeof(ElementwiseTests), typeof(LstmTests), typeof(MatMulTests),
            typeof(NormAndLossTests), typeof(Pool2dTests), typeof(PreparedWeightsTests), typeof(ReduceTests), typeof(SpectralTests),
            typeof(StridedCopyTests),
        ],
        restriction);
}
