namespace Engine.Tensors.Autograd;

/// <summary>Backward steps of the element-wise operations.</summary>
internal static class ElementwiseGradients
{
    /// <summary>d(a + b): the gradient itself, summed over the axes along which an operand was stretched.</summary>
    public static Tape.BackwardFunction Add(Shape a, Shape b) => context =>
    {
        if (context.Needs(0)) context.Accept(0, SumTo(context.Gradient, a));
        if (context.Needs(1)) context.Accept(1, SumTo(context.Gradient, b));
    };

    /// <summary>d(a - b): g and -g.</summary>
    public static Tape.BackwardFunction Subtract(Shape a, Shape b) => context =>
    {
        if (context.Needs(0)) context.Accept(0, SumTo(context.Gradient, a));
        if (!context.Needs(1)) return;
        using var negative = context.Gradient.Scale(-1);
        context.Accept(1, SumTo(negative, b));
    };

    /// <summary>d(a · b): g·b and g·a. Saved: a, b.</summary>
    public static void Multiply(BackwardContext context)
    {
        var (a, b) = (context.Saved(0), context.Saved(1));
        if (context.Needs(0)) context.Accept(0, ProductTo(context.Gradient, b, a.Shape));
        if (context.Needs(1)) context.Accept(1, ProductTo(context.Gradient, a, b.Shape));
    }

    /// <summary>d(a / b): g/b and -g·(a/b)/b. Saved: the quotient, b.</summary>
    public static Tape.BackwardFunction Divide(Shape a) => context =>
    {
        var (quotient, b) = (context.Saved(0), context.Saved(1));
        using var g = context.Gradient / b;
        if (context.Needs(0)) context.Accept(0, SumTo(g, a));
        if (!context.Needs(1)) return;
        using var negative = g.Scale(-1);
        context.Accept(1, ProductTo(negative, quotient, b.Shape));
    };

    /// <summary>Whether the derivative is cheapest from the output; the others save the input.</summary>
    public static bool SavesOutput(UnaryOp op) =>
        op is UnaryOp.Elu or UnaryOp.Sigmoid or UnaryOp.Tanh or UnaryOp.Exp or UnaryOp.Sqrt;

    /// <summary>g · f′. Saved: the output or the input.</summary>
    public static Tape.BackwardFunction Unary(UnaryOp op, float parameter) => context =>
    {
        var gradient = context.Reuse();
        gradient.Device.Backend.UnaryGradient(op, context.Saved(0), parameter, context.Gradient, gradient);
        context.Accept(0, gradient);
    };

    /// <summary>Sums a gradient over the axes along which an operand of <paramref name="shape"/> was stretched; an alias if none was.</summary>
    public static Tensor SumTo(Tensor gradient, Shape shape)
    {
        if (gradient.Shape == shape) return gradient.Alias();
        Span<int> padded = stackalloc int[gradient.Rank];
        padded.Fill(1);
        shape.Sizes.CopyTo(padded[(gradient.Rank - shape.Rank)..]);
        using var sum = Tensor.Empty(new Shape(padded), gradient.Device);
        gradient.Device.Backend.Sum(gradient, sum);
        return sum.Alias(shape);
    }

    private static Tensor ProductTo(Tensor gradient, Tensor factor, Shape shape)
    {
        using var product = gradient * factor;
        return SumTo(product, shape);
    }
}
