using Engine.Tensors;

namespace Engine.Nn;

/// <summary>A module without parameters that makes one tensor of several; a <see cref="Graph"/> runs it.</summary>
public abstract class Merge : Module
{
    private protected Merge(int inputs) => InputCount = inputs;

    /// <inheritdoc/>
    public sealed override int InputCount { get; }

    internal sealed override bool SuitsSampleBySample => true;

    /// <summary>What a training step keeps of it.</summary>
    private protected abstract LayerMemory Memory { get; }

    /// <summary>The output's shape for the inputs' shapes, samples first.</summary>
    /// <exception cref="ArgumentException">The inputs do not fit each other; the message names their shapes.</exception>
    public abstract Shape OutputShape(IReadOnlyList<Shape> inputs);

    /// <inheritdoc/>
    public sealed override Tensor Forward(IReadOnlyList<Tensor> inputs, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(context);
        _ = OutputShape([.. inputs.Select(i => i.Shape)]);
        var output = Compute(inputs);
        context.Observer?.Invoke(this, output);
        return output;
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<LayerSummary> Summarize(IReadOnlyList<Shape> inputs)
    {
        var output = OutputShape(inputs);
        return [new LayerSummary(Path, Description, inputs[0], output, 0, 0) { Memory = Memory }];
    }

    /// <summary>Computes a new tensor; the shapes have been checked.</summary>
    private protected abstract Tensor Compute(IReadOnlyList<Tensor> inputs);

    /// <summary>Checks the number of inputs.</summary>
    private protected void CheckInputs(IReadOnlyList<Shape> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        CheckInputs(inputs.Count);
    }
}
