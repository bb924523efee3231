using System.Runtime.ExceptionServices;

namespace Engine.Pipeline;

/// <summary>
/// Passes results that several threads finish in any order on in the order of their indices, one at a time. A thread that is far
/// ahead waits, so the number of results kept is bounded.
/// </summary>
/// <param name="take">Receives them; if it throws, it receives no more.</param>
/// <param name="ahead">How far ahead of the first unfinished result a thread may begin.</param>
internal sealed class InOrder<T>(Action<T> take, int ahead)
{
    private readonly object _gate = new();
    private readonly Dictionary<int, T> _waiting = [];
    private ExceptionDispatchInfo? _failure;
    private int _next;

    /// <summary>
    /// Waits until result <paramref name="index"/> may be begun; false if there is no need, as those before cannot be passed on.
    /// The indices must be handed out in order, and the one that all others wait for must be in work.
    /// </summary>
    public bool Await(int index)
    {
        lock (_gate)
        {
            while (_failure is null && index >= _next + ahead) Monitor.Wait(_gate);
            return _failure is null;
        }
    }

    /// <summary>Adds a result, and passes on those whose turn it is.</summary>
    public void Give(int index, T result)
    {
        lock (_gate)
        {
            _waiting.Add(index, result);
            while (_failure is null && _waiting.Remove(_next, out var ready))
            {
                try
                {
                    take(ready);
                }
                catch (Exception e)
                {
                    // Thrown to whoever waits for all, not on the thread that happened to bring this result.
                    _failure = ExceptionDispatchInfo.Capture(e);
                }

                _next++;
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Ends the work: a result will not come.</summary>
    public void Fail(Exception e)
    {
        lock (_gate)
        {
            _failure ??= ExceptionDispatchInfo.Capture(e);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Throws what the receiver threw, or what ended the work.</summary>
    public void ThrowIfFailed() => _failure?.Throw();
}
