using Engine.Tensors;

namespace Engine.Classifiers.Tuning;

/// <summary>
/// Bayesian optimisation: some points spread evenly (a Latin hypercube), then each time the one with the highest expected
/// improvement under a Gaussian process of all that was tried. Whole numbers and categories are compared by the values they stand
/// for, so the process does not tell apart what the recipe cannot (Garrido-Merchán and Hernández-Lobato, 2020). Now and then a
/// random point comes between, as in SMAC (Hutter, Hoos and Leyton-Brown, 2011): from few points the process may be sure of a
/// function that is not so, and would never look elsewhere.
/// </summary>
internal sealed class BayesianSampler(SearchSpace space, ulong seed) : Sampler(space, seed)
{
    private const int RandomCandidates = 1000, Centres = 5, NearEach = 50, Climbs = 5, ClimbSteps = 60, LeastDesign = 8, DesignEach = 3, RandomEvery = 5;

    private readonly int _design = Math.Max(LeastDesign, DesignEach * space.Parameters.Count);

    public override double[]? Next(IReadOnlyList<Tried> tried)
    {
        var (known, random) = (Known(tried), Stream(tried.Count));
        if (tried.Count < _design)
        {
            var planned = Design()[tried.Count];
            return known.Contains(Space.Key(planned)) ? Fresh(known, random) : planned;
        }

        if (tried.Count(t => t.Score is not null) < 2 || tried.Count % RandomEvery == RandomEvery - 1) return Fresh(known, random);
        var process = Model(tried, random);
        // The best mean where something was tried: with noise, the best score so far is a lucky one.
        var best = tried.Max(t => process.Predict(Space.Encode(t.Point)).Mean);
        double Gain(double[] point)
        {
            var (mean, deviation) = process.Predict(Space.Encode(point));
            return ExpectedImprovement.Of(mean, deviation, best);
        }

        return Highest(Gain, Candidates(tried, random), known, random) ?? Fresh(known, random);
    }

    /// <summary>
    /// The point of the highest mean under the process, once there are more points than were spread evenly: of many scores with
    /// noise the highest is a lucky one.
    /// </summary>
    public override int Choose(IReadOnlyList<Tried> tried)
    {
        if (tried.Count <= _design) return base.Choose(tried);
        var process = Model(tried, Stream(tried.Count));
        return Enumerable.Range(0, tried.Count).Where(t => tried[t].Score is not null).MaxBy(t => process.Predict(Space.Encode(tried[t].Point)).Mean);
    }

    // What failed is as bad as the worst that did not.
    private GaussianProcess Model(IReadOnlyList<Tried> tried, RandomStream random)
    {
        var worst = tried.Min(t => t.Score) ?? 0;
        var rows = new FeatureMatrix(tried.Count, Space.ParameterOf.Length, [.. tried.SelectMany(t => Space.Encode(t.Point))]);
        return GaussianProcess.Fit(rows, [.. tried.Select(t => t.Score ?? worst)], Space.ParameterOf, random);
    }

    private IEnumerable<double[]> Candidates(IReadOnlyList<Tried> tried, RandomStream random) =>
        Enumerable.Range(0, RandomCandidates).Select(_ => Space.Draw(random))
            .Concat(tried.OrderByDescending(t => t.Score ?? double.NegativeInfinity).Take(Centres).SelectMany(t => Enumerable.Range(0, NearEach).Select(_ => Space.Near(t.Point, random))));

    // From the best candidates uphill, by steps to points beside them.
    private double[]? Highest(Func<double[], double> gain, IEnumerable<double[]> candidates, HashSet<string> known, RandomStream random)
    {
        var starts = candidates.DistinctBy(Space.Key).Where(c => !known.Contains(Space.Key(c))).Select(c => (Point: c, Gain: gain(c))).OrderByDescending(c => c.Gain).Take(Climbs).ToArray();
        for (var s = 0; s < starts.Length; s++)
        {
            for (var step = 0; step < ClimbSteps; step++)
            {
                var beside = Space.Near(starts[s].Point, random);
                if (!known.Contains(Space.Key(beside)) && gain(beside) is var higher && higher > starts[s].Gain) starts[s] = (beside, higher);
            }
        }

        return starts.Length == 0 ? null : starts.MaxBy(s => s.Gain).Point;
    }

    // Each parameter's range in as many strips as points, each strip used once.
    private double[][] Design()
    {
        var random = Stream(-1);
        var points = Enumerable.Range(0, _design).Select(_ => new double[Space.Parameters.Count]).ToArray();
        var strips = Enumerable.Range(0, _design).ToArray();
        for (var p = 0; p < Space.Parameters.Count; p++)
        {
            random.Shuffle(strips.AsSpan());
            for (var i = 0; i < points.Length; i++) points[i][p] = (strips[i] + random.NextDouble()) / _design;
        }

        return [.. points.Select(Space.Snap)];
    }
}
