namespace Engine.Tensors.Autograd;

/// <summary>The backward step of dropout.</summary>
internal static class DropoutGradients
{
    /// <summary>Drops the same elements: the numbers that chose them are drawn again.</summary>
    public static Tape.BackwardFunction Dropout(float rate, ulong key, ulong stream, ulong counter) => context =>
    {
        var gradient = context.Reuse();
        gradient.Device.Backend.Dropout(context.Gradient, rate, key, stream, counter, gradient);
        context.Accept(0, gradient);
    };
}
