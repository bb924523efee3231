namespace Engine.Tensors.Autograd;

/// <summary>Backward steps of pooling, to an input of the given shape.</summary>
internal static class Pool2dGradients
{
    /// <summary>Saved: the position of each maximum.</summary>
    public static Tape.BackwardFunction Max(Pool2dGeometry geometry, Shape shape) => context =>
    {
        var gradient = Tensor.Empty(shape, context.Gradient.Device);
        gradient.Device.Backend.MaxPool2dGradient(geometry, context.Saved(0), context.Gradient, gradient);
        context.Accept(0, gradient);
    };

    /// <summary>Nothing is saved.</summary>
    public static Tape.BackwardFunction Average(Pool2dGeometry geometry, Shape shape) => context =>
    {
        var gradient = Tensor.Empty(shape, context.Gradient.Device);
        gradient.Device.Backend.AveragePool2dGradient(geometry, context.Gradient, gradient);
        context.Accept(0, gradient);
    };
}
