namespace Engine.Tensors.Autograd;

/// <summary>Backward steps of the convolutions.</summary>
internal static class Conv2dGradients
{
    /// <summary>
    /// Saved: input, weight and, after a ReLU, the bits of the result. The weight's gradient comes first, so that the saved
    /// input, often the largest thing alive, is freed before the input's gradient takes as much again.
    /// </summary>
    public static Tape.BackwardFunction Conv2d(Conv2dGeometry geometry, bool relu) => context =>
    {
        var (input, weight) = (context.Saved(0), context.Saved(1));
        using var gradOutput = relu ? context.Masked(2) : context.Gradient.Alias();
        var backend = input.Device.Backend;
        if (context.Needs(1) || context.Needs(2))
        {
            var gradWeight = Tensor.Empty(weight.Shape, weight.Device);
            var gradBias = context.Needs(2) ? Tensor.Empty(new Shape(geometry.Filters), weight.Device) : null;
            backend.Conv2dWeightGradient(geometry, input, gradOutput, gradWeight, gradBias);
            context.Accept(1, gradWeight);
            if (gradBias is not null) context.Accept(2, gradBias);
        }

        input.Dispose();
        if (!context.Needs(0)) return;
        var gradInput = Tensor.Empty(input.Shape, weight.Device);
        backend.Conv2dInputGradient(geometry, gradOutput, weight, gradInput);
        context.Accept(0, gradInput);
    };
}
