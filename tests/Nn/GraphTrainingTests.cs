using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

/// <summary>Training whose launches are replayed as graphs, on a CUDA device or on the emulator.</summary>
public sealed class GraphTrainingTests
{
    public static TheoryData<string> Kinds => OpenClTrainingTests.Kinds;

    [CudaTheory, MemberData(nameof(Kinds))]
    public void Run_WithGraphs_HasTheBitsOfSingleLaunches(string kind)
    {
        var graphs = CudaEmulator.IsInUse ? CudaEmulator.Count("graphs") : 0;
        var (expected, bits) = OpenClTrainingTests.Train(kind, Device.Get("cuda"));
        var (replayed, same) = OpenClTrainingTests.Train(kind, Device.Get("cuda+graphs"));
        Assert.Equal(expected.Select(e => (e.Loss, e.Accuracy, e.ValidLoss)),
            replayed.Select(e => (e.Loss, e.Accuracy, e.ValidLoss)));
        Assert.Equal(bits, same);
        if (CudaEmulator.IsInUse) Assert.True(CudaEmulator.Count("graphs") > graphs, "there were graphs");
    }
}
