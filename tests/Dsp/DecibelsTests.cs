using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class DecibelsTests
{
    [Fact]
    public void FromPower_KnownValues_AreTenLogTen()
    {
        float[] power = [1, 10, 100, 0.1f, 0, 1e-20f, -5];
        var decibels = new float[power.Length];
        Decibels.FromPower(power, decibels, topDb: null);
        Close.Assert([0, 10, 20, -10, -100, -100, -100], decibels, 1e-5);
        Decibels.FromPower(power, decibels, reference: 100, topDb: 25);
        Close.Assert([-20, -10, 0, -25, -25, -25, -25], decibels, 1e-5);
    }

    [Fact]
    public void FromAmplitude_KnownValues_AreTwentyLogTen()
    {
        float[] amplitude = [1, -10, 100, 0.1f, 0];
        var decibels = new float[amplitude.Length];
        Decibels.FromAmplitude(amplitude, decibels, topDb: null);
        Close.Assert([0, 20, 40, -20, -100], decibels, 1e-5);
        Decibels.FromAmplitude(amplitude, decibels, reference: Decibels.Peak(amplitude));
        Close.Assert([-40, -20, 0, -60, -80], decibels, 1e-5);
    }

    [Fact]
    public void FromPower_NaN_StaysWhereItIs()
    {
        for (var n = 1; n < 40; n++)
        {
            var values = new float[n];
            Array.Fill(values, 10);
            values[n / 2] = float.NaN;
            Decibels.FromPower(values, values);
            for (var i = 0; i < n; i++) Assert.Equal(i == n / 2, float.IsNaN(values[i]));
        }
    }

    [Fact]
    public void Peak_EveryLength_IsTheLargest()
    {
        for (var n = 1; n < 70; n++)
        {
            for (var place = 0; place < n; place++)
            {
                var values = new float[n];
                values[place] = 3;
                values[(place + 1) % n] = n == 1 ? 3 : float.NaN;
                Assert.Equal(3, Decibels.Peak(values));
            }
        }

        Assert.Equal(0, Decibels.Peak([]));
        Assert.Equal(0, Decibels.Peak([-1, float.NaN]));
    }

    [Fact]
    public void FromPower_WrongArguments_NamesThem()
    {
        Assert.Contains("2 values but the output 3",
            Assert.Throws<ArgumentException>(() => Decibels.FromPower(new float[2], new float[3])).Message);
        Assert.Contains("amin is 0", Assert.Throws<ArgumentOutOfRangeException>(() => Decibels.FromPower([], [], amin: 0))
            .Message);
        Assert.Contains("topDb is -1", Assert.Throws<ArgumentOutOfRangeException>(() => Decibels.FromAmplitude([], [], topDb: -1))
            .Message);
    }
}
