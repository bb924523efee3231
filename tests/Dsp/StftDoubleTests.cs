using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class StftDoubleTests
{
    // librosa's bins are doubles rounded to float, so that ours agree to the last places however soft they are.
    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void MagnitudeInDouble_EveryBin_MatchesLibrosa(string signal)
    {
        AssertMatches(signal, "stft_2048_512", 4, new());
        AssertMatches(signal, "stft_512_256_reflect", 8, new() { FftSize = 512, HopLength = 256, PadMode = PadMode.Reflect });
        AssertMatches(signal, "stft_400_160_w320_nocenter", 8,
            new() { FftSize = 400, HopLength = 160, WindowLength = 320, Center = false });
    }

    [Fact]
    public void MagnitudeInDouble_TooShortToReflect_NamesTheValue()
    {
        var stft = new Stft(new() { PadMode = PadMode.Reflect });
        Assert.Contains("it has 1024", Assert.Throws<ArgumentException>(() => stft.MagnitudeInDouble(new float[1024])).Message);
    }

    private static void AssertMatches(string signal, string name, int step, StftOptions options)
    {
        var reference = Vectors.Load("dsp_features_" + signal)[name];
        var expected = (Complex<float>[])reference.Data;
        var columns = reference.Shape[1];
        var actual = new Stft(options).MagnitudeInDouble(Vectors.Signal(signal));
        Assert.Equal(columns, (actual.Count + step - 1) / step);
        for (var t = 0; t < columns; t++)
        {
            var column = Enumerable.Range(0, actual.Bins).Select(k => expected[k * columns + t].Magnitude).ToArray();
            // Both are rounded to float, each part and the magnitude; the transforms themselves differ by 1e-15 of the loudest
            // bin.
            Close.Assert(column, actual[t * step], 1e-14 * column.Max(), 3e-7, $"{signal} {name} frame {t * step}");
        }
    }
}
