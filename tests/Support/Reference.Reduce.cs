using Engine.Tensors;

namespace Engine.Tests.Support;

internal static partial class Reference
{
    /// <summary>Gathers the elements that share their kept indices and folds each group.</summary>
    public static double[] Reduce(double[] x, Shape shape, int[] axes, Func<List<double>, double> fold)
    {
        var reduced = axes.Select(a => a < 0 ? a + shape.Rank : a).ToHashSet();
        var kept = 1;
        for (var axis = 0; axis < shape.Rank; axis++)
        {
            if (!reduced.Contains(axis)) kept *= shape.Sizes[axis];
        }

        var groups = Enumerable.Range(0, kept).Select(_ => new List<double>()).ToArray();
        for (var i = 0; i < x.Length; i++)
        {
            int rest = i, index = 0, stride = 1;
            for (var axis = shape.Rank - 1; axis >= 0; axis--)
            {
                var at = rest % shape.Sizes[axis];
                rest /= shape.Sizes[axis];
                if (reduced.Contains(axis)) continue;
                index += at * stride;
                stride *= shape.Sizes[axis];
            }

            groups[index].Add(x[i]);
        }

        return Array.ConvertAll(groups, g => fold(g));
    }
}
