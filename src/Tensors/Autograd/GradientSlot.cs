using Engine.Tensors.Operators;

namespace Engine.Tensors.Autograd;

/// <summary>
/// Sums the gradient of one tensor during the backward pass. A leaf (a parameter) keeps it as <see cref="Tensor.Grad"/>; the
/// gradient of an operation's result lives until that operation's own backward step has used it.
/// </summary>
internal sealed class GradientSlot(Tensor? leaf)
{
    private Tensor? _gradient;

    /// <summary>The leaf; null for an operation's result.</summary>
    public Tensor? Leaf => leaf;

    /// <summary>Adds a gradient and takes over the tensor.</summary>
    public void Accept(Tensor gradient)
    {
        TensorScope.Release(gradient);
        var sum = leaf is null ? _gradient : leaf.Grad;
        if (sum is null)
        {
            sum = gradient;
        }
        else if (sum.Storage.IsUnique)
        {
            sum.Device.Backend.AddScaled(gradient, 1, sum);
            gradient.Dispose();
        }
        else
        {
            // Another handle shares these values (a sum passes one gradient to both operands), so add into fresh memory.
            var fresh = TensorScope.Release(Tensor.Empty(sum.Shape, sum.Device));
            sum.Device.Backend.Binary<Add>(sum, gradient, fresh);
            sum.Dispose();
            gradient.Dispose();
            sum = fresh;
        }

        if (leaf is null) _gradient = sum;
        else leaf.Grad = sum;
    }

    /// <summary>Hands over the summed gradient, or null if none arrived.</summary>
    public Tensor? Take()
    {
        var gradient = _gradient;
        _gradient = null;
        return gradient;
    }
}
