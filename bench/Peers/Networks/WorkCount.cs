using Engine.Nn;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Peers.Networks;

/// <summary>
/// Counts the multiply-adds of a network, layer by layer, as the plain algorithms need them: forward, for the weights' gradient,
/// and for the input's gradient where something before the layer is learned. A value stands for that: whether its gradient is
/// needed.
/// </summary>
internal sealed class WorkCount : INetworkBuilder<bool>
{
    /// <summary>Multiply-adds of one forward pass.</summary>
    public long Forward { get; private set; }

    /// <summary>Multiply-adds of a training step.</summary>
    public long Step { get; private set; }

    /// <summary>Counts the work of a recipe's network on a batch, without allocating it.</summary>
    public static WorkCount Of(Recipe recipe, RecipeSummary summary, int batch)
    {
        var (spec, count) = ((NetworkSpec)recipe.Classifier, new WorkCount());
        Shape[] inputs = [.. summary.Inputs.Select(i => i.Shape)];
        using var network = spec.Build(inputs, summary.Labels, recipe.Name);
        new NetworkWalk<bool>(network, summary.Labels, count).Run(spec, [.. inputs.Select(i => new Shape([batch, .. i.Sizes]))]);
        return count;
    }

    public bool Input(Shape shape) => false;

    public bool Convolution(bool x, Parameter weight, Parameter? bias, Conv2dOptions options, Shape output) =>
        Learned(x, (long)output.Count * weight.Shape.Product(1, weight.Shape.Rank));

    public bool Dense(bool x, Parameter weight, Parameter? bias, Shape output) =>
        Learned(x, (long)output.Count * weight.Shape[1]);

    public bool Lstm(bool x, IReadOnlyList<LstmLayer> layers, Shape input)
    {
        foreach (var layer in layers)
        {
            var steps = (long)input[0] * input[1];
            x = Learned(x, steps * layer.WeightInput.Shape.Count);
            Learned(true, steps * layer.WeightHidden.Shape.Count);
        }

        return x;
    }

    public bool BatchNorm(bool x, Normalization parameters) => true;

    public bool Pool(bool x, bool maximum, Pool2dOptions options, int rank) => x;

    public bool Apply(Function function, bool x) => x;

    public bool Dropout(bool x, double share) => x;

    public bool Flatten(bool x) => x;

    public bool Series(bool x, Shape output) => x;

    public bool Sequence(bool x) => x;

    public bool GlobalAverage(bool x) => x;

    public bool Add(bool left, bool right) => left || right;

    public bool ScaleChannels(bool x, bool scale) => x || scale;

    public bool Concatenate(IReadOnlyList<bool> parts) => parts.Contains(true);

    private bool Learned(bool needsGradient, long multiplyAdds)
    {
        Forward += multiplyAdds;
        Step += (needsGradient ? 3 : 2) * multiplyAdds;
        return true;
    }
}
