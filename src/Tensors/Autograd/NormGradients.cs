namespace Engine.Tensors.Autograd;

/// <summary>Backward steps of the normalisations.</summary>
internal static class NormGradients
{
    /// <summary>For x as [N, C, L]. Saved: x, weight, and its channels' mean and inverse deviation.</summary>
    public static Tape.BackwardFunction BatchNorm(Shape flat, bool training) => context => Pass(
        context, flat, flat[1], (x, from, to, gradWeight, gradBias) => x.Device.Backend.BatchNormGradient(
            x, context.Saved(2), context.Saved(3), context.Saved(1), training, from, to, gradWeight, gradBias));

    /// <summary>For x as [rows, n]. Saved: x, weight, and its rows' statistics.</summary>
    public static Tape.BackwardFunction LayerNorm(Shape rows) => context => Pass(
        context, rows, rows[1], (x, from, to, gradWeight, gradBias) => x.Device.Backend.LayerNormGradient(
            x, context.Saved(2), context.Saved(1), from, to, gradWeight, gradBias));

    // Passes x, the output's gradient and the input's under this shape, then the gradients of weight and bias [n].
    private static void Pass(BackwardContext context, Shape shape, int n, Action<Tensor, Tensor, Tensor, Tensor, Tensor> backward)
    {
        var gradient = context.Reuse();
        var gradWeight = Tensor.Empty(new Shape(n), gradient.Device);
        var gradBias = Tensor.Empty(new Shape(n), gradient.Device);
        using var saved = context.Saved(0).Alias(shape);
        using var from = context.Gradient.Alias(shape);
        using (var to = gradient.Alias(shape)) backward(saved, from, to, gradWeight, gradBias);
        context.Accept(0, gradient);
        context.Accept(1, gradWeight);
        context.Accept(2, gradBias);
    }
}
