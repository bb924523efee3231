namespace Engine.Tensors.Autograd;

/// <summary>Backward steps of operations that move elements: they move the gradient back.</summary>
internal static class LayoutGradients
{
    /// <summary>Restores the shape before.</summary>
    public static Tape.BackwardFunction Reshape(Shape shape) => context => context.Accept(0, context.Gradient.Alias(shape));

    /// <summary>Applies the inverse permutation.</summary>
    public static Tape.BackwardFunction Permute(int[] order) => context =>
    {
        var inverse = new int[order.Length];
        for (var i = 0; i < order.Length; i++) inverse[order[i]] = i;
        context.Accept(0, context.Gradient.Permute(inverse));
    };

    /// <summary>Puts it in its place among zeros.</summary>
    public static Tape.BackwardFunction Slice(Shape source, int offset, int[] strides) => context =>
    {
        var gradient = Tensor.Zeros(source, context.Gradient.Device);
        gradient.Device.Backend.CopyToStrided(context.Gradient, gradient, offset, strides);
        context.Accept(0, gradient);
    };

    /// <summary>Gives each tensor its part.</summary>
    public static Tape.BackwardFunction Concat(int axis, int[] starts, int[] lengths) => context =>
    {
        for (var i = 0; i < starts.Length; i++)
        {
            if (context.Needs(i)) context.Accept(i, context.Gradient.Slice(axis, starts[i], lengths[i]));
        }
    };

    /// <summary>Sums the gradients of each source row; <paramref name="rows"/> is [rows, n]. Saved: the indices.</summary>
    public static Tape.BackwardFunction GatherRows(Shape rows, Shape shape) => context =>
    {
        using var gradient = Tensor.Empty(rows, context.Gradient.Device);
        gradient.Device.Backend.ScatterAddRows(context.Gradient, context.Saved(0), gradient);
        context.Accept(0, gradient.Alias(shape));
    };
}
