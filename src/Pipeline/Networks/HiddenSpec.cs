using Engine.Classifiers;
using Engine.Nn;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>
/// Some equal hidden layers in one: each dense, ReLU and dropout. So that depth and width are two numbers, which a search can
/// change.
/// </summary>
/// <param name="Count">How many.</param>
/// <param name="Units">Outputs of each.</param>
/// <param name="Dropout">The probability of zero in training.</param>
/// <param name="L2">λ of a penalty λ·Σw² on the weights.</param>
public sealed record HiddenSpec(int Count, int Units, double Dropout = 0, double L2 = 0) : LayerSpec
{
    private const int MostLayers = 1000;

    internal override long LayerCount => 3L * Count;

    internal override Layer Create(Shape input, int labels)
    {
        LayerSpec[] one = [new DenseSpec(Units, L2), new ReluSpec(), .. Dropout > 0 ? new LayerSpec[] { new DropoutSpec(Dropout) } : []];
        var layers = new List<Layer>();
        foreach (var spec in Enumerable.Repeat(one, Count).SelectMany(o => o))
        {
            layers.Add(spec.Create(input, labels));
            input = layers[^1].OutputShape(input);
        }

        return new Sequential([.. layers]);
    }

    internal override void Validate(string at, RangeCheck check)
    {
        check.Between($"{at}.count", Count, 1, MostLayers);
        check.Between($"{at}.units", Units, 1, Largest);
        check.Fraction($"{at}.dropout", Dropout);
        check.NotNegative($"{at}.l2", L2);
    }
}
