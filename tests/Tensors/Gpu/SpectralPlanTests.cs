using Engine.Tensors.Gpu;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>What a transform of each size is planned as.</summary>
public class SpectralPlanTests
{
    [Theory]
    [InlineData(16 * 1024)]
    [InlineData(32 * 1024)]
    [InlineData(48 * 1024)]
    [InlineData(1024 * 1024)]
    public void Plan_EverySize_KeepsToTheDevicesLimits(int localBytes)
    {
        foreach (var size in (int[])[.. Enumerable.Range(1, 300), 1000, 1009, 2018, 2048, 2205, 4096, 4410, 6144])
        {
            var plan = new SpectralPlan(size, localBytes);
            Assert.Equal(size % 2 == 0 ? size / 2 : size, plan.Transform);
            Assert.Equal(plan.IsConvolution, plan.Points >= 2 * plan.Transform - 1 && plan.Points > plan.Transform);
            Assert.Equal(plan.ChirpSpectrum + (plan.IsConvolution ? 2 * plan.Points : -2 * plan.Transform), plan.Tables.Length);
            if (!plan.FitsLocal) continue;
            Assert.InRange(plan.Items, 1, 256);
            Assert.InRange(16 * plan.Points * plan.Frames, 16, Math.Min(localBytes, 48 * 1024));
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
    public void Plan_OfASize_TakesThesePoints(int size, int localKilobytes, int points, bool fitsLocal)
    {
        var plan = new SpectralPlan(size, 1024 * localKilobytes);
        Assert.Equal((points, fitsLocal), (plan.Points, plan.FitsLocal));
    }
}
