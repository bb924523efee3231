using System.Runtime.InteropServices;
using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class StftTests
{
    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Stft_Defaults_MatchesLibrosa(string signal)
    {
        var reference = Vectors.Load("dsp_features_" + signal)["stft_2048_512"];
        var expected = (Complex<float>[])reference.Data;
        var (bins, columns) = (reference.Shape[0], reference.Shape[1]);
        var actual = new Stft(new StftOptions()).Forward(Vectors.Signal(signal));
        Assert.Equal(bins, actual.Bins);
        Assert.Equal(columns, (actual.Count + 3) / 4);
        var picked = new Complex<float>[expected.Length];
        for (var t = 0; t < columns; t++)
            for (var k = 0; k < bins; k++) picked[k * columns + t] = actual[4 * t][k];
        var e = MemoryMarshal.Cast<Complex<float>, float>(expected);
        var max = 0f;
        foreach (var v in e) max = Math.Max(max, Math.Abs(v));
        Close.Assert(e, MemoryMarshal.Cast<Complex<float>, float>(picked), 1e-5 * max, what: signal);
    }
}
