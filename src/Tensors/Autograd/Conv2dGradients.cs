namespace Engine.Tensors.Autograd;

/// <summary>Backward steps of the convolutions.</summary>
internal static class Conv2dGradients
{
    /// <summary>Saved: input, weight and, after a ReLU, the result.</summary>
    public static Tape.BackwardFunction Conv2d(Conv2dGeometry geometry, bool relu) => context =>
    {
        var (input, weight, gradOutput) = (context.Saved(0), context.Saved(1), context.Gradient);
        var backend = input.Device.Backend;
        var output = relu ? context.Saved(2) : null;
        if (context.Needs(1) || context.Needs(2))
        {
            var gradWeight = Tensor.Empty(weight.Shape, weight.Device);
            var gradBias = context.Needs(2) ? Tensor.Empty(new Shape(geometry.Filters), weight.Device) : null;
            backend.Conv2dWeightGradient(geometry, input, gradOutput, output, gradWeight, gradBias);
            context.Accept(1, gradWeight);
            if (gradBias is not null) context.Accept(2, gradBias);
        }

        if (context.Needs(0))
        {
            var gradInput = Tensor.Empty(input.Shape, input.Device);
            backend.Conv2dInputGradient(geometry, gradOutput, output, weight, gradInput);
            context.Accept(0, gradInput);
        }
    };
}
