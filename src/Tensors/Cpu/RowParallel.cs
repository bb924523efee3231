using System.ComponentModel;

namespace Engine.Tensors.Cpu;

/// <summary>Splits a range of independent rows or elements into tasks whose boundaries do not depend on the threads.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RowParallel
{
    /// <summary>
    /// Calls <paramref name="body"/>(from, to) for consecutive pieces of [0, <paramref name="count"/>), all of
    /// <paramref name="grain"/> elements except the last: choose the grain so that a piece takes some 20 µs.
    /// </summary>
    public static void For(int count, int grain, Action<int, int> body)
    {
        var tasks = (int)(((long)count + grain - 1) / grain);
        if (tasks <= 1)
        {
            if (count > 0) body(0, count);
            return;
        }

        WorkerPool.Run(tasks, task => body(task * grain, (int)Math.Min((long)count, (task + 1L) * grain)));
    }

    /// <summary>
    /// The grain for loops that stream through memory: one contiguous stretch per thread, which prefetch follows from end to end,
    /// but at least <paramref name="least"/>. Each item is computed whole by one task, so the grain may depend on the threads.
    /// </summary>
    public static int Stretch(int count, int least) =>
        Math.Max((int)(((long)count + WorkerPool.Threads - 1) / WorkerPool.Threads), least);
}
