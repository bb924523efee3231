using Engine.Tensors;

namespace Engine.Nn.Layers;

/// <summary>What the convolution layers share.</summary>
internal static class ConvolutionLayer
{
    public static void CheckGroups(string layer, int channels, int filters, int groups)
    {
        if (groups < 1 || channels % groups != 0 || filters % groups != 0)
        {
            Guard.Argument($"{layer}: {groups} groups do not divide {channels} channels and {filters} filters.");
        }
    }

    /// <summary>Weights and biases of a convolution that does what a batch normalisation after it does in evaluation.</summary>
    public static (float[] Weight, float[] Bias) Fold(Tensor weight, Tensor? bias, BatchNorm norm)
    {
        var (scale, shift) = norm.Affine();
        var (weights, biases) = (weight.ToArray(), bias?.ToArray() ?? new float[scale.Length]);
        var size = weights.Length / scale.Length;
        for (var f = 0; f < scale.Length; f++)
        {
            foreach (ref var value in weights.AsSpan(f * size, size)) value = (float)(value * scale[f]);
            biases[f] = (float)(biases[f] * scale[f] + shift[f]);
        }

        return (weights, biases);
    }

    /// <summary>The same as tensors, computed once for weights and a normalisation that stay as they are.</summary>
    public static (Tensor Weight, Tensor Bias) Folded(DerivedTensors kept, Tensor weight, Tensor? bias, BatchNorm norm)
    {
        Tensor[] sources = bias is null ? [weight, .. norm.Values] : [weight, bias, .. norm.Values];
        var folded = kept.Get(sources, () =>
        {
            var (weights, biases) = Fold(weight, bias, norm);
            var device = weight.Device;
            return [Tensor.From(weights, weight.Shape, device), Tensor.From(biases, new Shape(biases.Length), device)];
        });
        return (folded[0], folded[1]);
    }
}
