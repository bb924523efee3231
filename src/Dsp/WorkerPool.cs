using System.ComponentModel;
using System.Runtime.ExceptionServices;

// The name under which programs know it; it is in this assembly because transforms share frames out among the same threads.
namespace Engine.Tensors.Cpu;

/// <summary>
/// Threads that live as long as the program and share the tasks of one loop at a time. A worker spins for some microseconds
/// before it sleeps: the next kernel usually follows immediately, and waking a sleeping thread costs as much as a small kernel.
/// Tasks are claimed one by one, so no result may depend on which thread ran which task.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class WorkerPool
{
    // About 50 µs at some 40 ns per pause.
    private const int SpinsBeforeSleep = 1200;

    private static readonly Lock s_oneLoop = new();
    private static readonly SemaphoreSlim s_wake = new(0);
    private static volatile Loop? s_loop;
    private static int s_sleepers;
    private static int s_workers;
    private static int s_threads = Environment.ProcessorCount;

    [ThreadStatic]
    private static bool s_inside;

    /// <summary>How many threads work on a loop, including the caller.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public static int Threads
    {
        get => s_threads;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            s_threads = value;
        }
    }

    /// <summary>
    /// Calls <paramref name="body"/> for 0 … <paramref name="tasks"/> - 1 on all threads and returns when every call has. Inside
    /// another loop, or while another thread's loop runs, the calls are made one after another. The first exception from a call
    /// is rethrown here, unwrapped, once no thread is in the loop.
    /// </summary>
    public static void Run(int tasks, Action<int> body)
    {
        if (tasks <= 1 || s_threads == 1 || s_inside || !s_oneLoop.TryEnter())
        {
            var serial = new Loop(tasks, body, 0);
            serial.WorkAlone();
            if (serial.Error is { } first) ExceptionDispatchInfo.Throw(first);
            return;
        }

        try
        {
            Start(s_threads - 1);
            var loop = new Loop(tasks, body, Math.Min(s_threads, tasks) - 1);
            s_loop = loop;
            Interlocked.MemoryBarrier();
            var sleepers = Volatile.Read(ref s_sleepers);
            if (sleepers > 0) s_wake.Release(Math.Min(sleepers, tasks - 1));
            loop.Work();
            loop.Wait();
            s_loop = null;
            if (loop.Error is { } error) ExceptionDispatchInfo.Throw(error);
        }
        finally
        {
            s_oneLoop.Exit();
        }
    }

    private static void Start(int workers)
    {
        for (; s_workers < workers; s_workers++)
            new Thread(Serve) { IsBackground = true, Name = $"engine worker {s_workers + 1}" }.Start();
    }

    private static void Serve()
    {
        Loop? last = null;
        while (true)
        {
            var loop = Next(last);
            if (loop.Join()) loop.Work();
            last = loop;
        }
    }

    private static Loop Next(Loop? last)
    {
        while (true)
        {
            for (var spin = 0; spin < SpinsBeforeSleep; spin++)
            {
                if (s_loop is { } loop && loop != last) return loop;
                Thread.SpinWait(1);
            }

            // Announce the sleep, then look again: Run publishes its loop, then looks for sleepers.
            Interlocked.Increment(ref s_sleepers);
            if (s_loop is not { } late || late == last) s_wake.Wait();
            Interlocked.Decrement(ref s_sleepers);
        }
    }

    private sealed class Loop(int tasks, Action<int> body, int helpers)
    {
        private int _helpers = helpers;
        private int _next;
        private int _done;

        public Exception? Error { get; private set; }

        /// <summary>Whether a worker may still join: there may be more workers than Threads.</summary>
        public bool Join() => Interlocked.Decrement(ref _helpers) >= 0;

        public void Work()
        {
            s_inside = true;
            for (int i; (i = Interlocked.Increment(ref _next) - 1) < tasks;)
            {
                Call(i);
                Interlocked.Increment(ref _done);
            }

            s_inside = false;
        }

        /// <summary>Runs every task, in order, for a caller without helpers.</summary>
        public void WorkAlone()
        {
            for (var i = 0; i < tasks; i++) Call(i);
        }

        private void Call(int task)
        {
            try
            {
                body(task);
            }
            catch (Exception error)
            {
                Error ??= error;
            }
        }

        public void Wait()
        {
            var spinner = new SpinWait();
            while (Volatile.Read(ref _done) < tasks) spinner.SpinOnce(sleep1Threshold: -1);
        }
    }
}
