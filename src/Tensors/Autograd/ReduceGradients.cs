namespace Engine.Tensors.Autograd;

/// <summary>Backward steps of sums and maxima.</summary>
internal static class ReduceGradients
{
    /// <summary>Each summand gets its sum's gradient; <paramref name="kept"/> has size 1 for the axes summed over.</summary>
    public static Tape.BackwardFunction Sum(Shape kept, Shape shape) => context =>
    {
        using var gradient = context.Gradient.Alias(kept);
        context.Accept(0, gradient.Stretch(shape));
    };

    /// <summary>For rows. Saved: the chosen columns; only they get a gradient.</summary>
    public static Tape.BackwardFunction Max(Shape rows) => context =>
    {
        var gradient = Tensor.Empty(rows, context.Gradient.Device);
        gradient.Device.Backend.Scatter(context.Gradient, context.Saved(0), gradient);
        context.Accept(0, gradient);
    };
}
