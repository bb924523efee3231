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

    // scipy.signal.get_window(('kaiser', beta), n, fftbins=periodic), SciPy 1.10.
    [Theory]
    [InlineData(7, false, 14, new[] { 7.72686684e-06, 0.032885526, 0.462716498, 1, 0.462716498, 0.032885526, 7.72686684e-06 })]
    [InlineData(8, false, 14,
        new[] { 7.72686684e-06, 0.0179640735, 0.272772068, 0.870803732, 0.870803732, 0.272772068, 0.0179640735, 7.72686684e-06 })]
    [InlineData(6, true, 5, new[] { 0.0367108923, 0.328201957, 0.775322104, 1, 0.775322104, 0.328201957 })]
    public void Create_Kaiser_MatchesScipy(int length, bool periodic, double beta, double[] expected) =>
        Close.Assert(expected, Windows.Create(WindowKind.Kaiser, length, periodic, beta), 1e-9);

    [Theory]
    [InlineData(WindowKind.Hann, new[] { 0, 0.5, 1, 0.5, 0 })]
    [InlineData(WindowKind.Hamming, new[] { 0.08, 0.54, 1, 0.54, 0.08 })]
    [InlineData(WindowKind.Blackman, new[] { 0, 0.34, 1, 0.34, 0 })]
    [InlineData(WindowKind.Rectangular, new double[] { 1, 1, 1, 1, 1 })]
    public void Create_Symmetric_MatchesScipy(WindowKind kind, double[] expected) =>
        Close.Assert(expected, Windows.Create(kind, 5, periodic: false), 1e-12);

    [Fact]
    public void Create_Periodic_IsLongerSymmetricWithoutItsLast()
    {
        foreach (var kind in Enum.GetValues<WindowKind>())
            for (var n = 2; n <= 65; n++)
                Assert.Equal(Windows.Create(kind, n + 1, periodic: false)[..n], Windows.Create(kind, n));
    }

    [Fact]
    public void Create_OnePoint_IsOne() =>
        Assert.All(Enum.GetValues<WindowKind>(), kind => Assert.Equal([1.0], Windows.Create(kind, 1)));

    [Fact]
    public void Create_WrongArguments_NamesThem()
    {
        Assert.Contains("length is 0", Assert.Throws<ArgumentOutOfRangeException>(() => Windows.Create(WindowKind.Hann, 0))
            .Message);
        Assert.Contains("unknown kind 99", Assert.Throws<ArgumentOutOfRangeException>(() => Windows.Create((WindowKind)99, 4))
            .Message);
    }
}
