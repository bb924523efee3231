using System.Numerics;
using Engine.Dsp.Fft;

namespace Engine.Tests.Dsp;

public class TwiddlesTests
{
    [Theory]
    [InlineData(2048)]
    [InlineData(1323)]
    [InlineData(1009)]
    [InlineData(1000)]
    public void Root_EveryPower_IsRightToTheLastPlace(int n)
    {
        for (var k = 0; k < n; k++)
        {
            var (re, im) = Twiddles.Root(k, n);
            var (cos, sin) = Exact(k, n);
            // Half a unit for the library's sine of the angle's upper part, half a unit for adding its lower part.
            Assert.True(Math.Abs((double)(Exact(re) - cos) / Unit(re)) <= 1, $"cos of {k}/{n}");
            Assert.True(Math.Abs((double)(Exact(im) + sin) / Unit(im)) <= 1, $"sin of {k}/{n}");
        }
    }

    [Fact]
    public void Root_MirroredPowers_AgreeBitForBit()
    {
        for (var k = 0; k < 1000; k++)
        {
            var (re, im) = Twiddles.Root(k, 1000);
            Assert.Equal((re, -im), Twiddles.Root(1000 - k, 1000));
            Assert.Equal((re, im), Twiddles.Root(k - 3000, 1000));
            Assert.Equal((im, -re), Twiddles.Root(k + 250, 1000));
            Assert.Equal((re, im), Twiddles.Root(7L * k, 7000));
        }

        Assert.Equal((1, 0), Twiddles.Root(0, 5));
        Assert.Equal((0, -1), Twiddles.Root(2, 8));
        Assert.Equal((-1, 0), Twiddles.Root(4, 8));
    }

    // Below 1e-9 of a unit decimal's 28 digits would not suffice; the roots here stay clear of zero by far more.
    private static double Unit(double value) =>
        Math.BitIncrement(Math.Max(Math.Abs(value), 1e-3)) - Math.Max(Math.Abs(value), 1e-3);

    // A cast would round to 15 digits.
    private static decimal Exact(double value)
    {
        var one = BigInteger.One << 70;
        return (decimal)new BigInteger(value * (double)one) / (decimal)one;
    }

    // Taylor series to 28 digits, after mirroring into the first octant.
    private static (decimal Cos, decimal Sin) Exact(int k, int n)
    {
        if (2 * k > n) return Exact(n - k, n) is var (c, s) ? (c, -s) : default;
        if (4 * k > n) return Half(n - 2 * k, 2 * n) is var (c2, s2) ? (-c2, s2) : default;
        return Half(k, n);

        static (decimal, decimal) Half(int top, int bottom)
        {
            if (8 * top > bottom && Half(bottom - 4 * top, 4 * bottom) is var (sin2, cos2)) return (cos2, sin2);
            const decimal TwoPi = 6.2831853071795864769252867665590m;
            var angle = TwoPi * top / bottom;
            decimal cos = 1, sin = angle, term = angle;
            for (var i = 2; i < 40; i++)
            {
                term = term * angle / i;
                var sign = i % 4 is 2 or 3 ? -1 : 1;
                if (i % 2 == 0) cos += sign * term;
                else sin += sign * term;
            }

            return (cos, sin);
        }
    }
}
