namespace Engine.Tensors.Autograd;

/// <summary>What the backward step of one operation sees.</summary>
internal readonly struct BackwardContext(Tensor?[] gradients, GradientSlot?[] inputs, Tensor[] saved)
{
    /// <summary>The gradient of an operation's only output.</summary>
    public Tensor Gradient => gradients[0]!;

    /// <summary>The gradient of one output, or null if none reached it.</summary>
    public Tensor? GradientOf(int output) => gradients[output];

    /// <summary>
    /// A tensor saved in the forward pass; release it early with <see cref="Tensor.Dispose"/> once nothing needs it.
    /// </summary>
    public Tensor Saved(int index) => saved[index];

    /// <summary>Whether an input wants its gradient.</summary>
    public bool Needs(int input) => inputs[input] is not null;

    /// <summary>Hands over the gradient of an input, which is dropped if the input wants none.</summary>
    public void Accept(int input, Tensor gradient)
    {
        if (inputs[input] is { } slot) slot.Accept(gradient);
        else gradient.Dispose();
    }

    /// <summary>
    /// Memory for the gradient of an input with the output's shape: the output gradient's own if nothing else holds it (the
    /// kernel then works in place), otherwise fresh.
    /// </summary>
    public Tensor Reuse() => Gradient.Storage.IsUnique ? Gradient.Alias() : Tensor.Empty(Gradient.Shape, Gradient.Device);

    /// <summary>The gradient before a ReLU: zero where the saved bits are; see <see cref="IBackend.NonZeroBits"/>.</summary>
    public Tensor Masked(int savedBits)
    {
        var masked = Reuse();
        masked.Device.Backend.MaskGradient(saved[savedBits], Gradient, masked);
        return masked;
    }
}
