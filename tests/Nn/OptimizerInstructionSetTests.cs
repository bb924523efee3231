using Engine.Tests.Support;

namespace Engine.Tests.Nn;

public class OptimizerInstructionSetTests
{
    [Theory, MemberData(nameof(InstructionSets.Restrictions), MemberType = typeof(InstructionSets))]
    public void Optimizers_FewerInstructions_StillPass(string restriction) =>
    InstructionSets.Rerun(typeof(OptimizerTests), restriction);
}
