using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class FftInstructionSetTests
{
    [Theory, MemberData(nameof(InstructionSets.Restrictions), MemberType = typeof(InstructionSets))]
    public void Fft_FewerInstructions_StillPasses(string restriction) =>
        InstructionSets.Rerun([typeof(FftTests), typeof(SeriesFftTests)], restriction);
}
