using Engine.Tensors;

namespace Engine.Tests.Tensors;

/// <summary>What a pool keeps, hands out again and gives back.</summary>
public class MemoryPoolTests
{
    [Fact]
    public void Rent_BlockOfTheSizeWaits_IsTheOneReturnedLast()
    {
        var pool = new CountingPool();
        var (first, second) = (pool.Rent(1000, out var length), pool.Rent(1000, out _));
        pool.Return(first, length, 1000);
        pool.Return(second, length, 1000);
        Assert.Equal([second, first], [pool.Rent(1000, out _), pool.Rent(1000, out _)]);
    }

    [Fact]
    public void TrimIdle_FreesOnlyWhatHasWaited()
    {
        var pool = new CountingPool(TimeSpan.FromHours(1));
        var (early, late) = (pool.Rent(1000, out var length), pool.Rent(1000, out _));
        pool.Return(early, length, 1000);
        pool.Time += 3_600_000 - 1;
        pool.Return(late, length, 1000);
        pool.TrimIdle();
        Assert.Empty(pool.Gone);
        pool.Time += 1;
        pool.TrimIdle();
        Assert.Equal([early], pool.Gone);
        Assert.Equal(length, pool.ReservedBytes);
        Assert.Equal(late, pool.Rent(1000, out _));
        pool.Trim();
        Assert.Equal([early], pool.Gone);
    }

    [Fact]
    public void Timer_BlocksWait_FreesThemWithoutACall()
    {
        var pool = new CountingPool(TimeSpan.FromMilliseconds(1)) { Ticks = true };
        for (var round = 1; round <= 3; round++)
        {
            pool.Return(pool.Rent(1000, out var length), length, 1000);
            Assert.True(SpinWait.SpinUntil(() => pool.Gone.Count == round, TimeSpan.FromMinutes(1)),
                $"Round {round}: {pool.Gone.Count} blocks were freed.");
        }

        Assert.Equal((0, 0), (pool.LiveBytes, pool.ReservedBytes));
    }

    [Fact]
    public void Trim_FreeFails_HandsTheBlockOutNeverAgain()
    {
        var pool = new CountingPool { Fails = true };
        var block = pool.Rent(1000, out var length);
        pool.Return(block, length, 1000);
        Assert.Throws<InvalidOperationException>(pool.Trim);
        pool.Fails = false;
        Assert.NotEqual(block, pool.Rent(1000, out _));
        pool.Trim();
        Assert.Empty(pool.Gone);
    }

    private sealed class CountingPool(TimeSpan? idleLimit = null) : MemoryPool(idleLimit)
    {
        private int _blocks;

        public List<nint> Gone { get; } = [];

        public long Time { get; set; } = 1_000_000;

        public bool Ticks { get; init; }

        public bool Fails { get; set; }

        protected override long SmallestStep => 64;

        protected override long Now => Ticks ? base.Now : Time;

        protected override nint Allocate(long blockLength) => ++_blocks;

        protected override void Free(nint block)
        {
            if (Fails) throw new InvalidOperationException("The test's own.");
            Gone.Add(block);
        }
    }
}
