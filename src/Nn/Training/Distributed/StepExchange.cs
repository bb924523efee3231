using System.Runtime.ExceptionServices;
using Engine.Tensors;
using Engine.Tensors.Distributed;

namespace Engine.Nn.Training.Distributed;

/// <summary>
/// Exchanges the sums of a step while its backward pass goes on: a thread of its own passes on each bucket, in a fixed order, as
/// soon as all of it is there (Li et al., "PyTorch Distributed", VLDB 2020). If there is only one bucket, the caller does it.
/// Between <see cref="Begin"/> and <see cref="Finish"/> nobody else may use the ranks.
/// </summary>
internal sealed class StepExchange : IDisposable
{
    private readonly FlatValues _values;
    private readonly BucketExchange _exchange;
    private readonly Thread? _thread;
    private readonly object _gate = new();
    private readonly int[] _missing;
    private readonly float[] _sum = new float[FlatValues.Most];
    private float[] _own = [];
    private Tensor?[] _results = [];
    private PartLayout _layout = null!;
    private PartSums _sums = null!;
    private StepHead _head = null!;
    private ExceptionDispatchInfo? _error;

    // Buckets that are complete here, and that are exchanged; both end with all of them.
    private int _ready, _done;
    private bool _stopping;

    public StepExchange(Communicator ranks, FlatValues values)
    {
        (_values, _exchange) = (values, new BucketExchange(ranks));
        _missing = new int[values.Buckets];
        _ready = _done = values.Buckets;
        if (values.Buckets == 1) return;
        _thread = new Thread(Work) { IsBackground = true, Name = "engine exchange" };
        _thread.Start();
    }

    /// <summary>Begins a step.</summary>
    /// <param name="layout">The parts of its batch.</param>
    /// <param name="sums">This rank's sums, which are being made.</param>
    /// <param name="head">What the ranks tell each other, complete before the last value is.</param>
    public void Begin(PartLayout layout, PartSums sums, StepHead head)
    {
        lock (_gate)
        {
            (_layout, _sums, _head, _results) = (layout, sums, head, new Tensor?[_values.Values]);
            Array.Clear(_missing);
            for (var v = 0; v < _values.Values; v++)
            {
                var (first, end) = _values.BucketsOf(v);
                for (var b = first; b < end; b++) _missing[b]++;
            }

            (_ready, _done) = (0, 0);
        }
    }

    /// <summary>The sums of a value are complete on this rank.</summary>
    public void Complete(int value)
    {
        var (first, end) = _values.BucketsOf(value);
        for (var b = first; b < end; b++) _missing[b]--;
        if (_ready == _missing.Length || _missing[_ready] > 0) return;
        lock (_gate)
        {
            while (_ready < _missing.Length && _missing[_ready] == 0) _ready++;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Whatever is still missing will not come: a loss is not finite, so nothing but the head counts.</summary>
    public void Fail()
    {
        lock (_gate)
        {
            _ready = _missing.Length;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until all is exchanged.</summary>
    /// <returns>The sum over all parts of each value; null if a loss is not finite.</returns>
    public Tensor[]? Finish()
    {
        if (_thread is null) RunAll();
        lock (_gate)
        {
            while (_done < _missing.Length) Monitor.Wait(_gate);
        }

        _error?.Throw();
        return _head.Fault is null ? [.. _results.Select(r => r!)] : null;
    }

    /// <summary>Ends the thread, unless it waits for ranks that will not come.</summary>
    public void Dispose()
    {
        bool isIdle;
        lock (_gate)
        {
            isIdle = _done == _missing.Length;
            _stopping = true;
            Monitor.PulseAll(_gate);
        }

        if (isIdle) _thread?.Join();
    }

    private void Work()
    {
        while (true)
        {
            lock (_gate)
            {
                while (_done == _missing.Length && !_stopping) Monitor.Wait(_gate);
                if (_stopping) return;
            }

            try
            {
                RunAll();
            }
            catch (Exception error)
            {
                lock (_gate)
                {
                    (_error, _done) = (ExceptionDispatchInfo.Capture(error), _missing.Length);
                    Monitor.PulseAll(_gate);
                }

                return;
            }
        }
    }

    private void RunAll()
    {
        for (var bucket = 0; bucket < _missing.Length; bucket++)
        {
            lock (_gate)
            {
                while (_ready <= bucket && !_stopping) Monitor.Wait(_gate);
                if (_stopping) throw new OperationCanceledException();
            }

            var isSummed = Run(bucket);
            lock (_gate)
            {
                _done = isSummed ? bucket + 1 : _missing.Length;
                if (_done == _missing.Length) Monitor.PulseAll(_gate);
            }

            if (!isSummed) return;
        }
    }

    private bool Run(int bucket)
    {
        var (length, nodes) = (_values.Length(bucket), _head.HasOwnFault ? 0 : _layout.Nodes[_layout.Rank].Length);
        var all = _layout.Nodes[_layout.Rank].Length * length;
        if (_own.Length < all) _own = new float[all];
        for (var node = 0; node < nodes; node++)
            _values.Read(bucket, v => _sums[v][node], _own.AsSpan(node * length, length));
        var sum = _sum.AsSpan(0, length);
        if (!_exchange.Run(_layout, _own.AsSpan(0, all), bucket == 0 ? _head : null, sum)) return false;
        _values.Write(bucket, sum, _results);
        return true;
    }
}
