using Engine.Tensors;
using Engine.Tensors.Gpu;
using Engine.Tests.Support;
using Engine.Tests.Tensors.Gpu;

namespace Engine.Tests.Nn;

/// <summary>
/// A GPU that is lost in mid-training: an error that says so, and a checkpoint that the processor goes on from.
/// </summary>
public class LostDeviceTests
{
    [Fact]
    public void Run_DeviceLostInMidRun_KeepsTheCheckpoint()
    {
        using var folder = new TemporaryFolder();
        var (expected, _) = OpenClTrainingTests.Train("mlp", Device.Cpu);
        using var driver = new FaultyDriver(memoryBytes: 1 << 26);
        var steps = 0;

        // Every step writes a checkpoint; in the fifth a launch fails.
        var error = Assert.Throws<DeviceException>(() => OpenClTrainingTests.Train(
            "mlp", new Device("faulty", new GpuBackend(driver)),
            () => driver.LaunchesUntilLost = ++steps == 5 ? 3 : int.MaxValue, folder["a"], checkpointInterval: TimeSpan.Zero));
        Assert.StartsWith("faulty: Faulty GPU was lost, with what it held (launch of ", error.Message);
        Assert.Equal(5, steps);

        var left = 0;
        var (moved, _) = OpenClTrainingTests.Train("mlp", Device.Cpu, () => left++, folder["a"]);
        Assert.InRange(left, 1, 13);
        Close.Assert([.. expected.Select(e => e.Loss)], moved.Select(e => e.Loss).ToArray(), 0, 1e-5);
    }
}
