using Engine.Tensors;
using Engine.Tensors.Operators;

namespace Engine.Tests.Tensors;

/// <summary>The functions that GPUs compile, over all of a float's range.</summary>
public class ScalarMathTests
{
    private const float Normal = 1.17549435E-38f;

    // Apart by a number that has no factor in common with a float's bits.
    private const uint Step = 7919;

    private static readonly Dictionary<string, (Func<float, float> Actual, Func<double, double> Expected)> s_functions = new()
    {
        ["exp"] = (ScalarMath.Exp, Math.Exp),
        ["log"] = (ScalarMath.Log, Math.Log),
        ["tanh"] = (ScalarMath.Tanh, Math.Tanh),
        ["sigmoid"] = (ScalarMath.Sigmoid, x => 1 / (1 + Math.Exp(-x))),
    };

    public static TheoryData<string> Functions => [.. s_functions.Keys];

    [Theory, MemberData(nameof(Functions))]
    public void Function_EveryMagnitude_IsWithinThreeUlp(string name)
    {
        var (actual, expected) = s_functions[name];
        foreach (var x in Everywhere())
        {
            // What would be subnormal may be 0.
            var exact = expected(x);
            if (Math.Abs(exact) < Normal && actual(x) == 0) continue;
            AssertClose(exact, actual(x), 3, $"{name}({x:R})");
        }
    }

    [Theory]
    [InlineData(1.7f)]
    [InlineData(-0.7f)]
    [InlineData(100.5f)]
    [InlineData(33)]
    [InlineData(-8)]
    [InlineData(1e-3f)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.NaN)]
    public void Power_EveryMagnitude_IsWithinTwoUlp(float p)
    {
        foreach (var x in Everywhere()) AssertClose(Math.Pow(x, p), ScalarMath.Power(x, p), 2, $"{x:R}^{p:R}");
    }

    // Where the result is neither 0 nor infinite, however large the exponent.
    [Fact]
    public void Power_BaseNearOneOrExponentLarge_IsWithinTwoUlp()
    {
        var random = new RandomStream(1, "powers");
        for (var i = 0; i < 500_000; i++)
        {
            var x = BitConverter.Int32BitsToSingle(
                i % 2 == 0 ? random.NextInt(0x7F800000) : 0x3F800000 + random.NextInt(20_000) - 10_000);
            var p = (float)((276 * random.NextDouble() - 148) / Math.Log2(x));
            AssertClose(Math.Pow(x, p), ScalarMath.Power(x, p), 2, $"{x:R}^{p:R}");
        }
    }

    [Fact]
    public void Power_SpecialNumbers_AreThoseOfTheBaseLibrary()
    {
        float[] numbers =
        [
            0, -0f, 1, -1, 2, -2, 3, -3, 4, -4, 0.3f, -0.3f, 1.5f, -1.5f, 16777217, -8388607, 1e-45f, -1e-39f, float.MaxValue,
            float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN,
        ];
        foreach (var x in numbers)
        {
            foreach (var p in numbers)
            {
                AssertClose(Math.Pow(x, p), ScalarMath.Power(x, p), 2, $"{x:R}^{p:R}");
                if (!float.IsNaN(MathF.Pow(x, p)))
                    Assert.Equal(float.IsNegative(MathF.Pow(x, p)), float.IsNegative(ScalarMath.Power(x, p)));
            }
        }
    }

    private static IEnumerable<float> Everywhere()
    {
        for (ulong bits = 0; bits <= uint.MaxValue; bits += Step) yield return BitConverter.UInt32BitsToSingle((uint)bits);
        float[] ends =
        [
            float.PositiveInfinity, float.NegativeInfinity, float.NaN, 0, -0f, 1e-45f, float.MaxValue, 88.72283f, 88.72284f, 89,
            -87.33654f, -87.33655f,
        ];
        foreach (var x in ends) yield return x;
    }

    private static void AssertClose(double expected, float actual, double ulps, string what)
    {
        var rounded = (float)expected;
        if (float.IsNaN(rounded) ? float.IsNaN(actual) : rounded == actual) return;
        var ulp = (double)MathF.BitIncrement(MathF.Abs(rounded)) - MathF.Abs(rounded);
        Assert.True(
            float.IsFinite(rounded) && Math.Abs(actual - expected) <= ulps * ulp, $"{what} is {actual:R}, not {expected:R}.");
    }
}
