using System.Text.Json;
using Engine.Classifiers;
using Engine.Classifiers.Tuning;
using Engine.Pipeline.Recipes;
using Engine.Tensors;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Classifiers.Tuning;

public class SamplerTests
{
    private static readonly RealParameter s_rate = new("rate", 1e-4, 1e-1, Log: true);
    private static readonly IntegerParameter s_depth = new("depth", 1, 6);
    private static readonly CategoricalParameter s_kind =
        new("kind", [JsonElement.Parse("\"a\""), JsonElement.Parse("\"b\""), JsonElement.Parse("0.5")]);
    private static readonly SearchSpace s_mixed = new([s_rate, s_depth, s_kind]);

    [Fact]
    public void Parameters_AnyPosition_SnapOnceToAValueInRange()
    {
        SearchParameter[] parameters =
            [s_rate, s_depth, s_kind, new RealParameter("x", -3, 7), new IntegerParameter("units", 8, 256, Log: true)];
        Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), millionths =>
        {
            foreach (var parameter in parameters)
            {
                var point = parameter.Snap(millionths / 1e6);
                Assert.InRange(point, 0, 1);
                Assert.Equal(parameter.Value(millionths / 1e6), parameter.Value(point));
                Assert.Equal(parameter.Value(point), parameter.Value(parameter.Snap(point)));
            }

            Assert.InRange(double.Parse(s_rate.Value(millionths / 1e6)), 1e-4, 1e-1);
            Assert.InRange(int.Parse(parameters[4].Value(millionths / 1e6)), 8, 256);
        }).QuickCheckThrowOnFailure();
        Assert.Equal(["0.0001", "0.1"], s_rate.Levels(2).Select(s_rate.Value));
        Assert.Equal("0.003162", s_rate.Value(0.5));
    }

    [Fact]
    public void Integer_EvenDraws_TakesEveryValueAsOften()
    {
        var random = new RandomStream(1, "even");
        var counts = Enumerable.Range(0, 6000).Select(_ => s_depth.Value(random.NextDouble())).CountBy(v => v).ToDictionary();
        Assert.Equal(6, counts.Count);
        Assert.All(counts.Values, c => Assert.InRange(c, 850, 1150));
    }

    [Fact]
    public void Categories_AnyTwo_AreOneApart()
    {
        double[] Encoded(double position)
        {
            var features = new double[3];
            s_kind.Encode(s_kind.Snap(position), features);
            return features;
        }

        double Squared(double a, double b) => Encoded(a).Zip(Encoded(b), (x, y) => (x - y) * (x - y)).Sum();
        Assert.Equal(1, Squared(0.1, 0.5), 15);
        Assert.Equal(1, Squared(0.1, 0.9), 15);
        Assert.Equal(0, Squared(0.4, 0.6));
    }

    [Theory]
    [InlineData(TuningMethod.Bayes)]
    [InlineData(TuningMethod.Random)]
    public void Next_SmallSpace_TriesEachPointOnceThenEnds(TuningMethod method)
    {
        var space = new SearchSpace([s_depth, s_kind]);
        var tried = Search(method, space, 100, point => point[0], seed: 2);
        Assert.Equal(18, tried.Count);
        Assert.Equal(18, tried.Select(t => space.Key(t.Point)).Distinct().Count());
    }

    [Theory]
    [InlineData(TuningMethod.Bayes)]
    [InlineData(TuningMethod.Random)]
    [InlineData(TuningMethod.Grid)]
    public void Next_SameSeed_GivesTheSamePointsFromAnyPlace(TuningMethod method)
    {
        double Score(double[] point) => -Math.Pow(point[0] - 0.3, 2) + point[1];
        var all = Search(method, s_mixed, 40, Score, seed: 7);
        var sampler = Sampler.Create(method, s_mixed, 40, 7);
        for (var done = 0; done < all.Count; done += 7) Assert.Equal(all[done].Point, sampler.Next([.. all.Take(done)]));
        if (method != TuningMethod.Grid) Assert.NotEqual(all[0].Point, Search(method, s_mixed, 1, Score, seed: 8)[0].Point);
    }

    [Fact]
    public void Bayes_BraninFunction_ComesCloserThanRandom()
    {
        // Branin's function has three equal minima of 0.397887.
        var space = new SearchSpace([new RealParameter("x", -5, 10), new RealParameter("y", 0, 15)]);
        double Score(double[] point)
        {
            double x = -5 + 15 * point[0], y = 15 * point[1];
            return -(Math.Pow(y - 5.1 / (4 * Math.PI * Math.PI) * x * x + 5 / Math.PI * x - 6, 2)
                + 10 * (1 - 1 / (8 * Math.PI)) * Math.Cos(x) + 10);
        }

        double Regret(TuningMethod method, ulong seed) =>
            -0.397887 - Search(method, space, 35, Score, seed).Max(t => t.Score!.Value);
        var bayes = Enumerable.Range(1, 4).Select(s => Regret(TuningMethod.Bayes, (ulong)s)).ToArray();
        var random = Enumerable.Range(1, 4).Select(s => Regret(TuningMethod.Random, (ulong)s)).ToArray();
        Assert.All(bayes, r => Assert.InRange(r, -1e-5, 0.1));
        Assert.True(bayes.Average() < 0.1 * random.Average(), $"{bayes.Average()} {random.Average()}");
    }

    [Fact]
    public void Bayes_MixedSpaceWithNoise_FindsTheBestCorner()
    {
        var noise = new RandomStream(5, "noise");
        double Score(double[] point)
        {
            var values = s_mixed.Values(point);
            return -Math.Abs(Math.Log10(double.Parse(values[0])) + 3) - 0.2 * Math.Abs(int.Parse(values[1]) - 4)
                + (values[2] == "\"b\"" ? 0.5 : 0) + 0.02 * noise.NextGaussian();
        }

        var best = Search(TuningMethod.Bayes, s_mixed, 45, Score, seed: 3).MaxBy(t => t.Score).Point;
        var found = s_mixed.Values(best);
        Assert.Equal(("4", "\"b\""), (found[1], found[2]));
        Assert.InRange(double.Parse(found[0]), 5e-4, 2e-3);
    }

    [Fact]
    public void Bayes_FailedTrials_AreAvoidedNotFatal()
    {
        var space = new SearchSpace([new RealParameter("x", 0, 1)]);
        var tried = new List<Tried>();
        var sampler = Sampler.Create(TuningMethod.Bayes, space, 25, 1);
        while (tried.Count < 25)
            tried.Add(sampler.Next(tried) is var point && point![0] > 0.6 ? new(point, null) : new(point!, point![0]));
        Assert.InRange(tried.Max(t => t.Score ?? 0), 0.55, 0.6);
        Assert.All(Search(TuningMethod.Bayes, space, 8, _ => null, 1), t => Assert.Null(t.Score));
    }

    [Fact]
    public void Choose_OneLuckyScore_IsNotTakenByBayesAlone()
    {
        // A parabola with its top at 0.7, and one score far above what its neighbours say.
        var space = new SearchSpace([new RealParameter("x", 0, 1)]);
        var random = new RandomStream(2, "noise");
        var tried = Enumerable.Range(0, 40).Select(i => space.Snap([i / 39.0]))
            .Select(p => new Tried(p, 0.7 - Math.Pow(p[0] - 0.7, 2) + 0.01 * random.NextGaussian())).ToList();
        tried[4] = tried[4] with { Score = 0.75 };
        Assert.Equal(4, Sampler.Create(TuningMethod.Random, space, 40, 1).Choose(tried));
        Assert.InRange(tried[Sampler.Create(TuningMethod.Bayes, space, 40, 1).Choose(tried)].Point[0], 0.55, 0.85);
        tried[10] = tried[10] with { Score = null };
        Assert.NotEqual(10, Sampler.Create(TuningMethod.Bayes, space, 40, 1).Choose(tried));
    }

    [Fact]
    public void Grid_Trials_MakeItAsFineAsTheyAllow()
    {
        var space = new SearchSpace([s_rate, s_kind]);
        var points = Search(TuningMethod.Grid, space, 13, _ => 0, 1).Select(t => space.Key(t.Point)).ToArray();
        Assert.Equal(12, points.Length);
        Assert.Equal(["0.0001 \"a\"", "0.0001 \"b\"", "0.0001 0.5", "0.001 \"a\""], points[..4]);
        Assert.Equal(18, Search(TuningMethod.Grid, new SearchSpace([s_depth, s_kind]), 40, _ => 0, 1).Count);
        Assert.Contains("12 points, but there are 11 trials",
            Assert.Throws<EngineException>(() => Sampler.Create(TuningMethod.Grid, s_mixed, 11, 1)).Message);
    }

    [Theory]
    [InlineData("""{ "kind": "real", "path": "classifier.k", "low": 2, "high": 1 }""",
        "$.search[0].high is 1; it must be above low, which is 2")]
    [InlineData("""{ "kind": "real", "path": "classifier.k", "low": 0, "high": 1, "log": true }""",
        "$.search[0].low is 0; it must be above 0 where log is true")]
    [InlineData("""{ "kind": "integer", "path": "", "low": 0, "high": 1 }""", "$.search[0].path")]
    [InlineData("""{ "kind": "integer", "path": "classifier.k", "low": 0.5, "high": 1 }""",
        "$.search[0].low is 0.5; expected a whole number")]
    [InlineData("""{ "kind": "categorical", "path": "classifier.k", "values": [1] }""", "at least two values")]
    [InlineData("""{ "kind": "categorical", "path": "classifier.k", "values": [1, 1] }""", "1 twice")]
    [InlineData("""{ "kind": "gaussian", "path": "classifier.k" }""", "expected one of real, integer, categorical")]
    [InlineData("""{ "kind": "integer", "path": "a", "low": 0, "high": 1 }, { "kind": "integer", "path": "a", "low": 0, "high": 1 }""", "$.search[1].path is a; it is already searched")]
    [InlineData("", "$.search is []")]
    public void Recipe_BadSearch_NamesThePathAndTheRule(string search, string message) =>
        Assert.Contains(message, PipelineCorpus.ErrorOf(() => RecipeCatalog.Get("gtzan57-knn").With("search", $"[{search}]")));

    private static List<Tried> Search(
        TuningMethod method, SearchSpace space, int trials, Func<double[], double?> score, ulong seed)
    {
        var tried = new List<Tried>();
        var sampler = Sampler.Create(method, space, trials, seed);
        while (tried.Count < trials && sampler.Next(tried) is { } point) tried.Add(new(point, score(point)));
        return tried;
    }

    private static List<Tried> Search(
        TuningMethod method, SearchSpace space, int trials, Func<double[], double> score, ulong seed) =>
        Search(method, space, trials, point => (double?)score(point), seed);
}
