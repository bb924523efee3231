namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// How two operands are read when they broadcast to a result: neighbouring axes along which both behave alike are merged,
/// and the innermost becomes a run in which each operand either advances or stands still.
/// </summary>
internal sealed class BroadcastWalk
{
    private readonly int[] _sizes, _stridesA, _stridesB;

    public BroadcastWalk(Shape a, Shape b, Shape result)
    {
        List<int> sizes = [], stridesA = [], stridesB = [];
        int strideA = 1, strideB = 1;
        for (var i = 1; i <= result.Rank; i++)
        {
            var size = result.Sizes[^i];
            var sizeA = i <= a.Rank ? a.Sizes[^i] : 1;
            var sizeB = i <= b.Rank ? b.Sizes[^i] : 1;
            var (stepA, stepB) = (sizeA == 1 ? 0 : strideA, sizeB == 1 ? 0 : strideB);
            (strideA, strideB) = (strideA * sizeA, strideB * sizeB);
            if (size == 1) continue;

            // An axis continues the one inside it if each operand goes on where that one ended, or stands still in both.
            if (sizes.Count > 0 && stepA == stridesA[^1] * sizes[^1] && stepB == stridesB[^1] * sizes[^1])
            {
                sizes[^1] *= size;
                continue;
            }

            sizes.Add(size);
            stridesA.Add(stepA);
            stridesB.Add(stepB);
        }

        Length = sizes.Count > 0 ? sizes[0] : 1;
        StepA = stridesA.Count > 0 ? stridesA[0] : 0;
        StepB = stridesB.Count > 0 ? stridesB[0] : 0;
        (_sizes, _stridesA, _stridesB) = ([.. sizes.Skip(1)], [.. stridesA.Skip(1)], [.. stridesB.Skip(1)]);
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
    public (int A, int B) Offsets(int row)
    {
        int offsetA = 0, offsetB = 0;
        for (var axis = 0; axis < _sizes.Length; axis++)
        {
            var index = row % _sizes[axis];
            row /= _sizes[axis];
            offsetA += index * _stridesA[axis];
            offsetB += index * _stridesB[axis];
        }

        return (offsetA, offsetB);
    }
}
