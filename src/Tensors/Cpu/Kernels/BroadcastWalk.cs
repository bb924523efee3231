namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// How two operands that broadcast are read row by row: along the innermost merged axis, each either advances or repeats.
/// </summary>
internal sealed class BroadcastWalk
{
    private readonly BroadcastAxes _axes;

    public BroadcastWalk(Shape a, Shape b, Shape result)
    {
        _axes = BroadcastAxes.Of(a, b, result);
        (Length, StepA, StepB) = _axes.Sizes.Length > 0 ? (_axes.Sizes[0], _axes.StridesA[0], _axes.StridesB[0]) : (1, 0, 0);
        Rows = result.Count / Length;
    }

    /// <summary>Elements of a run.</summary>
    public int Length { get; }

    /// <summary>How many runs.</summary>
    public int Rows { get; }

    /// <summary>1 if the left operand advances along a run, 0 if one value repeats.</summary>
    public int StepA { get; }

    /// <summary>The same for the right operand.</summary>
    public int StepB { get; }

    /// <summary>Where run <paramref name="row"/> begins in each operand.</summary>
    public (int A, int B) Offsets(int row) => _axes.Offsets(row, 1);
}
