using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>A layer that makes one tensor of several.</summary>
public abstract record MergeSpec : LayerSpec
{
    /// <summary>Makes the module.</summary>
    /// <param name="inputs">How many inputs it has.</param>
    internal abstract Merge Create(int inputs);

    internal sealed override Layer Create(Shape input, int labels) =>
        throw new ArgumentException($"its input is {input} alone; it takes two or more inputs.");
}

/// <summary>The sum of its inputs, which have one shape.</summary>
public sealed record AddSpec : MergeSpec
{
    internal override Merge Create(int inputs) => new Add(inputs);
}

/// <summary>
/// Its inputs side by side along the channels or features, in the order of <c>inputs</c>; their other sizes are equal.
/// </summary>
public sealed record ConcatSpec : MergeSpec
{
    internal override Merge Create(int inputs) => new Concat(inputs);
}
