namespace Engine.Tensors.Autograd;

/// <summary>
/// Backward steps of the matrix products: for y = a · b, dA = dY · bᵀ and dB = aᵀ · dY, with roles swapped for transposed
/// operands.
/// </summary>
internal static class MatMulGradients
{
    /// <summary>Saved: a, b.</summary>
    public static Tape.BackwardFunction MatMul(bool transposeA, bool transposeB) => context =>
    {
        var (g, a, b) = (context.Gradient, context.Saved(0), context.Saved(1));
        if (context.Needs(0))
        {
            using var product = transposeA ? Tensor.MatMul(b, g, transposeB, true) : Tensor.MatMul(g, b, false, !transposeB);
            context.Accept(0, ElementwiseGradients.SumTo(product, a.Shape));
        }

        if (context.Needs(1))
        {
            using var product = transposeB ? Tensor.MatMul(g, a, true, transposeA) : Tensor.MatMul(a, g, !transposeA, false);
            context.Accept(1, ElementwiseGradients.SumTo(product, b.Shape));
        }
    };

    /// <summary>Saved: x, weight and, after a ReLU, the bits of the result, whose zeros pass no gradient.</summary>
    public static Tape.BackwardFunction Dense(bool relu) => context =>
    {
        var (x, weight) = (context.Saved(0), context.Saved(1));
        using var g = relu ? context.Masked(2) : context.Gradient.Alias();
        using var rows = g.Alias(new Shape(g.Shape.Product(0, g.Rank - 1), g.Shape[-1]));
        using var input = x.Alias(new Shape(rows.Shape[0], x.Shape[-1]));
        if (context.Needs(1)) context.Accept(1, Tensor.MatMul(rows, input, transposeA: true));
        if (context.Needs(2)) context.Accept(2, ElementwiseGradients.SumTo(rows, new Shape(rows.Shape[1])));
        if (context.Needs(0))
        {
            using var product = Tensor.MatMul(rows, weight);
            context.Accept(0, product.Alias(x.Shape));
        }
    };
}
