using Engine.Dsp;
using Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Dsp;

public class StftStreamTests
{
    [Fact]
    public void TryRead_AnyCuts_GivesTheBitsOfForward()
    {
        var cases =
            from fftSize in Gen.Choose(1, 300)
            from window in Gen.Choose(1, fftSize)
            from hop in Gen.Choose(1, 500)
            from pieces in Gen.ListOf(Gen.Choose(0, 700))
            select (Pieces: pieces.ToArray(),
                Options: new StftOptions { FftSize = fftSize, WindowLength = window, HopLength = hop, Center = false });
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var signal = Signals.Noise(c.Pieces.Sum());
            var expected = new Stft(c.Options).Forward(signal);
            var stream = new StftStream(c.Options);
            var spectrum = new Complex<float>[stream.Bins];
            var (start, frames) = (0, 0);
            for (var i = 0; i < c.Pieces.Length; i++)
            {
                stream.Push(signal.AsSpan(start, c.Pieces[i]));
                start += c.Pieces[i];

                // Leave frames behind now and then.
                for (var read = 0; read < (i % 3 == 1 ? 1 : int.MaxValue) && stream.TryRead(spectrum); read++)
                    Assert.Equal(expected[frames++].ToArray(), spectrum);
            }

            while (stream.TryRead(spectrum)) Assert.Equal(expected[frames++].ToArray(), spectrum);
            Assert.Equal(expected.Count, frames);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Available_CountsUnreadFrames()
    {
        var stream = new StftStream(new() { FftSize = 8, HopLength = 4, Center = false });
        stream.Push(new float[7]);
        Assert.Equal(0, stream.Available);
        stream.Push(new float[9]);
        Assert.Equal(3, stream.Available);
        Assert.True(stream.TryRead(new Complex<float>[5]));
        Assert.Equal(2, stream.Available);
    }

    [Fact]
    public void StftStream_WrongArguments_NamesThem()
    {
        Assert.Contains("center is True", Assert.Throws<ArgumentException>(() => new StftStream(new())).Message);
        var stream = new StftStream(new() { FftSize = 8, Center = false });
        Assert.Contains("4 values; it must have 5", Assert.Throws<ArgumentException>(() => stream.TryRead(new Complex<float>[4]))
            .Message);
    }
}
