using Engine.Tensors.Operators;

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

    /// <summary>g · factor.</summary>
    public static Tape.BackwardFunction Scale(float factor) => context => context.Accept(0, context.Gradient.Scale(factor));

    /// <summary>The gradient itself.</summary>
    public static void Shift(BackwardContext context) => context.Accept(0, context.Gradient.Alias());

    /// <summary>The gradient where the result is not zero. Saved: the result's bits.</summary>
    public static void Relu(BackwardContext context) => context.Accept(0, context.Masked(0));

    /// <summary>g · f′. Saved: the output or the input.</summary>
    public static Tape.BackwardFunction Unary<TOperator>(float parameter)
        where TOperator : struct, IDifferentiableOperator => context =>
    {
        var gradient = context.Reuse();
        gradient.Device.Backend.UnaryGradient<TOperator>(context.Saved(0), parameter, context.Gradient, gradient);
        context.Accept(0, gradient);
    };

    /// <summary>
    /// Sums a gradient over the axes along which an operand of <paramref name="shape"/> was stretched; an alias if none was.
    /// </summary>
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
