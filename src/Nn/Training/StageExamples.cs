using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>Runs a network, or what follows its frozen first layers.</summary>
internal delegate Tensor ForwardPass(IReadOnlyList<Tensor> inputs, ForwardContext context);

/// <summary>
/// The examples of a stage and the network that takes them: as they are, or as the frozen first layers leave them, and then the
/// rest of the network.
/// </summary>
internal sealed class StageExamples : IDisposable
{
    private readonly FrozenOutputs?[] _outputs;

    private StageExamples(
        IExampleSource train, IExampleSource? valid, int batchSize, ForwardPass forward, params FrozenOutputs?[] outputs)
    {
        (Train, Forward, _outputs) = (train, forward, outputs);
        Valid = valid is null ? null : new EvaluationBatches(valid, batchSize);
    }

    /// <summary>The training examples.</summary>
    public IExampleSource Train { get; }

    /// <summary>The validation examples, if any.</summary>
    public EvaluationBatches? Valid { get; }

    /// <summary>Runs what takes them.</summary>
    public ForwardPass Forward { get; }

    /// <summary>Prepares the examples for the network as it is frozen now.</summary>
    /// <exception cref="IOException">The outputs of the frozen layers cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static StageExamples Of(
        Module network, TrainerOptions options, IExampleSource train, IExampleSource? valid, CancellationToken cancellation)
    {
        // Mixed inputs are other inputs in every epoch.
        var prefix = options.MixUp > 0 || train.Augments ? null : FrozenPrefix.Of(network);
        if (prefix is null) return new(train, valid, options.BatchSize, network.Forward);
        var device = network.State().First().Value.Device;
        var memory = options.FrozenMemory ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;
        var outputs = FrozenOutputs.Of(train, prefix, options.BatchSize, memory, device, cancellation);
        try
        {
            var left = outputs.IsOnDisk ? memory : memory - outputs.Bytes;
            var validOutputs = valid is null ? null
                : FrozenOutputs.Of(valid, prefix, options.BatchSize, left, device, cancellation);
            return new(outputs, validOutputs, options.BatchSize, prefix.RunRest, outputs, validOutputs);
        }
        catch
        {
            outputs.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var outputs in _outputs) outputs?.Dispose();
    }
}
