namespace Engine.Pipeline.Importing;

/// <summary>Turns the values of a tensor into another order of axes.</summary>
/// <param name="Transpose">The axes of the tensor in the new order, without some of size 1; null: as they are.</param>
/// <param name="Flip">The axes along which values run backwards; null: none.</param>
internal readonly record struct TensorLayout(IReadOnlyList<int>? Transpose, IReadOnlyList<int>? Flip)
{
    /// <summary>Why it cannot be used on a tensor of these sizes; null if it can.</summary>
    public string? Problem(IReadOnlyList<int> shape)
    {
        foreach (var axis in Flip ?? [])
            if (axis >= shape.Count) return $"flip names axis {axis}, but it has {shape.Count} axes";
        if (Transpose is not { } axes) return null;
        foreach (var axis in axes)
            if (axis >= shape.Count) return $"transpose names axis {axis}, but it has {shape.Count} axes";
        for (var axis = 0; axis < shape.Count; axis++)
            if (!axes.Contains(axis) && shape[axis] != 1) return $"transpose leaves out axis {axis} of size {shape[axis]}";
        return null;
    }

    /// <summary>The sizes afterwards.</summary>
    public int[] Shape(IReadOnlyList<int> shape) => Transpose is { } axes ? [.. axes.Select(a => shape[a])] : [.. shape];

    /// <summary>The values in the new order.</summary>
    public float[] Apply(float[] values, IReadOnlyList<int> shape)
    {
        if (Transpose is null && Flip is null) return values;
        var steps = new int[shape.Count];
        for (int d = shape.Count - 1, step = 1; d >= 0; step *= shape[d--]) steps[d] = step;
        int[] axes = Transpose is null ? [.. Enumerable.Range(0, shape.Count)] : [.. Transpose];
        var at = 0;
        foreach (var axis in Flip ?? [])
        {
            at += (shape[axis] - 1) * steps[axis];
            steps[axis] = -steps[axis];
        }

        var result = new float[values.Length];
        var index = new int[axes.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = values[at];
            for (var d = axes.Length - 1; d >= 0; d--)
            {
                at += steps[axes[d]];
                if (++index[d] < shape[axes[d]]) break;
                at -= shape[axes[d]] * steps[axes[d]];
                index[d] = 0;
            }
        }

        return result;
    }
}
