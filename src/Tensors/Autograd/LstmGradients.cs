namespace Engine.Tensors.Autograd;

/// <summary>Backward steps of one recurrent layer and direction. Saved: input, both weights, output, history.</summary>
internal static class LstmGradients
{
    /// <summary>
    /// Outputs: hidden states and the last cell. Inputs: x, the weights, and both biases, which share one gradient.
    /// </summary>
    public static Tape.BackwardFunction Lstm(bool reverse) => context =>
    {
        var (x, weightInput, weightHidden, output) = (context.Saved(0), context.Saved(1), context.Saved(2), context.Saved(3));
        var gradOutput = context.GradientOf(0)?.Alias() ?? Tensor.Zeros(output.Shape, output.Device);
        var gradInput = context.Needs(0) ? Like(x) : null;
        var (gradWeightInput, gradWeightHidden, gradBias) = (Like(weightInput), Like(weightHidden), Bias(weightHidden));
        output.Device.Backend.LstmGradient(
            x, weightInput, weightHidden, reverse, output, context.Saved(4),
            gradOutput, context.GradientOf(1), gradInput, gradWeightInput, gradWeightHidden, gradBias);
        gradOutput.Dispose();
        if (gradInput is not null) context.Accept(0, gradInput);
        context.Accept(1, gradWeightInput);
        context.Accept(2, gradWeightHidden);
        context.Accept(4, gradBias.Alias());
        context.Accept(3, gradBias);
    };

    /// <summary>Inputs: x, the weights, the biases.</summary>
    public static Tape.BackwardFunction Gru(bool reverse) => context =>
    {
        var (x, weightInput, weightHidden, output) = (context.Saved(0), context.Saved(1), context.Saved(2), context.Saved(3));
        var gradInput = context.Needs(0) ? Like(x) : null;
        var (gradWeightInput, gradWeightHidden) = (Like(weightInput), Like(weightHidden));
        var (gradBiasInput, gradBiasHidden) = (Bias(weightHidden), Bias(weightHidden));
        output.Device.Backend.GruGradient(
            x, weightInput, weightHidden, reverse, output, context.Saved(4), context.Gradient,
            gradInput, gradWeightInput, gradWeightHidden, gradBiasInput, gradBiasHidden);
        if (gradInput is not null) context.Accept(0, gradInput);
        context.Accept(1, gradWeightInput);
        context.Accept(2, gradWeightHidden);
        context.Accept(3, gradBiasInput);
        context.Accept(4, gradBiasHidden);
    };

    private static Tensor Like(Tensor x) => Tensor.Empty(x.Shape, x.Device);

    // One number for each row of [gates·H, H].
    private static Tensor Bias(Tensor weightHidden) => Tensor.Empty(new Shape(weightHidden.Shape[0]), weightHidden.Device);
}
