using Engine.Tensors.Cpu;

namespace Engine.Tests.Tensors;

public class WorkerPoolTests
{
    [Fact]
    public void Run_ManyLoops_CallsEachTaskOnce()
    {
        for (var repeat = 0; repeat < 2000; repeat++)
        {
            var tasks = repeat % 17;
            var calls = new int[tasks];
            WorkerPool.Run(tasks, i => Interlocked.Increment(ref calls[i]));
            Assert.All(calls, c => Assert.Equal(1, c));
        }
    }

    [Fact]
    public void Run_Nested_RunsInside()
    {
        var calls = 0;
        WorkerPool.Run(8, _ => WorkerPool.Run(8, _ => Interlocked.Increment(ref calls)));
        Assert.Equal(64, calls);
    }

    [Fact]
    public void Run_FromSeveralThreads_CallsEachTaskOnce()
    {
        var calls = new int[4];
        var threads = Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            for (var repeat = 0; repeat < 500; repeat++) WorkerPool.Run(10, _ => Interlocked.Increment(ref calls[t]));
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Equal([5000, 5000, 5000, 5000], calls);
    }

    [Fact]
    public void Run_TaskThrows_ThrowsAfterTheRest()
    {
        var calls = 0;
        var error = Assert.Throws<InvalidOperationException>(() => WorkerPool.Run(20, i =>
        {
            Interlocked.Increment(ref calls);
            if (i == 3) throw new InvalidOperationException("task 3");
        }));
        Assert.Equal("task 3", error.Message);
        Assert.Equal(20, calls);
    }
}
