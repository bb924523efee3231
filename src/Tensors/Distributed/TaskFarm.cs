using System.Runtime.ExceptionServices;

namespace Engine.Tensors.Distributed;

/// <summary>
/// Independent tasks shared out by the first rank: each rank gets its next task when it has finished one, so that tasks may
/// differ in length. The first rank works, too. Tasks and results are bytes, so no rank needs the others' files.
/// </summary>
public static class TaskFarm
{
    // A result travels in pieces of this size, behind a byte that says whether more follow.
    private const int Piece = 64 << 20;

    private const byte More = 1, Last = 0;

    private static readonly byte[] s_ready = [2];

    /// <summary>Shares out tasks; the other ranks call <see cref="Serve"/>.</summary>
    /// <param name="ranks">The job; this is its first rank.</param>
    /// <param name="tasks">The tasks, begun in order.</param>
    /// <param name="work">Does a task of this rank.</param>
    /// <param name="take">Takes the number of a task and its result, one at a time, in the order in which they finish.</param>
    /// <param name="cancellation">Begins no further task; those that other ranks have begun are waited for.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; results until then were taken.</exception>
    public static void Lead(
        Communicator ranks, IReadOnlyList<byte[]> tasks, Func<byte[], byte[]> work, Action<int, byte[]> take,
        CancellationToken cancellation = default)
    {
        var queue = new Queue(tasks.Count, take, cancellation);
        var leading = ranks.Size == 1 ? null : new Thread(() => queue.Try(() => LeadOthers(ranks, tasks, queue)))
        {
            IsBackground = true,
            Name = "engine task farm",
        };
        leading?.Start();
        queue.Try(() =>
        {
            while (queue.Next() is { } task) queue.Take(task, work(tasks[task]));
        });
        leading?.Join();
        queue.Error?.Throw();
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Does the tasks that the first rank gives to this one, until there are no more.</summary>
    public static void Serve(Communicator ranks, Func<byte[], byte[]> work)
    {
        ranks.Send(s_ready, 0);
        while (Receive(ranks, out _) is { Length: > 0 } message)
        {
            if (message[0] == Last) return;
            SendResult(ranks, work(message[1..]));
        }
    }

    private static void LeadOthers(Communicator ranks, IReadOnlyList<byte[]> tasks, Queue queue)
    {
        var (begun, results) = (new int?[ranks.Size], new MemoryStream?[ranks.Size]);
        for (var left = ranks.Size - 1; left > 0;)
        {
            var message = Receive(ranks, out var from);
            if (begun[from] is { } finished)
            {
                (results[from] ??= new()).Write(message.AsSpan(1));
                if (message[0] == More) continue;
                queue.Take(finished, results[from]!.ToArray());
                results[from] = null;
            }

            begun[from] = queue.Next();
            if (begun[from] is { } next)
            {
                ranks.Send([More, .. tasks[next]], from);
            }
            else
            {
                ranks.Send([Last], from);
                left--;
            }
        }
    }

    private static void SendResult(Communicator ranks, byte[] result)
    {
        for (var at = 0; ;)
        {
            var count = Math.Min(Piece, result.Length - at);
            byte[] message = [at + count < result.Length ? More : Last, .. result.AsSpan(at, count)];
            ranks.Send(message, 0);
            at += count;
            if (at == result.Length) return;
        }
    }

    // Waiting must not take a processor from those who work.
    private static byte[] Receive(Communicator ranks, out int from)
    {
        for (var wait = 0; ; wait = Math.Min(wait + 1, 5))
        {
            if (ranks.TryReceive(out from) is { } message) return message;
            Thread.Sleep(wait);
        }
    }

    /// <summary>The tasks that are left, and what is done with results. After an error nothing more is begun.</summary>
    private sealed class Queue(int count, Action<int, byte[]> take, CancellationToken cancellation)
    {
        private readonly Lock _gate = new();
        private int _next;

        public ExceptionDispatchInfo? Error { get; private set; }

        public int? Next()
        {
            lock (_gate) return _next < count && Error is null && !cancellation.IsCancellationRequested ? _next++ : null;
        }

        public void Take(int task, byte[] result)
        {
            lock (_gate)
            {
                if (Error is null) take(task, result);
            }
        }

        public void Try(Action action)
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                lock (_gate) Error ??= ExceptionDispatchInfo.Capture(e);
            }
        }
    }
}
