using System.ComponentModel;
using Engine.Tensors;

namespace Engine.Classifiers.Tuning;

/// <summary>How the points of a search are chosen.</summary>
public enum TuningMethod
{
    /// <summary>Where the expected improvement under a Gaussian process of the trials so far is highest.</summary>
    Bayes,

    /// <summary>Uniformly at random.</summary>
    Random,

    /// <summary>All points of a grid as fine as the number of trials allows.</summary>
    Grid,
}

/// <summary>A trial.</summary>
/// <param name="Point">The snapped positions.</param>
/// <param name="Score">The score; null if it failed.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct Tried(double[] Point, double? Score);

/// <summary>
/// Chooses the points of a search. The next point depends only on the seed and the points tried so far, so an interrupted search
/// continues as if it had never stopped.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class Sampler(SearchSpace space, ulong seed)
{
    private const int MostDraws = 1000;

    /// <summary>The space.</summary>
    protected SearchSpace Space => space;

    /// <summary>The next point to try; null if all have been tried.</summary>
    public abstract double[]? Next(IReadOnlyList<Tried> tried);

    /// <summary>Whether the point that follows <paramref name="tried"/> others depends on their scores.</summary>
    public virtual bool NeedsScores(int tried) => false;

    /// <summary>Which of the points tried to use: the first with the highest score. At least one must have a score.</summary>
    public virtual int Choose(IReadOnlyList<Tried> tried) =>
        Enumerable.Range(0, tried.Count).Where(t => tried[t].Score is not null).MaxBy(t => tried[t].Score);

    /// <summary>Creates a method's sampler.</summary>
    /// <exception cref="EngineException">The grid has more points than trials even with two values per number.</exception>
    public static Sampler Create(TuningMethod method, SearchSpace space, int trials, ulong seed) => method switch
    {
        TuningMethod.Grid => new GridSampler(space, trials, seed),
        TuningMethod.Random => new RandomSampler(space, seed),
        _ => new BayesianSampler(space, seed),
    };

    /// <summary>The random stream of the trial that follows <paramref name="tried"/> others.</summary>
    protected RandomStream Stream(int tried) => new(seed, $"tune/{tried}");

    /// <summary>The points tried, by <see cref="SearchSpace.Key"/>.</summary>
    protected HashSet<string> Known(IReadOnlyList<Tried> tried) => [.. tried.Select(t => space.Key(t.Point))];

    /// <summary>A random untried point; null if none is found.</summary>
    protected double[]? Fresh(HashSet<string> known, RandomStream random)
    {
        if (known.Count >= space.Count) return null;
        for (var draw = 0; draw < MostDraws; draw++)
        {
            if (space.Draw(random) is var point && !known.Contains(space.Key(point))) return point;
        }

        return null;
    }
}

/// <summary>Points drawn uniformly, without repetition.</summary>
internal sealed class RandomSampler(SearchSpace space, ulong seed) : Sampler(space, seed)
{
    public override double[]? Next(IReadOnlyList<Tried> tried) => Fresh(Known(tried), Stream(tried.Count));
}

/// <summary>The points of the finest grid with no more points than trials, the last parameter changing fastest.</summary>
internal sealed class GridSampler : Sampler
{
    private readonly double[][] _points;

    public GridSampler(SearchSpace space, int trials, ulong seed)
        : base(space, seed)
    {
        double[][] Levels(int count) => [.. space.Parameters.Select(p => p.Levels(count))];
        static double Size(double[][] levels) => levels.Aggregate(1.0, (size, l) => size * l.Length);
        var levels = Levels(2);
        if (Size(levels) > trials)
            throw new EngineException(
                $"tune: a grid of two values for each number has {Size(levels)} points, but there are {trials} trials; "
                    + "allow more or search by another method.");
        for (var count = 3; count <= trials && Size(Levels(count)) <= trials; count++) levels = Levels(count);
        _points = [.. levels.Aggregate<double[], IEnumerable<double[]>>([[]],
            (points, level) => points.SelectMany(p => level.Select(l => (double[])[.. p, l])))];
    }

    public override double[]? Next(IReadOnlyList<Tried> tried) => tried.Count < _points.Length ? _points[tried.Count] : null;
}
