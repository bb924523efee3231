using Engine.Tensors.Gpu.Kernels;
using Engine.Tensors.Operators;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    // Tensors of a launch.
    private const int Fused = FusedTensors<FusedParameter>.Most;

    /// <inheritdoc/>
    public void Update<TOperator>(in UpdateFactors factors, Tensor? gradientScale, ReadOnlySpan<ParameterUpdate> updates)
        where TOperator : struct, IUpdateOperator
    {
        using var lease = new StorageLease(gradientScale);
        for (; updates.Length > 0; updates = updates[Math.Min(Fused, updates.Length)..])
        {
            // Memory is handed out again under the same lock: what is alive now is so until the launch is queued.
            lock (_lock)
            {
                var parameters = new FusedTensors<FusedParameter>
                {
                    Item0 = Parameter(updates, 0),
                    Item1 = Parameter(updates, 1),
                    Item2 = Parameter(updates, 2),
                    Item3 = Parameter(updates, 3),
                    Item4 = Parameter(updates, 4),
                    Item5 = Parameter(updates, 5),
                    Item6 = Parameter(updates, 6),
                    Item7 = Parameter(updates, 7),
                };
                Launch(new GpuGrid(parameters.Groups), new Update<TOperator>
                {
                    Parameters = parameters,
                    Factors = factors,
                    GradientScale = Floats(gradientScale),
                });
            }
        }
    }

    /// <inheritdoc/>
    public void SumSquares(ReadOnlySpan<Tensor> tensors, Tensor result)
    {
        using var lease = new StorageLease(result);
        for (var start = 0; start < tensors.Length; start += Fused)
        {
            var few = tensors[start..Math.Min(tensors.Length, start + Fused)];
            lock (_lock)
            {
                var operands = new FusedTensors<FusedOperand>
                {
                    Item0 = FusedOperandOf(few, 0),
                    Item1 = FusedOperandOf(few, 1),
                    Item2 = FusedOperandOf(few, 2),
                    Item3 = FusedOperandOf(few, 3),
                    Item4 = FusedOperandOf(few, 4),
                    Item5 = FusedOperandOf(few, 5),
                    Item6 = FusedOperandOf(few, 6),
                    Item7 = FusedOperandOf(few, 7),
                };
                var groups = operands.Groups;
                using var parts = Scratch(groups);
                Launch(new GpuGrid(groups), new SquaresOfParts { Operands = operands, Parts = Floats(parts) });
                Launch(new GpuGrid(few.Length), new SumOfParts
                {
                    Operands = operands,
                    Parts = Floats(parts),
                    Result = Floats(result).SubView(start),
                });
            }
        }
    }

    /// <inheritdoc/>
    public void ClipScale(Tensor squares, double limit, Tensor result)
    {
        using var lease = new StorageLease(squares, result);
        Launch(new GpuGrid(1), new ClipScale
        {
            Count = squares.Count,
            Limit = (float)limit,
            Squares = Floats(squares),
            Result = Floats(result),
        });
    }

    private static FusedParameter Parameter(ReadOnlySpan<ParameterUpdate> updates, int k) =>
        k >= updates.Length ? default : new()
        {
            Count = updates[k].Parameter.Count,
            WeightDecay = updates[k].WeightDecay,
            Gradient = Floats(updates[k].Gradient),
            Parameter = Floats(updates[k].Parameter),
            First = Floats(updates[k].First),
            Second = Floats(updates[k].Second),
        };

    private static FusedOperand FusedOperandOf(ReadOnlySpan<Tensor> tensors, int k) =>
        k >= tensors.Length ? default : new() { Count = tensors[k].Count, X = Floats(tensors[k]) };
}
