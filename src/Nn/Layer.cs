using Engine.Tensors;

namespace Engine.Nn;

/// <summary>A module with one input.</summary>
public abstract class Layer : Module
{
    /// <inheritdoc/>
    public sealed override int InputCount => 1;

    /// <summary>Whether a following ReLU can be fused into this layer.</summary>
    internal virtual bool FusesRelu => false;

    /// <summary>Whether a following batch normalisation and pooling can be fused as well, in evaluation.</summary>
    internal virtual bool FusesAll => false;

    /// <summary>The output's shape for an input's shape, samples first.</summary>
    /// <exception cref="ArgumentException">The input shape is wrong; the message names the layer and the shapes.</exception>
    public abstract Shape OutputShape(Shape input);

    /// <summary>Multiply-adds in the matrix products and convolutions of one forward pass.</summary>
    public virtual long MultiplyAdds(Shape input) => 0;

    /// <summary>
    /// Runs the layer. The caller owns the result, which is <paramref name="x"/> itself if there is nothing
    /// to do.
    /// </summary>
    /// <param name="x">Samples along the first axis.</param>
    /// <param name="context">Training or evaluation.</param>
    /// <exception cref="ArgumentException">The input shape is wrong; the message names the layer and the shapes.</exception>
    /// <exception cref="InvalidOperationException">A parameter has no values yet.</exception>
    /// <exception cref="ObjectDisposedException">The layer or the input was disposed of.</exception>
    public Tensor Forward(Tensor x, ForwardContext context) => Run(x, context, default);

    /// <inheritdoc/>
    public sealed override Tensor Forward(IReadOnlyList<Tensor> inputs, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        CheckInputs(inputs.Count);
        return Forward(inputs[0], context);
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<LayerSummary> Summarize(IReadOnlyList<Shape> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        CheckInputs(inputs.Count);
        return [.. Summarize(inputs[0])];
    }

    /// <summary>The rows of this layer and its children.</summary>
    internal virtual IEnumerable<LayerSummary> Summarize(Shape input) =>
        [new LayerSummary(Path, Description, input, OutputShape(input), CountParameters(),
            MultiplyAdds(input)) { Memory = Memory(input), Held = Work(input) }];

    /// <summary>What a training step keeps of this layer; nothing by default.</summary>
    internal virtual LayerMemory Memory(Shape input) => default;

    /// <summary>Values that this layer makes for itself in evaluation, if they are many; none by default.</summary>
    internal virtual long Work(Shape input) => 0;

    /// <summary>Runs the layer, and those that follow it as <paramref name="fusion"/> says.</summary>
    internal Tensor Run(Tensor x, ForwardContext context, in Fusion fusion)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(context);
        _ = OutputShape(x.Shape);
        var output = fusion.Count > 0 ? ComputeFused(x, context, fusion) : Compute(x, context);
        if (Children.Count == 0) context.Observer?.Invoke(this, output);
        return output;
    }

    /// <summary>Computes the output; the input's shape has been checked.</summary>
    protected abstract Tensor Compute(Tensor x, ForwardContext context);

    /// <summary>The output of the last layer that is fused; called only if <see cref="FusesRelu"/>.</summary>
    private protected virtual Tensor ComputeFused(Tensor x, ForwardContext context, in Fusion fusion) => Compute(x, context);

    /// <summary>Throws unless the input has one of the ranks and, along <paramref name="axis"/>, the given size.</summary>
    private protected void CheckInput(Shape input, string form, int minRank, int maxRank, int axis = 0, int? size = null)
    {
        if (input.Rank < minRank || input.Rank > maxRank) Guard.Argument($"{Where}: input {input} must be {form}.");
        if (size is { } wanted && input[axis] != wanted)
            Guard.Argument($"{Where}: input {input} has size {input[axis]} along axis {input.Axis(axis, Where)}; it must "
                + $"have {wanted}.");
    }
}
