using Engine.Tensors;

namespace Engine.Classifiers.Tuning;

/// <summary>
/// Bayesian optimisation: some evenly spread points (a Latin hypercube), then repeatedly the point with the highest expected
/// improvement under a Gaussian process fitted to all trials. Integers and categories are encoded by their values, so the process
/// does not distinguish what the recipe cannot (Garrido-Merchán and Hernández-Lobato, 2020). Random points are interleaved, as in
/// SMAC (Hutter, Hoos and Leyton-Brown, 2011): with few points the process may be confidently wrong and would never look
/// elsewhere.
/// </summary>
internal sealed class BayesianSampler(SearchSpace space, ulong seed) : Sampler(space, seed)
{
    private const int RandomCandidates = 1000, Centres = 5, NearEach = 50, Climbs = 5, ClimbSteps = 60, LeastDesign = 8,
        DesignEach = 3, RandomEvery = 5;

    private readonly int _design = Math.Max(LeastDesign, DesignEach * space.Parameters.Count);

    public override double[]? Next(IReadOnlyList<Tried> tried)
    {
        var (known, random) = (Known(tried), Stream(tried.Count));
        if (tried.Count < _design)
        {
            var planned = Design()[tried.Count];
            return known.Contains(Space.Key(planned)) ? Fresh(known, random) : planned;
        }

        if (tried.Count(t => t.Score is not null) < 2 || IsRandom(tried.Count)) return Fresh(known, random);
        var process = Model(tried, random);
        // The best mean among the points tried: with noise, the best score so far is a lucky one.
        var best = tried.Max(t => process.Predict(Space.Encode(t.Point)).Mean);
        double Gain(double[] point)
        {
            var (mean, deviation) = process.Predict(Space.Encode(point));
            return ExpectedImprovement.Of(mean, deviation, best);
        }

        return Highest(Gain, Candidates(tried, random), known, random) ?? Fresh(known, random);
    }

    /// <inheritdoc/>
    public override bool NeedsScores(int tried) => tried >= _design && !IsRandom(tried);

    private static bool IsRandom(int tried) => tried % RandomEvery == RandomEvery - 1;

    /// <summary>
    /// The point with the highest mean under the process, once there are more points than the initial design: of many noisy
    /// scores, the highest is a lucky one.
    /// </summary>
    public override int Choose(IReadOnlyList<Tried> tried)
    {
        if (tried.Count <= _design) return base.Choose(tried);
        var process = Model(tried, Stream(tried.Count));
        return Enumerable.Range(0, tried.Count).Where(t => tried[t].Score is not null)
            .MaxBy(t => process.Predict(Space.Encode(tried[t].Point)).Mean);
    }

    // Failed trials count as the worst score of the others.
    private GaussianProcess Model(IReadOnlyList<Tried> tried, RandomStream random)
    {
        var worst = tried.Min(t => t.Score) ?? 0;
        var rows = new FeatureMatrix(tried.Count, Space.ParameterOf.Length, [.. tried.SelectMany(t => Space.Encode(t.Point))]);
        return GaussianProcess.Fit(rows, [.. tried.Select(t => t.Score ?? worst)], Space.ParameterOf, random);
    }

    private IEnumerable<double[]> Candidates(IReadOnlyList<Tried> tried, RandomStream random) =>
        Enumerable.Range(0, RandomCandidates).Select(_ => Space.Draw(random))
            .Concat(tried.OrderByDescending(t => t.Score ?? double.NegativeInfinity).Take(Centres)
            .SelectMany(t => Enumerable.Range(0, NearEach).Select(_ => Space.Near(t.Point, random))));

    // Hill climbing from the best candidates to neighbouring points.
    private double[]? Highest(
        Func<double[], double> gain, IEnumerable<double[]> candidates, HashSet<string> known, RandomStream random)
    {
        var starts = candidates.DistinctBy(Space.Key).Where(c => !known.Contains(Space.Key(c)))
            .Select(c => (Point: c, Gain: gain(c))).OrderByDescending(c => c.Gain).Take(Climbs).ToArray();
        for (var s = 0; s < starts.Length; s++)
        {
            for (var step = 0; step < ClimbSteps; step++)
            {
                var beside = Space.Near(starts[s].Point, random);
                if (!known.Contains(Space.Key(beside)) && gain(beside) is var higher && higher > starts[s].Gain)
                    starts[s] = (beside, higher);
            }
        }

        return starts.Length == 0 ? null : starts.MaxBy(s => s.Gain).Point;
    }

    // Divides each parameter's range into as many strips as points, and uses each strip once.
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
