using Engine.Tests.Support;

namespace Engine.Tests.Classifiers.Numerics;

public class NumericsInstructionSetTests
{
    [Theory]
    [MemberData(nameof(InstructionSets.Restrictions), MemberType = typeof(InstructionSets))]
    public void Numerics_FewerInstructions_StillPass(string restriction) =>
        InstructionSets.Rerun([typeof(MatrixProductTests), typeof(FactorizationTests), typeof(KnnClassifierTests),
            typeof(KMeansTests), typeof(PcaTests)], restriction);
}
