using Engine.Tensors.Cpu;

namespace Engine.Dsp;

/// <summary>Shares the frames of a long signal or a batch out among the threads. No frame depends on another.</summary>
internal static class FrameParallel
{
    // Points of a task: some 20 µs of a transform.
    private const int Grain = 32 * 1024;

    /// <summary>Whether <paramref name="count"/> frames of so many points are worth sharing out.</summary>
    public static bool Pays(int count, int points) => WorkerPool.Threads > 1 && (long)count * points >= 4 * Grain;

    /// <summary>Calls <paramref name="body"/>(from, to) for parts of [0, <paramref name="count"/>).</summary>
    public static void For(int count, int points, Action<int, int> body)
    {
        if (!Pays(count, points))
        {
            if (count > 0) body(0, count);
            return;
        }

        var frames = Math.Max(1, Grain / points);
        WorkerPool.Run(
            (count + frames - 1) / frames,
            task => body(task * frames, (int)Math.Min(count, (task + 1L) * frames)));
    }
}
