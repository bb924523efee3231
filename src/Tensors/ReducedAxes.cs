namespace Engine.Tensors;

/// <summary>The axes of a sum, merged: adjacent reduced axes count as one, and so do adjacent kept ones.</summary>
internal static class ReducedAxes
{
    /// <summary>Each reduced group as (elements outside it, its elements, kept elements inside it), innermost first.</summary>
    public static List<(int Outer, int Reduced, int Inner)> Groups(Shape shape, Shape result)
    {
        var groups = new List<(int, int, int)>();
        var inner = 1;
        for (var axis = shape.Rank; axis > 0;)
        {
            var reduced = 1;
            for (; axis > 0 && (IsReduced(axis - 1) || shape.Sizes[axis - 1] == 1); axis--) reduced *= shape.Sizes[axis - 1];
            if (reduced > 1) groups.Add((shape.Product(0, axis), reduced, inner));
            for (; axis > 0 && !IsReduced(axis - 1); axis--) inner *= shape.Sizes[axis - 1];
        }

        return groups;

        bool IsReduced(int axis) => result.Sizes[axis] == 1 && shape.Sizes[axis] != 1;
    }
}
