using Engine.Tensors.Operators;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// One step of a rule (<see cref="UpdateRules"/>) on every element: parameters and states are read once and written once. The
/// gradients' scale is one number in memory, where <see cref="ClipScale"/> left it; an absent one stands for 1.
/// </summary>
internal struct Update<TOperator> : IKernel
    where TOperator : struct, IUpdateOperator
{
    public FusedTensors<FusedParameter> Parameters;
    public UpdateFactors Factors;
    public ArrayView<float> GradientScale;

    public readonly void Run()
    {
        var group = Grid.IdxX;
        var chosen = Parameters.Find(ref group);
        var scale = GradientScale.Length == 0 ? 1 : GradientScale[0];
        int start = group * FusedTensors<FusedParameter>.Span, rest = chosen.Count - start;
        var end = start + Math.Min(rest, FusedTensors<FusedParameter>.Span);
        var clip = Factors.Clip;
        for (var i = start + Group.IdxX; i < end; i += Team.Group)
        {
            float p = chosen.Parameter[i], g = chosen.Gradient[i] * scale;
            var m = TOperator.HasFirst ? chosen.First[i] : 0;
            var v = TOperator.HasSecond ? chosen.Second[i] : 0;

            // Comparisons with NaN are false, so a NaN stays.
            g = g > clip ? clip : g;
            g = g < -clip ? -clip : g;
            g = p * chosen.WeightDecay + g;
            var step = TOperator.Step(Factors, g, ref m, ref v);
            chosen.Parameter[i] = p - p * Factors.DirectDecay - step;
            if (TOperator.HasFirst) chosen.First[i] = m;
            if (TOperator.HasSecond) chosen.Second[i] = v;
        }
    }
}

/// <summary>parts[group] = Σ x² over the group's elements.</summary>
internal struct SquaresOfParts : IKernel
{
    public FusedTensors<FusedOperand> Operands;
    public ArrayView<float> Parts;

    public readonly void Run()
    {
        var shared = SharedMemory.Allocate<float>(Team.Group);
        int group = Grid.IdxX, item = Group.IdxX;
        var chosen = Operands.Find(ref group);
        int start = group * FusedTensors<FusedOperand>.Span, rest = chosen.Count - start;
        var end = start + Math.Min(rest, FusedTensors<FusedOperand>.Span);
        var sum = 0f;
        for (var i = start + item; i < end; i += Team.Group)
        {
            var x = chosen.X[i];
            sum = x * x + sum;
        }

        sum = Team.Sum(shared, sum, item, item, Team.Group, 1);
        if (item == 0) Parts[Grid.IdxX] = sum;
    }
}

/// <summary>result[k] = the sum of what <see cref="SquaresOfParts"/> left of tensor k. A group has a tensor.</summary>
internal struct SumOfParts : IKernel
{
    public FusedTensors<FusedOperand> Operands;
    public ArrayView<float> Parts, Result;

    public readonly void Run()
    {
        var shared = SharedMemory.Allocate<float>(Team.Group);
        var item = Group.IdxX;
        var (start, end) = Operands.GroupsOf(Grid.IdxX);
        var sum = 0f;
        for (var i = start + item; i < end; i += Team.Group) sum += Parts[i];
        sum = Team.Sum(shared, sum, item, item, Team.Group, 1);
        if (item == 0) Result[Grid.IdxX] = sum;
    }
}

/// <summary>
/// result = min(1, limit/√Σ squares), from n sums of squares; NaN if one is not finite. One group does it. The largest is
/// divided out, because the sum of numbers that a float can hold may be one that it cannot.
/// </summary>
internal struct ClipScale : IKernel
{
    public int Count;
    public float Limit;
    public ArrayView<float> Squares, Result;

    public readonly void Run()
    {
        var shared = SharedMemory.Allocate<float>(Team.Group);
        var item = Group.IdxX;
        float largest = 0, sum = 0;
        for (var i = item; i < Count; i += Team.Group) largest = Team.MaxOrNaN(Squares[i], largest);
        largest = Team.Max(shared, largest, item, item, Team.Group);

        // Infinity over infinity is NaN, and so is everything from there on.
        for (var i = item; i < Count && largest != 0; i += Team.Group) sum += Squares[i] / largest;
        sum = Team.Sum(shared, sum, item, item, Team.Group, 1);
        var norm = MathF.Sqrt(largest) * MathF.Sqrt(sum);
        if (item == 0) Result[0] = norm > Limit ? Limit / norm : norm <= Limit ? 1 : float.NaN;
    }
}
