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

    // Milliseconds. A rank that fails, or that was told to stop, sends nothing more; and a launcher that passes on a signal kills
    // what runs a second later.
    private const int Patience = 300;

    private const byte More = 1, Last = 0;

    private static readonly byte[] s_ready = [2];

    /// <summary>Shares out tasks; the other ranks call <see cref="Serve"/>.</summary>
    /// <param name="ranks">The job; this is its first rank.</param>
    /// <param name="tasks">The tasks, begun in order.</param>
    /// <param name="work">Does a task of this rank.</param>
    /// <param name="take">Takes the number of a task and its result, one at a time, in the order in which they finish.</param>
    /// <param name="cancellation">Begins no further task; what other ranks finish within 0.3 s is taken.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; results until then were taken.</exception>
    /// <remarks>
    /// After an error or a cancellation other ranks may still work or wait for a task, so the job must be ended by
    /// <see cref="Communicator.Abort"/>.
    /// </remarks>
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
        ranks.Barrier();
    }

    /// <summary>Does the tasks that the first rank gives to this one, until there are no more.</summary>
    public static void Serve(Communicator ranks, Func<byte[], byte[]> work)
    {
        ranks.Send(s_ready, 0);
        while (ranks.Receive(out _) is { Length: > 0 } message)
        {
            if (message[0] == Last) break;
            SendResult(ranks, work(message[1..]));
        }

        // Otherwise this rank could ask for the first task of the next tasks while the first rank still hears of these.
        ranks.Barrier();
    }

    private static void LeadOthers(Communicator ranks, IReadOnlyList<byte[]> tasks, Queue queue)
    {
        var (begun, results) = (new int?[ranks.Size], new MemoryStream?[ranks.Size]);
        for (var left = ranks.Size - 1; left > 0;)
        {
            if (Receive(ranks, queue, out var from) is not { } message) return;
            var finished = begun[from];
            if (finished is not null)
            {
                (results[from] ??= new()).Write(message.AsSpan(1));
                if (message[0] == More) continue;
            }

            // First of all, so that the other rank need not wait until its result is taken.
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

            if (finished is not { } task) continue;
            queue.Take(task, results[from]!.ToArray());
            results[from] = null;
        }
    }

    // The next message; null once the work has ended early and others have had time to send what they had ready.
    private static byte[]? Receive(Communicator ranks, Queue queue, out int from)
    {
        var ended = 0L;
        for (var pause = new Pause(bytes: 0); ; pause.Next())
        {
            if (ranks.TryReceive(out from) is { } message) return message;
            if (!queue.IsEnded) continue;
            if (ended == 0) ended = Environment.TickCount64;
            else if (Environment.TickCount64 - ended > Patience) return null;
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

    /// <summary>The tasks that are left, and what is done with results. After an error nothing more is begun.</summary>
    private sealed class Queue(int count, Action<int, byte[]> take, CancellationToken cancellation)
    {
        private readonly Lock _gate = new();
        private int _next;

        public ExceptionDispatchInfo? Error { get; private set; }

        /// <summary>Whether nothing more is begun though there may be tasks left.</summary>
        public bool IsEnded
        {
            get
            {
                lock (_gate) return Error is not null || cancellation.IsCancellationRequested;
            }
        }

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
