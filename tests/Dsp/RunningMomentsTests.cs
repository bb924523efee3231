using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class RunningMomentsTests
{
    [Fact]
    public void Add_AnyPieces_GivesTheBitsOfTheWhole()
    {
        var random = new Random(5);
        for (var length = 1; length < 300; length += length < 40 ? 1 : 37)
        {
            var values = Array.ConvertAll(Signals.Noise(length, length), x => 3 + x);
            var moments = new RunningMoments();
            AddInPieces();
            moments.StartDeviations();
            AddInPieces();
            Assert.Equal(Moments.Of(values), moments.Result);
            var mean = values.Average(x => (double)x);
            Close.Assert([mean, values.Average(x => (x - mean) * (x - mean))], [moments.Result.Mean, moments.Result.Variance],
                1e-14, 1e-13);

            void AddInPieces()
            {
                for (int at = 0, piece; at < values.Length; at += piece)
                {
                    piece = Math.Min(random.Next(0, 30), values.Length - at);
                    moments.Add(values.AsSpan(at, piece));
                }
            }
        }
    }

    [Fact]
    public void Result_NoValues_IsNaN() => Assert.Equal(new Moments(double.NaN, double.NaN), Moments.Of([]));
}
