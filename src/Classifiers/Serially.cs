using System.ComponentModel;
using Engine.Tensors.Cpu;

namespace Engine.Classifiers;

/// <summary>Loops that run on the worker pool, or only on the calling thread if <c>threads</c> is 1.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Serially
{
    /// <summary>Calls <paramref name="body"/> for 0 … <paramref name="tasks"/> - 1; rethrows its exception unchanged.</summary>
    public static void OrRun(int threads, int tasks, Action<int> body)
    {
        if (threads == 1)
        {
            for (var task = 0; task < tasks; task++) body(task);
            return;
        }

        WorkerPool.Run(tasks, body);
    }

    /// <summary>
    /// Calls <paramref name="body"/>(from, to) for pieces of [0, <paramref name="count"/>); rethrows its exception unchanged.
    /// </summary>
    public static void OrFor(int threads, int count, int grain, Action<int, int> body)
    {
        if (threads == 1) body(0, count);
        else RowParallel.For(count, grain, body);
    }
}
