using System.Runtime.CompilerServices;
using Engine.Tensors.Operators;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    // Tensors of a launch, and elements of one that a group of 256 items owns.
    private const int Fused = 8;
    private const int Span = 1024;

    private static readonly KernelFamily s_optimizers = new(
        "optimizers", ["team"], ("SPAN", Span), ("PLAIN", (int)UpdateRule.Plain), ("MOMENTUM", (int)UpdateRule.Momentum),
        ("ADAM", (int)UpdateRule.Adam),
        ("ADAMAX", (int)UpdateRule.Adamax), ("ADAGRAD", (int)UpdateRule.Adagrad), ("RMS_PROP", (int)UpdateRule.RmsProp));

    /// <inheritdoc/>
    public void Update<TOperator>(in UpdateFactors factors, Tensor? gradientScale, ReadOnlySpan<ParameterUpdate> updates)
        where TOperator : struct, IUpdateOperator
    {
        var arguments = default(UpdateArguments);
        for (; updates.Length > 0; updates = updates[Math.Min(Fused, updates.Length)..])
        {
            var (next, groups) = (0, 0);
            for (var k = 0; k < Fused; k++)
            {
                var update = k < updates.Length ? updates[k] : default;
                var count = update.Parameter?.Count ?? 0;
                groups += Spans(count);
                arguments[next++] = count;
                arguments[next++] = update.WeightDecay;
                arguments[next++] = update.Gradient;
                arguments[next++] = update.Parameter;
                arguments[next++] = update.First;
                arguments[next++] = update.Second;
            }

            arguments[next++] = (int)TOperator.Rule;
            arguments[next++] = gradientScale;
            arguments[next++] = factors.Clip;
            arguments[next++] = factors.DirectDecay;
            arguments[next++] = factors.GradientRate;
            arguments[next++] = factors.StateRate;
            arguments[next++] = factors.FirstDecay;
            arguments[next++] = factors.FirstShare;
            arguments[next++] = factors.SecondDecay;
            arguments[next++] = factors.SecondShare;
            arguments[next++] = factors.SecondScale;
            arguments[next++] = factors.Epsilon;
            Launch(s_optimizers, "update", new GpuGrid(groups, Items), arguments[..next]);
        }
    }

    /// <inheritdoc/>
    public void SumSquares(ReadOnlySpan<Tensor> tensors, Tensor result)
    {
        for (var start = 0; start < tensors.Length; start += Fused)
        {
            var few = tensors[start..Math.Min(tensors.Length, start + Fused)];
            UpdateArguments operands = default, lengths = default;
            var groups = 0;
            for (var k = 0; k < Fused; k++)
            {
                var tensor = k < few.Length ? few[k] : null;
                operands[2 * k] = lengths[k] = tensor?.Count ?? 0;
                operands[2 * k + 1] = tensor;
                groups += Spans(tensor?.Count ?? 0);
            }

            using var parts = Scratch(groups);
            using var sums = TensorScope.Release(result.Alias(new Shape(few.Length), start));
            (operands[2 * Fused], lengths[Fused], lengths[Fused + 1]) = (parts, parts, sums);
            Launch(s_optimizers, "squares", new GpuGrid(groups, Items), operands[..(2 * Fused + 1)]);
            Launch(s_optimizers, "sum_parts", new GpuGrid(few.Length, Items), lengths[..(Fused + 2)]);
        }
    }

    /// <inheritdoc/>
    public void ClipScale(Tensor squares, double limit, Tensor result) =>
        Launch(s_optimizers, "clip_scale", new GpuGrid(1, Items), squares.Count, (float)limit, squares, result);

    private static int Spans(int count) => (int)((count + (Span - 1L)) / Span);

    // A list of them would be an array for each step.
    [InlineArray(6 * Fused + 12)]
    private struct UpdateArguments
    {
        private KernelArgument _first;
    }
}
