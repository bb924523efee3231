using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class SeparationInstructionSetTests
{
    [Theory, MemberData(nameof(InstructionSets.Restrictions), MemberType = typeof(InstructionSets))]
    public void MedianFilter_FewerInstructions_StillPasses(string restriction) =>
    InstructionSets.Rerun(typeof(MedianFilterTests), restriction);

    [Theory, MemberData(nameof(InstructionSets.Restrictions), MemberType = typeof(InstructionSets))]
    public void HarmonicPercussive_FewerInstructions_StillPasses(string restriction) =>
        InstructionSets.Rerun(typeof(HarmonicPercussiveTests), restriction);
}
