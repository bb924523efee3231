using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>Forward pass and loss of a training step, or of a part of one.</summary>
/// <param name="network">The network, on its device.</param>
/// <param name="forward">Runs it, or what follows its frozen first layers, on a batch.</param>
/// <param name="options">The run's options.</param>
internal sealed class TrainingLoss(Module network, ForwardPass forward, TrainerOptions options)
{
    /// <summary>The network's device.</summary>
    public Device Device { get; } = network.State().First().Value.Device;

    /// <summary>Runs forward; the tensors belong to the innermost scope.</summary>
    /// <param name="rows">The examples.</param>
    /// <param name="dropout">The name of dropout's random stream.</param>
    public Result Run(BatchRows rows, string dropout)
    {
        // Upload everything first, so that the rest of the step only launches kernels.
        var inputs = rows.Upload(Device);
        var labels = Indices(rows.Labels);
        var partners = rows.Share == 1 ? null : Indices(rows.PartnerLabels);
        var scores = forward(inputs, Context(dropout, null));
        return new(scores, labels, partners, Of(scores, labels, partners, rows.Share));
    }

    /// <summary>The mean loss, which waits for the device, and how many examples were classified correctly.</summary>
    public static (float Loss, double Correct) Look(BatchRows rows, Result result) =>
        (result.Loss.Item(), Scores.Correct(result.Scores.ToArray(), rows.Labels, rows.PartnerLabels, rows.Share));

    /// <summary>Where a loss that is not finite comes from.</summary>
    public string Explain(BatchRows rows, string dropout, Result result, float loss)
    {
        var (labels, partners, share) = (result.Labels, result.Partners, rows.Share);
        var cause = NonFinite.Explain(network, forward, rows, observer => Context(dropout, observer),
            scores => Of(scores, labels, partners, share));
        return $"the loss is {loss}; {cause}";
    }

    private ForwardContext Context(string dropout, Action<Module, Tensor>? observer) =>
        ForwardContext.Train(new RandomStream(options.Seed, dropout), observer);

    private Tensor Indices(ReadOnlySpan<int> labels) => Tensor.FromIndices(labels, new Shape(labels.Length), Device);

    private Tensor Of(Tensor scores, Tensor labels, Tensor? partners, double share)
    {
        var own = Tensor.CrossEntropy(scores, labels, (float)options.LabelSmoothing);
        if (partners is null) return own;
        var other = Tensor.CrossEntropy(scores, partners, (float)options.LabelSmoothing);
        return own.Scale((float)share) + other.Scale((float)(1 - share));
    }

    /// <summary>What a forward pass gives.</summary>
    public readonly record struct Result(Tensor Scores, Tensor Labels, Tensor? Partners, Tensor Loss);
}
