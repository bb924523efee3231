using Engine.Nn;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>
/// Several equal hidden layers in one, each of dense, ReLU and dropout, so that depth and width are two numbers that a search can
/// change.
/// </summary>
/// <param name="Count">How many hidden layers.</param>
/// <param name="Units">Outputs of each.</param>
/// <param name="Dropout">The probability that an output is set to zero in training.</param>
/// <param name="L2">λ of a penalty λ·Σw² on the weights.</param>
public sealed record HiddenSpec(
    [property: Range(1, 1000)] int Count,
    [property: Range(1, LayerSpec.Largest)] int Units,
    [property: Range(Minimum = 0, Below = 1)] double Dropout = 0,
    [property: Range(Minimum = 0)] double L2 = 0) : LayerSpec
{
    internal override long LayerCount => 3L * Count;

    internal override Layer Create(Shape input, int labels)
    {
        LayerSpec[] one = [new DenseSpec(Units, L2), new ReluSpec(), .. Dropout > 0
            ? new LayerSpec[] { new DropoutSpec(Dropout) } : []];
        var layers = new List<Layer>();
        foreach (var spec in Enumerable.Repeat(one, Count).SelectMany(o => o))
        {
            layers.Add(spec.Create(input, labels));
            input = layers[^1].OutputShape(input);
        }

        return new Sequential([.. layers]);
    }
}
