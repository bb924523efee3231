using Engine.Tensors;

namespace Engine.Nn;

/// <summary>
/// A network with several inputs: each has its own branch, which ends in features [N, F]; these are concatenated and fed to
/// a trunk. Names: <c>branches.0.…</c>, <c>branches.1.…</c>, <c>trunk.…</c>.
/// </summary>
public sealed class Joined : Module
{
    private readonly Layer[] _branches;
    private readonly Layer _trunk;

    /// <summary>Joins branches, one per input, into a trunk.</summary>
    /// <exception cref="ArgumentException">There is no branch, or a layer is already part of a network.</exception>
    public Joined(Layer trunk, params ReadOnlySpan<Layer> branches)
    {
        ArgumentNullException.ThrowIfNull(trunk);
        if (branches.Length == 0) Guard.Argument("Joined: there is no branch; it needs at least one.");
        (_branches, _trunk) = (branches.ToArray(), trunk);
        for (var i = 0; i < _branches.Length; i++) AddChild($"branches.{i}", _branches[i]);
        AddChild("trunk", trunk);
    }

    /// <inheritdoc/>
    public override string Description => $"Joined of {_branches.Length}";

    /// <inheritdoc/>
    public override int InputCount => _branches.Length;

    /// <inheritdoc/>
    public override Tensor Forward(IReadOnlyList<Tensor> inputs, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        CheckInputs(inputs.Count);
        _ = JoinedShape([.. inputs.Select(i => i.Shape)]);
        return Join(inputs, (branch, input) => branch.Forward(input, context), context);
    }

    /// <summary>
    /// Runs the rest of a network whose branches have run so far as <paramref name="done"/> says, each by its layers.
    /// </summary>
    internal Tensor RunRest(IReadOnlyList<Tensor> inputs, IReadOnlyList<int> done, ForwardContext context)
    {
        var at = 0;
        return Join(inputs,
            (branch, input) => done[at++] is > 0 and var layers
                ? ((IDivisible)branch).RunRest(input, layers, context) : branch.Forward(input, context), context);
    }

    /// <summary>The branches, one for each input.</summary>
    internal IReadOnlyList<Layer> Branches => _branches;

    private Tensor Join(IReadOnlyList<Tensor> inputs, Func<Layer, Tensor, Tensor> run, ForwardContext context)
    {
        var features = new Tensor[_branches.Length];
        for (var i = 0; i < features.Length; i++) features[i] = run(_branches[i], inputs[i]);
        using var joined = Tensor.Concat(1, features);
        for (var i = 0; i < features.Length; i++)
        {
            if (features[i] != inputs[i]) features[i].Dispose();
        }

        var output = _trunk.Forward(joined, context);
        if (output != joined) return output;
        return output.Reshape([.. output.Shape.Sizes]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LayerSummary> Summarize(IReadOnlyList<Shape> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        CheckInputs(inputs.Count);
        var joined = JoinedShape(inputs);
        return [.. _branches.SelectMany((b, i) => b.Summarize(inputs[i])), .. _trunk.Summarize(joined)];
    }

    private Shape JoinedShape(IReadOnlyList<Shape> inputs)
    {
        var (samples, width) = (0, 0);
        for (var i = 0; i < _branches.Length; i++)
        {
            var output = _branches[i].OutputShape(inputs[i]);
            if (output.Rank != 2)
                Guard.Argument($"{Where}: {_branches[i].Where} maps {inputs[i]} to {output}; a branch must end in [N, "
                    + "features].");
            if (i > 0 && output[0] != samples)
                Guard.Argument($"{Where}: {_branches[i].Where} returns {output}, but the first branch has {samples} samples.");
            samples = output[0];
            width += output[1];
        }

        return new Shape(samples, width);
    }
}
