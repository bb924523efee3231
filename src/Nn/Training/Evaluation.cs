using Engine.Nn.Training.Distributed;
using Engine.Tensors;
using Engine.Tensors.Distributed;

namespace Engine.Nn.Training;

/// <summary>Runs a trained network over examples, reading ahead while it computes.</summary>
public static class Evaluation
{
    /// <summary>The softmax of the scores of every example: [count, classes], row-major, in the order of the source.</summary>
    /// <param name="network">An initialised network that ends in scores [N, classes].</param>
    /// <param name="source">The examples; their labels are not read.</param>
    /// <param name="batchSize">Examples per batch; they do not influence each other.</param>
    /// <param name="c">Stops it after the current batch.</param>
    /// <exception cref="ArgumentException">The batch size is below 1, or the network does not match the examples.</exception>
    /// <exception cref="InvalidOperationException">The network has no values yet.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static float[] Probabilities(Module network, IExampleSource source, int batchSize, CancellationToken c = default) =>
        Probabilities(network, source, batchSize, Communicator.Alone, c);

    /// <summary>The same, with the batches shared out among ranks, which all make the call and get all of the result.</summary>
    /// <inheritdoc cref="Probabilities(Module, IExampleSource, int, CancellationToken)"/>
    /// <param name="network">An initialised network that ends in scores [N, classes].</param>
    /// <param name="source">The examples; their labels are not read.</param>
    /// <param name="batchSize">Examples per batch; they do not influence each other.</param>
    /// <param name="ranks">The ranks.</param>
    /// <param name="c">Stops it after the current batch.</param>
    public static float[] Probabilities(
        Module network, IExampleSource source, int batchSize, Communicator ranks, CancellationToken c = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(ranks);
        Guard.Positive(nameof(Evaluation), nameof(batchSize), batchSize);
        SourceCheck.Network(network, source, nameof(Evaluation));
        if (source.Count == 0) return [];
        using var batches = new EvaluationBatches(source, batchSize, arePooled: true);
        var probabilities = new float[(long)batches.CountOf(ranks, ranks.Rank) * source.Classes];
        var at = 0;
        ranks.Together(() => ForEach(network, network.Forward, batches, ranks, labels: false, (_, scores) =>
        {
            var rows = scores.Softmax().ToArray();
            rows.CopyTo(probabilities.AsSpan(at));
            at += rows.Length;
        }, c));
        return ranks.Gather(probabilities, r => batches.CountOf(ranks, r) * source.Classes);
    }

    /// <summary>
    /// The mean cross entropy and the share of examples whose label has the highest score. Ranks share the batches and add their
    /// figures in the batches' order.
    /// </summary>
    internal static (double Loss, double Accuracy) Measure(
        Module network, ForwardPass forward, EvaluationBatches examples, Communicator ranks, CancellationToken cancellation)
    {
        var own = new List<double>();
        ranks.Together(() => ForEach(network, forward, examples, ranks, labels: true, (batch, scores) =>
        {
            var values = scores.ToArray();
            var part = Scores.CrossEntropy(values, batch.Labels);
            if (!double.IsFinite(part))
            {
                var cause = NonFinite.Explain(network, forward, batch.All, ForwardContext.Evaluate, null);
                throw new TrainingException($"the loss of the validation examples is {part}; {cause}");
            }

            own.AddRange(part, Scores.Correct(values, batch.Labels));
        }, cancellation));
        var all = ranks.Gather(own.ToArray(), r => 2 * examples.BatchesOf(ranks, r).Count);
        double loss = 0, correct = 0;
        for (var i = 0; i < all.Length; i += 2) (loss, correct) = (loss + all[i], correct + all[i + 1]);
        return (loss / examples.Count, correct / examples.Count);
    }

    private static void ForEach(
        Module network, ForwardPass forward, EvaluationBatches examples, Communicator ranks, bool labels,
        Action<Batch, Tensor> use, CancellationToken cancellation)
    {
        var device = network.State().First().Value.Device;
        var (first, count) = examples.BatchesOf(ranks, ranks.Rank);
        if (count == 0) return;
        using var batches = examples.Read(labels, first, count);
        while (batches.Next() is { } batch)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            use(batch, forward(batch.All.Upload(device), ForwardContext.Evaluate()));
        }
    }
}

/// <summary>Examples in their own order, unaugmented, in buffers reused by every pass; there must be at least one.</summary>
internal sealed class EvaluationBatches : IDisposable
{
    private readonly BatchPlan _plan;
    private readonly int[] _examples;
    private readonly Batch[] _ring;

    public EvaluationBatches(IExampleSource source, int batchSize, bool arePooled = false)
    {
        _plan = new BatchPlan(source.Count, batchSize);
        _examples = [.. Enumerable.Range(0, source.Count)];
        _ring = ReadAhead.Ring(source, _plan, arePooled: arePooled);
    }

    public int Count => _examples.Length;

    /// <summary>The batches of a rank: the first, and how many.</summary>
    public (int First, int Count) BatchesOf(Communicator ranks, int rank)
    {
        var first = (int)((long)rank * _plan.Batches / ranks.Size);
        return (first, (int)((rank + 1L) * _plan.Batches / ranks.Size) - first);
    }

    /// <summary>How many examples the batches of a rank have.</summary>
    public int CountOf(Communicator ranks, int rank)
    {
        var (first, count) = BatchesOf(ranks, rank);
        return count == 0 ? 0 : _plan.Start(first + count - 1) + _plan.Count(first + count - 1) - _plan.Start(first);
    }

    /// <summary>Gives the buffers back.</summary>
    public void Dispose()
    {
        foreach (var batch in _ring) batch.Dispose();
    }

    /// <summary>Starts reading all batches, or some; one pass at a time.</summary>
    public ReadAhead Read(bool labels, int first = 0, int? count = null)
    {
        var (next, end) = (first, first + (count ?? _plan.Batches));
        return new ReadAhead(_ring, batch =>
        {
            if (next == end) return false;
            batch.Read(_examples.AsSpan(_plan.Start(next), _plan.Count(next)), null);
            if (labels) batch.ReadLabels();
            next++;
            return true;
        });
    }
}
