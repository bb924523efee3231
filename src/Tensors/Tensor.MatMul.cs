using Engine.Tensors.Autograd;
using Engine.Tensors.Cpu;

namespace Engine.Tensors;

public sealed partial class Tensor
{
    /// <summary>
    /// The matrix product of the last two axes: [..., m, k] · [..., k, n] = [..., m, n], with either operand read transposed in
    /// place on request. The leading axes must be equal, or absent in one operand, which is then used for every batch.
    /// </summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    /// <param name="transposeA">Reads the left operand as [..., k, m].</param>
    /// <param name="transposeB">Reads the right operand as [..., n, k].</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or the devices differ.</exception>
    public static Tensor MatMul(Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)
    {
        CheckOperands(nameof(MatMul), a, b);
        var result = Empty(ProductShape(a.Shape, b.Shape, transposeA, transposeB), a.Device);
        a.Device.Backend.MatMul(a, transposeA, b, transposeB, result);
        Tape.Record([result], [a, b], [a, b], MatMulGradients.MatMul(transposeA, transposeB));
        return result;
    }

    /// <summary>
    /// A dense layer: x [..., in] · weight [out, in]ᵀ + bias [out], with negatives cut to zero if <paramref name="relu"/>,
    /// in one pass over the result.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes do not fit, or the devices differ.</exception>
    public static Tensor Dense(Tensor x, Tensor weight, Tensor? bias = null, bool relu = false)
    {
        CheckOperands(nameof(Dense), x, weight);
        if (weight.Rank != 2) Throw.Argument($"Dense: weight {weight.Shape} must have two axes, [out, in].");
        if (x.Rank < 1 || x.Shape[-1] != weight.Shape[1])
            Throw.Argument($"Dense: input {x.Shape} has {(x.Rank < 1 ? 0 : x.Shape[-1])} features but weight {weight.Shape} "
                + $"takes {weight.Shape[1]}.");
        if (bias is not null)
        {
            CheckOperands(nameof(Dense), x, bias);
            if (bias.Rank != 1 || bias.Count != weight.Shape[0])
                Throw.Argument($"Dense: bias {bias.Shape} must be [{weight.Shape[0]}], one value for each output of weight "
                    + $"{weight.Shape}.");
        }

        var shape = x.Shape.With(-1, weight.Shape[0]);
        var result = Empty(shape, x.Device);
        using var rows = x.Alias(Rows(x.Shape));
        using var target = result.Alias(Rows(shape));
        var kept = !Tape.IsRecording && x.Device.Backend is CpuBackend && CpuBackend.TryDense(rows, weight, bias, relu, target);
        if (!kept) x.Device.Backend.MatMul(rows, false, weight, true, target, bias: bias, relu: relu);
        using var alive = relu && Tape.NeedsGradient(x, weight, bias) ? result.NonZeroBits() : null;
        Tape.Record([result], [x, weight, bias], alive is null ? [x, weight] : [x, weight, alive], MatMulGradients.Dense(relu));
        return result;
    }

    private static Shape Rows(Shape shape) => new(shape.Product(0, shape.Rank - 1), shape[-1]);

    private static Shape ProductShape(Shape a, Shape b, bool transposeA, bool transposeB)
    {
        if (a.Rank < 2 || b.Rank < 2) Throw.Argument($"MatMul: left {a} and right {b} must both have two axes or more.");
        var (m, k) = transposeA ? (a[-1], a[-2]) : (a[-2], a[-1]);
        var (rows, n) = transposeB ? (b[-1], b[-2]) : (b[-2], b[-1]);
        if (k != rows)
            Throw.Argument($"MatMul: left {Named(a, transposeA)} has {k} columns but right {Named(b, transposeB)} has "
                + $"{rows} rows.");
        ReadOnlySpan<int> batchA = a.Sizes[..^2], batchB = b.Sizes[..^2];
        if (a.Rank > 2 && b.Rank > 2 && !batchA.SequenceEqual(batchB))
            Throw.Argument($"MatMul: left {a} and right {b} have different batch axes.");
        return new Shape([.. a.Rank > 2 ? batchA : batchB, m, n]);
    }

    private static string Named(Shape shape, bool transposed) => transposed ? $"{shape} transposed" : shape.ToString();
}
