namespace Engine.Tensors.Autograd;

/// <summary>Backward steps of the softmax and of the loss that contains it.</summary>
internal static class SoftmaxGradients
{
    /// <summary>For the softmax, or its logarithm, of x as [rows, n]. Saved: the result.</summary>
    public static Tape.BackwardFunction Softmax(Shape rows, bool logarithm) => context =>
    {
        var gradient = context.Reuse();
        using var output = context.Saved(0).Alias(rows);
        using var from = context.Gradient.Alias(rows);
        using var to = gradient.Alias(rows);
        gradient.Device.Backend.SoftmaxGradient(output, logarithm, from, to);
        context.Accept(0, gradient);
    };

    /// <summary>For the mean over this many samples. Saved: the gradient of each sample's loss, from the forward pass.</summary>
    public static Tape.BackwardFunction CrossEntropy(int samples) => context =>
    {
        using var share = context.Gradient.Scale(1f / samples);
        context.Accept(0, context.Saved(0) * share);
    };
}
