using Engine.Dsp;

namespace Engine.Tests.Dsp;

public class ComplexTests
{
    [Fact]
    public void ToString_AnyNumber_ShowsBothParts()
    {
        Assert.Equal("<1.5; -2>", new Complex<float>(1.5f, -2).ToString());
        Assert.Equal("<0; 1E-300>", new Complex<double>(0, 1e-300).ToString());
    }
}
