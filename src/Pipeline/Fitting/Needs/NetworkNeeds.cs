using System.Numerics;
using Engine.Classifiers;
using Engine.Nn;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Pipeline.Fitting.Needs;

/// <summary>A network's memory needs, computed from its layers' shapes without building it.</summary>
internal static class NetworkNeeds
{
    // Large enough to keep all threads busy, small enough to bound the activations.
    internal const int LargestPredictionBatch = 32;

    private const double PredictionBytes = 2.0 * (1L << 30);

    // On the processor few examples are as fast as many once a layer's values are beyond its caches.
    private const double CpuPredictionBytes = 64.0 * (1L << 20);

    /// <summary>
    /// Computes the needs of training: weights, their gradients, the optimiser's state and a batch's activations.
    /// </summary>
    /// <param name="spec">The network; validated.</param>
    /// <param name="summary">Its layers for one example.</param>
    /// <param name="batch">Examples at once.</param>
    /// <param name="at">The JSON path of its classifier.</param>
    public static MemoryPlan OfTraining(NetworkSpec spec, NetworkSummary summary, int batch, string at)
    {
        var plan = new MemoryPlan();
        var weights = sizeof(float) * (double)summary.Parameters;
        var largest = summary.Layers.MaxBy(l => l.Parameters)!;
        plan.Add($"{at}.layers", $"the weights and their gradients, mostly in {largest.Description},", 2 * weights);
        plan.Add($"{at}.training.optimizer", "the optimiser's state",
            weights * (spec.Training.Optimizer.States + (spec.Training.AverageDecay is null ? 0 : 1)));
        plan.Add($"{at}.training.batch", $"the activations of {batch} examples at once", batch * (double)summary.StepBytes);
        return plan;
    }

    /// <summary>Computes the needs of prediction: the weights, and the widest layer's input and output for a batch.</summary>
    public static MemoryPlan OfPrediction(NetworkSummary summary, int batch, string at)
    {
        var plan = new MemoryPlan();
        plan.Add($"{at}.layers", "the weights", 2 * sizeof(float) * (double)summary.Parameters);
        var widest = summary.Layers.MaxBy(Values)!;
        plan.Add($"{at}.layers", $"the inputs and outputs of {widest.Description} for {batch} examples at once",
            sizeof(float) * batch * Values(widest));
        return plan;
    }

    /// <summary>
    /// How many examples a network predicts at once: fewer than usual if a layer's values would take too much memory. A power of
    /// two, so that the parts of a long recording are whole batches.
    /// </summary>
    /// <param name="summary">Its layers for one example.</param>
    /// <param name="onCpu">Whether it runs on the processor.</param>
    public static int PredictionBatch(NetworkSummary summary, bool onCpu = false)
    {
        var widest = summary.Layers.Max(Values);
        var largest = summary.Layers.Max(l => (double)Math.Max(l.Input.Count, l.Output.Count));
        var most = Math.Min((onCpu ? CpuPredictionBytes : PredictionBytes) / (sizeof(float) * widest), int.MaxValue / largest);
        return (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(most, 1, LargestPredictionBatch) / 2 + 1);
    }

    /// <summary>Throws if some layer's values for a batch are more than a tensor can hold.</summary>
    /// <exception cref="EngineException">It is; the message names the layer.</exception>
    public static void RequireTensors(NetworkSummary summary, int batch, string at, string source)
    {
        foreach (var layer in summary.Layers)
        {
            var values = (double)batch * Math.Max(layer.Input.Count, layer.Output.Count);
            if (values <= int.MaxValue) continue;
            throw new EngineException(
                $"{source}: {at}: {batch} examples at once make {values:0} values at {layer.Path} ({layer.Description}), "
                    + $"more than a tensor holds ({int.MaxValue}); use smaller layers or a smaller batch.");
        }
    }

    /// <summary>Describes a network's layers for one example of these inputs.</summary>
    /// <exception cref="EngineException">A layer does not fit the output of the one before.</exception>
    public static NetworkSummary Summarize(NetworkSpec spec, IReadOnlyList<Shape> inputs, int labels, string source)
    {
        using var network = spec.Build(inputs, labels, source);
        try
        {
            return NetworkSummary.Of(network, [.. inputs.Select(i => new Shape([1, .. i.Sizes]))]);
        }
        catch (ArgumentException e)
        {
            throw new EngineException($"{source}: {e.Message}", e);
        }
    }

    private static double Values(LayerSummary layer) => (double)layer.Input.Count + layer.Output.Count + layer.Held;
}
