using Engine.Tensors.Cpu;

namespace Engine.Tests.Support;

/// <summary>Whether results depend on the number of threads.</summary>
internal static class ThreadCheck
{
    /// <summary>Computes something on one, two and three threads, and requires the same bits.</summary>
    public static void SameBits(Func<float[]> compute)
    {
        var threads = WorkerPool.Threads;
        try
        {
            var results = new List<float[]>();
            foreach (var count in new[] { 1, 2, 3 })
            {
                WorkerPool.Threads = count;
                results.Add(compute());
            }

            Assert.Equal(results[0], results[1]);
            Assert.Equal(results[0], results[2]);
        }
        finally
        {
            WorkerPool.Threads = threads;
        }
    }
}
