using Engine.Tensors;

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
    public static float[] Probabilities(Module network, IExampleSource source, int batchSize, CancellationToken c = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(source);
        Guard.Positive(nameof(Evaluation), nameof(batchSize), batchSize);
        SourceCheck.Network(network, source, nameof(Evaluation));
        var probabilities = new float[(long)source.Count * source.Classes];
        var at = 0;
        if (source.Count == 0) return probabilities;
        ForEach(network, network.Forward, new EvaluationBatches(source, batchSize), labels: false, (_, scores) =>
        {
            var rows = scores.Softmax().ToArray();
            rows.CopyTo(probabilities.AsSpan(at));
            at += rows.Length;
        }, c);
        return probabilities;
    }

    /// <summary>The mean cross entropy and the share of examples whose label has the highest score.</summary>
    internal static (double Loss, double Accuracy) Measure(
        Module network, ForwardPass forward, EvaluationBatches examples, CancellationToken cancellation)
    {
        double loss = 0, correct = 0;
        ForEach(network, forward, examples, labels: true, (batch, scores) =>
        {
            var values = scores.ToArray();
            var part = Scores.CrossEntropy(values, batch.Labels);
            if (!double.IsFinite(part))
            {
                var cause = NonFinite.Explain(network, forward, batch, ForwardContext.Evaluate, null);
                throw new TrainingException($"the loss of the validation examples is {part}; {cause}");
            }

            loss += part;
            correct += Scores.Correct(values, batch.Labels);
        }, cancellation);
        return (loss / examples.Count, correct / examples.Count);
    }

    private static void ForEach(
        Module network, ForwardPass forward, EvaluationBatches examples, bool labels, Action<Batch, Tensor> use,
        CancellationToken cancellation)
    {
        var device = network.State().First().Value.Device;
        using var batches = examples.Read(labels);
        while (batches.Next() is { } batch)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            use(batch, forward(batch.Upload(device), ForwardContext.Evaluate()));
        }
    }
}

/// <summary>Examples in their own order, unaugmented, in buffers reused by every pass; there must be at least one.</summary>
internal sealed class EvaluationBatches
{
    private readonly BatchPlan _plan;
    private readonly int[] _examples;
    private readonly Batch[] _ring;

    public EvaluationBatches(IExampleSource source, int batchSize)
    {
        _plan = new BatchPlan(source.Count, batchSize);
        _examples = [.. Enumerable.Range(0, source.Count)];
        _ring = ReadAhead.Ring(source, _plan);
    }

    public int Count => _examples.Length;

    /// <summary>Starts reading at the first example; one pass at a time.</summary>
    public ReadAhead Read(bool labels)
    {
        var next = 0;
        return new ReadAhead(_ring, batch =>
        {
            if (next == _plan.Batches) return false;
            batch.Read(_examples.AsSpan(_plan.Start(next), _plan.Count(next)), null);
            if (labels) batch.ReadLabels();
            next++;
            return true;
        });
    }
}
