using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>Some examples of a batch that follow each other.</summary>
/// <param name="batch">The batch.</param>
/// <param name="first">The first of them, counted from this rank's first.</param>
/// <param name="count">How many there are.</param>
internal readonly struct BatchRows(Batch batch, int first, int count)
{
    /// <summary>How many there are.</summary>
    public int Count => count;

    /// <summary>Their indices in the source.</summary>
    public ReadOnlySpan<int> Examples => batch.Examples.Slice(first, count);

    /// <summary>Their labels.</summary>
    public ReadOnlySpan<int> Labels => batch.Labels.Slice(first, count);

    /// <summary>The labels of the examples that each was mixed with.</summary>
    public ReadOnlySpan<int> PartnerLabels => batch.PartnerLabels.Slice(first, count);

    /// <summary>The share of each example in its mixture; 1 if not mixed.</summary>
    public double Share => batch.Share;

    /// <summary>How many inputs an example has.</summary>
    public int Inputs => batch.Inputs;

    /// <summary>All values of an input.</summary>
    public ReadOnlySpan<float> Values(int input) => batch.Values(input, first, count);

    /// <summary>Copies the inputs to tensors in the innermost scope.</summary>
    public Tensor[] Upload(Device device)
    {
        var tensors = new Tensor[Inputs];
        for (var input = 0; input < tensors.Length; input++)
            tensors[input] = Tensor.From(Values(input), batch.ShapeOf(input, count), device);
        return tensors;
    }
}
