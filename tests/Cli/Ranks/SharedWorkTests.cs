using Engine.Classifiers;
using Engine.Cli.Ranks;
using Engine.Pipeline.Ranks;
using Engine.Tests.Support;

namespace Engine.Tests.Cli.Ranks;

/// <summary>What ranks agree on and how work is cut, on ranks that are threads.</summary>
public class SharedWorkTests
{
    [Theory]
    [InlineData(0, 4, 2)]
    [InlineData(1, 4, 2)]
    [InlineData(100, 2, 1)]
    [InlineData(1000, 3, 16)]
    [InlineData(7, 8, 64)]
    public void Runs_AnyList_CoverItOnceAndGrowShorter(int count, int ranks, int threads)
    {
        var runs = SharedOut.Runs(count, ranks, threads);
        Assert.Equal(Enumerable.Range(0, count), runs.SelectMany(r => Enumerable.Range(0, count).Take(r)));
        int[] lengths = [.. runs.Select(r => r.End.Value - r.Start.Value)];
        Assert.Equal(lengths.OrderDescending(), lengths);
        Assert.All(lengths, length => Assert.InRange(length, 1, 8 * threads));
    }

    [Fact]
    public void InOrder_ResultsThatComeLate_AreTakenInOrder() => ThreadRanks.Run(3, ranks =>
    {
        var (taken, come) = (new List<byte>(), 0);
        byte[] Work(byte[] task)
        {
            if (task[0] % 5 == 0) Thread.Sleep(5);
            return task;
        }

        SharedOut.InOrder(ranks, [.. Enumerable.Range(0, ranks.IsFirst ? 50 : 0).Select(i => new[] { (byte)i })], Work,
            _ => come++, result => taken.Add(result[0]), CancellationToken.None);
        Assert.Equal(ranks.IsFirst ? 50 : 0, come);
        Assert.Equal(Enumerable.Range(0, come).Select(i => (byte)i), taken);
    });

    [Fact]
    public void AllTexts_AnyLengths_AreThoseOfTheRanks()
    {
        string[] texts = ["", "é and more", "x"];
        Assert.All(ThreadRanks.Run(3, ranks => ranks.AllTexts(texts[ranks.Rank])), all => Assert.Equal(texts, all));
    }

    [Fact]
    public void Require_OneThatDiffers_IsNamedOnEveryRank()
    {
        ThreadRanks.Run(3, ranks => RankAgreement.Require(ranks, "list of recordings", "3 abc", "Copy them."));
        var messages = ThreadRanks.Run(3, ranks => Assert.Throws<EngineException>(() => RankAgreement.Require(
            ranks, "list of recordings", ranks.Rank == 1 ? "2 def" : "3 abc", "Copy them.")).Message);
        var host = Environment.MachineName;
        Assert.All(messages, m => Assert.Equal(
            $"rank 1 on {host} has another list of recordings than rank 0 on {host} (2 def, not 3 abc). Copy them.", m));
    }

    [Theory]
    [InlineData(8, "a 0-7", 8)]
    [InlineData(8, "a 0-7,a 0-7", 4, 4)]
    [InlineData(8, "a 0-7,a 0-7,a 0-7", 3, 3, 2)]
    [InlineData(2, "a 0-1,b 0-1,a 0-1,b 0-1", 1, 1, 1, 1)]
    [InlineData(4, "a 0-3,a 4-7", 4, 4)]
    [InlineData(1, "a 0,a 0", 1, 1)]
    public void Share_RanksOfAHost_DivideItsProcessors(int processors, string places, params int[] threads) =>
        Assert.Equal(threads, threads.Select((_, rank) => RankProcessors.Share(places.Split(','), rank, processors)));
}
