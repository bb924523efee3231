using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>Batch normalisation of each channel of pictures, series or features.</summary>
/// <param name="Momentum">How far the running statistics move at each step (PyTorch's meaning; Keras' 0.99 is 0.01 here).</param>
/// <param name="Epsilon">Added to the variance.</param>
public sealed record BatchNormSpec(
    [property: Range(0, 1)] double Momentum = 0.1,
    [property: Range(Above = 0, Single = true)] double Epsilon = 1e-5) : LayerSpec
{
    internal override Layer Create(Shape input, int labels)
    {
        RequireRank(input, 2, 4, "features [N, F], series [N, C, L] or pictures [N, C, H, W]");
        return input.Rank == 4 ? new BatchNorm2d(input[1], Momentum, Epsilon) : new BatchNorm1d(input[1], Momentum, Epsilon);
    }
}

/// <summary>Layer normalisation of the last axis.</summary>
/// <param name="Epsilon">Added to the variance.</param>
public sealed record LayerNormSpec([property: Range(Above = 0, Single = true)] double Epsilon = 1e-5) : LayerSpec
{
    internal override Layer Create(Shape input, int labels) => new LayerNorm(input[-1], Epsilon);
}

/// <summary>In training, sets each value to zero with a given probability and scales up the others.</summary>
/// <param name="Share">The probability that a value is set to zero.</param>
public sealed record DropoutSpec([property: Range(Minimum = 0, Below = 1)] double Share) : LayerSpec
{
    internal override Layer Create(Shape input, int labels) => new Dropout(Share);
}
