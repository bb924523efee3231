using Engine.Tensors.Cpu;

namespace Engine.Classifiers.Trees;

/// <summary>Independent tasks on the worker pool, or one after the other.</summary>
internal static class TreeTasks
{
    /// <summary>Calls <paramref name="body"/> for 0 … <paramref name="count"/> - 1: in order for one thread, else on the pool's.</summary>
    public static void Run(int count, int threads, Action<int> body)
    {
        if (threads != 1)
        {
            WorkerPool.Run(count, body);
            return;
        }

        for (var i = 0; i < count; i++) body(i);
    }
}
