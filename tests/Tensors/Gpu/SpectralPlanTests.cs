using Engine.Tensors.Gpu;
using Engine.Tensors.Gpu.Kernels;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>What a transform of each size is planned as.</summary>
public class SpectralPlanTests
{
    [Theory]
    [InlineData(16 * 1024)]
    [InlineData(32 * 1024)]
    [InlineData(48 * 1024)]
    [InlineData(1024 * 1024)]
    public void Plan_EverySize_KeepsToTheDevicesLimits(int sharedBytes)
    {
        foreach (var size in (int[])[.. Enumerable.Range(1, 300), 1000, 1009, 2018, 2048, 2205, 4096, 4410, 6144])
        {
            var plan = new SpectralPlan(size, sharedBytes);
            Assert.Equal(size % 2 == 0 ? size / 2 : size, plan.Transform);
            Assert.Equal(plan.IsConvolution, plan.Points >= 2 * plan.Transform - 1 && plan.Points > plan.Transform);
            Assert.Equal(2 * (plan.ChirpSpectrum + (plan.IsConvolution ? plan.Points : -plan.Transform)), plan.Tables.Length);
            if (!plan.FitsShared) continue;
            Assert.InRange(plan.FrameItems, 1, 256);
            Assert.InRange(plan.SharedBytes, 16, Math.Min(sharedBytes, 48 * 1024));
        }
    }

    [Theory]
    [InlineData(2048, 32, 1024, true)]
    [InlineData(4096, 32, 2048, true)]
    [InlineData(1009, 32, 2048, true)]
    [InlineData(2205, 48, 2205, true)]
    [InlineData(2205, 32, 8192, false)]
    [InlineData(8192, 48, 4096, false)]
    [InlineData(4099, 48, 16384, false)]
    [InlineData(64, 16, 32, false)]
    public void Plan_OfASize_TakesThesePoints(int size, int sharedKilobytes, int points, bool fitsShared)
    {
        var plan = new SpectralPlan(size, 1024 * sharedKilobytes);
        Assert.Equal((points, fitsShared), (plan.Points, plan.FitsShared));
    }

    [Theory]
    [InlineData(64, new[] { 4, 4, 2 })]
    [InlineData(1000, new[] { 4, 5, 5, 5 })]
    [InlineData(441, new[] { 3, 3, 7, 7 })]
    [InlineData(22, new[] { 4, 4, 2, SpectralStep.Spectrum, 4, 4, 2, SpectralStep.Chirp })]
    public void Plan_OfASize_TakesTheseSteps(int size, int[] kinds)
    {
        var plan = new SpectralPlan(size, 48 * 1024);
        Assert.Equal(kinds, plan.Steps.Select(step => step.Kind));
    }

    [Fact]
    public void Row_OfEveryButterflyOfAnOddRadix_IsTheQuotient()
    {
        for (var columns = 1; columns <= 1024; columns++)
        {
            var step = new SpectralStep(3, 1024, columns);
            for (var b = 0; b < 1024; b++) Assert.Equal(b / columns, step.Row(b));
        }
    }
}
