using Engine.Peers.Comparing;

namespace Engine.Tests.Peers;

public class TurnsTests
{
    [Fact]
    public void Take_CleanSamples_AsksEachSideOncePerRound()
    {
        var asked = new List<char>();
        var samples = Turns.Take([() => Sample('a'), () => Sample('b')], 3, () => true);
        Assert.Equal("ababab", string.Concat(asked));
        Assert.All(samples, s => Assert.Equal(3, s.Clean));

        Sample Sample(char side)
        {
            asked.Add(side);
            return new(1, 0);
        }
    }

    [Fact]
    public void Take_DisturbedSamples_AreReplacedAsLongAsThereIsTime()
    {
        double[] disturbances = [0.5, 0, 0.5, 0, 0, 0, 0];
        Assert.Equal(5, Take(() => true));
        Assert.Equal(3, Take(() => false));

        int Take(Func<bool> hasTime)
        {
            var next = 0;
            return Turns.Take([() => new(1, disturbances[next++]), () => new(1, 0)], 3, hasTime)[1].All.Count;
        }
    }

    [Fact]
    public void Take_NeverClean_EndsAfterFiveTimesTheRounds() =>
        Assert.Equal(10, Turns.Take([() => new(1, 1)], 2, () => true)[0].All.Count);

    [Fact]
    public void Median_TakesCleanSamples_AndTheLeastDisturbedIfTheyAreFew()
    {
        var samples = new SampleSet();
        foreach (var (time, disturbance) in ((double, double)[])[(9, 0.3), (1, 0), (2, 0.01), (4, 0), (8, 0.1), (3, 0.079)])
            samples.Add(new(time, disturbance));
        Assert.Equal(4, samples.Clean);
        Assert.Equal(2.5, samples.Median(3));
        Assert.Equal(3, samples.Median(5));
        Assert.Equal(3.5, samples.Median(6));
    }
}
