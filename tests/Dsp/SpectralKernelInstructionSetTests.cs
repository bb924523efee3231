using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class SpectralKernelInstructionSetTests
{
    [Theory, MemberData(nameof(InstructionSets.Restrictions), MemberType = typeof(InstructionSets))]
    public void SpectralKernels_FewerInstructions_StillPass(string restriction) =>
    InstructionSets.Rerun(typeof(SpectralKernelTests), restriction);
}
