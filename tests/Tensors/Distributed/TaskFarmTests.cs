using Engine.Tensors.Distributed;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Distributed;

public class TaskFarmTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(3, 40)]
    [InlineData(4, 2)]
    [InlineData(2, 0)]
    public void EveryTask_IsDoneOnce_OnSomeRank(int size, int count)
    {
        var taken = new Dictionary<int, byte>();
        var done = ThreadRanks.Run(size, ranks =>
        {
            var own = 0;
            byte[] Work(byte[] task)
            {
                own++;
                return [(byte)(task[0] * 2)];
            }

            if (ranks.IsFirst)
            {
                TaskFarm.Lead(ranks, [.. Enumerable.Range(0, count).Select(i => new[] { (byte)i })], Work,
                    (i, r) => taken.Add(i, r[0]));
            }
            else TaskFarm.Serve(ranks, Work);
            return own;
        });
        Assert.Equal(count, done.Sum());
        Assert.Equal(Enumerable.Range(0, count).Select(i => (i, (byte)(i * 2))),
            taken.OrderBy(t => t.Key).Select(t => (t.Key, t.Value)));
    }

    [Fact]
    public void SeveralRounds_FollowEachOther() => ThreadRanks.Run(3, ranks =>
    {
        for (var round = 0; round < 200; round++)
        {
            var sum = 0;
            if (ranks.IsFirst) TaskFarm.Lead(ranks, [[1], [2], [3], [4]], t => t, (_, r) => sum += r[0]);
            else TaskFarm.Serve(ranks, t => t);
            Assert.Equal(ranks.IsFirst ? 10 : 0, sum);
        }
    });

    [Fact]
    public void AfterAnError_NothingMoreIsBegun()
    {
        var taken = 0;
        var error = Assert.Throws<InvalidDataException>(() => ThreadRanks.Run(2, ranks =>
        {
            if (!ranks.IsFirst)
            {
                TaskFarm.Serve(ranks, t => t);
                return;
            }

            TaskFarm.Lead(ranks, [.. Enumerable.Repeat(new byte[] { 7 }, 100)], t => t,
                (_, _) => throw new InvalidDataException($"taken {++taken}"));
        }));
        Assert.Equal("taken 1", error.Message);
        Assert.Equal(1, taken);
    }

    [Fact]
    public void WhenCancelled_BegunTasksAreWaitedFor()
    {
        using var stop = new CancellationTokenSource();
        var taken = 0;
        Assert.Throws<OperationCanceledException>(() => ThreadRanks.Run(2, ranks =>
        {
            if (!ranks.IsFirst)
            {
                TaskFarm.Serve(ranks, t => t);
                return;
            }

            TaskFarm.Lead(ranks, [.. Enumerable.Repeat(new byte[] { 7 }, 100)], t => t, (_, _) =>
            {
                taken++;
                stop.Cancel();
            }, stop.Token);
        }));
        Assert.InRange(taken, 1, 2);
    }
}
