using Engine.Classifiers;
using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>Batch normalisation of each channel of pictures, series or features.</summary>
/// <param name="Momentum">How far the running statistics move at each step (PyTorch's meaning; Keras' 0.99 is 0.01 here).</param>
/// <param name="Epsilon">Added to the variance.</param>
public sealed record BatchNormSpec(double Momentum = 0.1, double Epsilon = 1e-5) : LayerSpec
{
    internal override Layer Create(Shape input, int labels)
    {
        RequireRank(input, 2, 4, "features [N, F], series [N, C, L] or pictures [N, C, H, W]");
        return input.Rank == 4 ? new BatchNorm2d(input[1], Momentum, Epsilon) : new BatchNorm1d(input[1], Momentum, Epsilon);
    }

    internal override void Validate(string at, RangeCheck check)
    {
        if (!(Momentum is >= 0 and <= 1)) check.Fail($"{at}.momentum", Momentum, "it must be from 0 to 1");
        check.PositiveSingle($"{at}.epsilon", Epsilon);
    }
}

/// <summary>Layer normalisation of the last axis.</summary>
/// <param name="Epsilon">Added to the variance.</param>
public sealed record LayerNormSpec(double Epsilon = 1e-5) : LayerSpec
{
    internal override Layer Create(Shape input, int labels) => new LayerNorm(input[-1], Epsilon);

    internal override void Validate(string at, RangeCheck check) => check.PositiveSingle($"{at}.epsilon", Epsilon);
}

/// <summary>In training sets each value to zero with a probability and scales the others up.</summary>
/// <param name="Share">The probability of zero.</param>
public sealed record DropoutSpec(double Share) : LayerSpec
{
    internal override Layer Create(Shape input, int labels) => new Dropout(Share);

    internal override void Validate(string at, RangeCheck check) => check.Fraction($"{at}.share", Share);
}
