using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>A dense layer of features [N, F], or of each step of a sequence [N, T, F].</summary>
/// <param name="Units">Outputs.</param>
/// <param name="L2">λ of a penalty λ·Σw² on the weights.</param>
/// <param name="Bias">Whether a learned number is added to each output.</param>
public sealed record DenseSpec(
    [property: Range(1, LayerSpec.Largest)] int Units,
    [property: Range(Minimum = 0)] double L2 = 0,
    bool Bias = true) : LayerSpec
{
    internal override Layer Create(Shape input, int labels)
    {
        RequireRank(input, 2, 3, "features [N, F] or sequences [N, T, F]", " A flatten layer makes features from anything.");
        var layer = new Dense(input[-1], Units, Bias);
        layer.Parameter("weight").L2 = L2;
        return layer;
    }
}

/// <summary>
/// The dense layer that ends a network: one output per label. The loss and the probabilities apply the softmax.
/// </summary>
/// <param name="L2">λ of a penalty λ·Σw² on the weights.</param>
public sealed record OutputSpec([property: Range(Minimum = 0)] double L2 = 0) : LayerSpec
{
    internal override Layer Create(Shape input, int labels)
    {
        RequireRank(input, 2, 2, "features [N, F]", " A flatten layer makes them from anything.");
        var layer = new Dense(input[1], labels);
        layer.Parameter("weight").L2 = L2;
        return layer;
    }
}

/// <summary>Merges all axes but the first: [N, …] to [N, features].</summary>
public sealed record FlattenSpec : LayerSpec
{
    internal override Layer Create(Shape input, int labels) => new Flatten();
}

/// <summary>Turns pictures into series, with the rows of all channels as channels: [N, C, H, W] to [N, C·H, W].</summary>
public sealed record SeriesSpec : LayerSpec
{
    internal override Layer Create(Shape input, int labels)
    {
        RequireRank(input, 4, 4, "pictures [N, C, H, W]");
        return new Series();
    }
}

/// <summary>Turns series into sequences: [N, F, T] to [N, T, F].</summary>
public sealed record SequenceSpec : LayerSpec
{
    internal override Layer Create(Shape input, int labels)
    {
        RequireRank(input, 3, 3, "series [N, F, T]", input.Rank == 4 ? " A series layer makes them from pictures." : "");
        return new Sequence();
    }
}
