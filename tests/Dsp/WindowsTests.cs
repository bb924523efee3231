using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class WindowsTests
{
    [Theory]
    [InlineData(WindowKind.Hann, "hann")]
    [InlineData(WindowKind.Hamming, "hamming")]
    [InlineData(WindowKind.Blackman, "blackman")]
    [InlineData(WindowKind.Rectangular, "boxcar")]
    public void Create_Periodic_MatchesScipy(WindowKind kind, string name) =>
        Close.Assert(Vectors.Load("dsp_filters")[$"window_{name}_512"].ToDoubles(), Windows.Create(kind, 512), 1e-6, what: name);
}
