using System.ComponentModel;
using Engine.Tensors;

namespace Engine.Classifiers.Tuning;

/// <summary>The values that a recipe's search may choose; a point has one snapped position for each parameter.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class SearchSpace
{
    /// <summary>A space of at least one parameter.</summary>
    public SearchSpace(IReadOnlyList<SearchParameter> parameters)
    {
        Parameters = parameters;
        ParameterOf = [.. parameters.SelectMany((p, i) => Enumerable.Repeat(i, p.Features))];
    }

    /// <summary>The parameters.</summary>
    public IReadOnlyList<SearchParameter> Parameters { get; }

    /// <summary>The parameter that each value returned by <see cref="Encode"/> belongs to.</summary>
    public int[] ParameterOf { get; }

    /// <summary>How many points there are; infinite if a parameter is real.</summary>
    public double Count => Parameters.Aggregate(1.0, (count, p) => count * p.Count);

    /// <summary>A point drawn uniformly.</summary>
    public double[] Draw(RandomStream random) => Snap([.. Parameters.Select(_ => random.NextDouble())]);

    /// <summary>A neighbouring point: one or more numbers moved slightly, or categories redrawn.</summary>
    public double[] Near(double[] point, RandomStream random)
    {
        const double step = 0.1;
        var moved = (double[])point.Clone();
        var one = random.NextInt(moved.Length);
        for (var p = 0; p < moved.Length; p++)
        {
            if (p != one && random.NextDouble() > 1.0 / moved.Length) continue;
            moved[p] = Parameters[p] is CategoricalParameter
                ? random.NextDouble() : Math.Clamp(moved[p] + step * random.NextGaussian(), 0, 1);
        }

        return Snap(moved);
    }

    /// <summary>The nearest point.</summary>
    public double[] Snap(double[] positions) => [.. positions.Select((u, p) => Parameters[p].Snap(u))];

    /// <summary>The point as the model sees it.</summary>
    public double[] Encode(double[] point)
    {
        var features = new double[ParameterOf.Length];
        var at = 0;
        for (var p = 0; p < point.Length; p++)
        {
            Parameters[p].Encode(point[p], features.AsSpan(at, Parameters[p].Features));
            at += Parameters[p].Features;
        }

        return features;
    }

    /// <summary>The values of a point, as JSON.</summary>
    public string[] Values(double[] point) => [.. Parameters.Select((p, i) => p.Value(point[i]))];

    /// <summary>The identity of a point: equal keys mean equal values.</summary>
    public string Key(double[] point) => string.Join(' ', Values(point));
}
