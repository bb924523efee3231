using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class DescriptorInstructionSetTests
{
    [Theory, MemberData(nameof(InstructionSets.Restrictions), MemberType = typeof(InstructionSets))]
    public void Descriptors_FewerInstructions_StillPass(string restriction) =>
    InstructionSets.Rerun(typeof(DescriptorPathTests), restriction);
}
