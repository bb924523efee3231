using Engine.Tensors.Operators;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    private static readonly KernelFamily s_elementwise = new("elementwise");

    /// <inheritdoc/>
    public void Binary<TOperator>(Tensor a, Tensor b, Tensor result)
        where TOperator : struct, IBinaryOperator
    {
        var kernel = NameOf<TOperator>();
        if (a.Shape == result.Shape && b.Shape == result.Shape)
        {
            Map(s_elementwise, kernel + "_same", result.Count, result.Count, a, b, result);
            return;
        }

        if (result.Count == 0) return;
        var axes = BroadcastAxes.Of(a.Shape, b.Shape, result.Shape);
        axes.ForEachBlock(result.Count, (d, s, t, offsets, count) =>
        {
            using var left = TensorScope.Release(a.Alias(new Shape(), offsets.A));
            using var right = TensorScope.Release(b.Alias(new Shape(), offsets.B));
            using var target = TensorScope.Release(result.Alias(new Shape(), offsets.Result));
            Map(
                s_elementwise, kernel + "_broadcast", count, count, d[1], d[2], d[3],
                left, s[0], s[1], s[2], s[3], right, t[0], t[1], t[2], t[3], target);
        });
    }

    /// <inheritdoc/>
    public void Unary<TOperator>(Tensor x, float parameter, Tensor result)
        where TOperator : struct, IUnaryOperator =>
        Map(s_elementwise, NameOf<TOperator>() + "_map", result.Count, result.Count, x, parameter, result);

    /// <inheritdoc/>
    public void UnaryGradient<TOperator>(Tensor saved, float parameter, Tensor gradOutput, Tensor gradInput)
        where TOperator : struct, IDifferentiableOperator =>
        Map(
            s_elementwise, NameOf<TOperator>() + "_gradient_map", gradInput.Count, gradInput.Count, saved, gradOutput, parameter,
            gradInput);

    /// <inheritdoc/>
    public void NonZeroBits(Tensor x, Tensor bits) =>
        Map(s_elementwise, "non_zero_bits", bits.Count, x.Count, bits.Count, x, bits);

    /// <inheritdoc/>
    public void MaskGradient(Tensor bits, Tensor gradOutput, Tensor gradInput) =>
        Map(s_elementwise, "mask_gradient", gradInput.Count, gradInput.Count, bits, gradOutput, gradInput);

    /// <inheritdoc/>
    public void AddScaled(Tensor source, float scale, Tensor target) =>
        Map(s_elementwise, "add_scaled", target.Count, target.Count, source, scale, target);

    // As elementwise.cl calls it, where several names are taken.
    private static string NameOf<TOperator>() => typeof(TOperator).Name switch
    {
        nameof(Shift) => "offset",
        nameof(LeakyRelu) => "leaky_relu",
        nameof(Sigmoid) => "logistic",
        nameof(Tanh) => "hyperbolic_tangent",
        nameof(Exp) => "exponential",
        nameof(Log) => "logarithm",
        nameof(Sqrt) => "square_root",
        var name => name.ToLowerInvariant(),
    };
}
