using Engine.Tensors;

namespace Engine.Nn.Layers;

/// <summary>The sum of inputs of one shape, as after a residual branch (He et al. 2016).</summary>
public sealed class Add : Merge
{
    /// <summary>Creates a sum of two or more inputs.</summary>
    /// <exception cref="ArgumentException">There are fewer than two.</exception>
    public Add(int inputs = 2)
        : base(inputs)
    {
        if (inputs < 2) Guard.Argument($"Add: {inputs} inputs were asked for; it needs at least 2.");
    }

    /// <inheritdoc/>
    public override string Description => $"Add of {InputCount}";

    // Every input gets the output's gradient itself.
    private protected override LayerMemory Memory => new() { InPlace = true };

    /// <inheritdoc/>
    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        CheckInputs(inputs);
        foreach (var input in inputs)
        {
            if (input != inputs[0])
                Guard.Argument($"{Where}: its inputs are {string.Join(", ", inputs)}; only equal shapes can be added.");
        }

        return inputs[0];
    }

    private protected override Tensor Compute(IReadOnlyList<Tensor> inputs)
    {
        var sum = inputs[0] + inputs[1];
        for (var i = 2; i < inputs.Count; i++)
        {
            using var before = sum;
            sum = before + inputs[i];
        }

        return sum;
    }
}

/// <summary>Inputs side by side along the channels: [N, C₁, …] and [N, C₂, …] to [N, C₁ + C₂, …].</summary>
public sealed class Concat : Merge
{
    /// <summary>Creates a concatenation of two or more inputs.</summary>
    /// <exception cref="ArgumentException">There are fewer than two.</exception>
    public Concat(int inputs = 2)
        : base(inputs)
    {
        if (inputs < 2) Guard.Argument($"Concat: {inputs} inputs were asked for; it needs at least 2.");
    }

    /// <inheritdoc/>
    public override string Description => $"Concat of {InputCount}";

    private protected override LayerMemory Memory => default;

    /// <inheritdoc/>
    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        CheckInputs(inputs);
        var channels = 0L;
        foreach (var input in inputs)
        {
            if (input.Rank < 2 || input.Rank != inputs[0].Rank || input.With(1, inputs[0][1]) != inputs[0])
                Guard.Argument($"{Where}: its inputs are {string.Join(", ", inputs)}; only axis 1 may differ.");
            channels += input[1];
        }

        if (channels > int.MaxValue)
            Guard.Argument($"{Where}: its inputs have {channels} channels together; that is more than {int.MaxValue}.");
        return inputs[0].With(1, (int)channels);
    }

    private protected override Tensor Compute(IReadOnlyList<Tensor> inputs) => Tensor.Concat(1, [.. inputs]);
}

/// <summary>Each channel of [N, C, positions…] times its factor in [N, C].</summary>
internal sealed class ChannelScale() : Merge(2)
{
    public override string Description => nameof(ChannelScale);

    private protected override LayerMemory Memory => new() { KeepsInput = true };

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        CheckInputs(inputs);
        var (x, factors) = (inputs[0], inputs[1]);
        if (x.Rank < 3 || factors != new Shape(x[0], x[1]))
            Guard.Argument($"{Where}: its inputs are {x}, {factors}; they must be [N, C, positions…] and [N, C].");
        return x;
    }

    private protected override Tensor Compute(IReadOnlyList<Tensor> inputs)
    {
        var (x, factors) = (inputs[0], inputs[1]);
        Span<int> sizes = [.. x.Shape.Sizes];
        sizes[2..].Fill(1);
        using var broadcast = factors.Reshape(sizes);
        return x * broadcast;
    }
}
