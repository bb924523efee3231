using System.Globalization;
using System.Text.Json;
using Engine.Classifiers;
using Engine.Classifiers.Selection;
using Engine.Pipeline.Data;
using Engine.Pipeline.Exploring;
using Engine.Pipeline.FrontEnds;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public sealed class ExplorationTests : IDisposable
{
    private static readonly string[] s_genres = ["blues", "jazz", "演歌"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Three groups of rows with a label in ten wrong: a and b tell, c is noise, d repeats a, e is constant.</summary>
    internal static string[] Table(int rows = 60) =>
        ["filename,a,b,c,d,e,label", .. Enumerable.Range(0, rows).Select(r =>
        {
            var group = r % 3;
            var a = 2 * group + 0.3 * Math.Sin(1.3 * r);
            double[] values = [a, (group == 1 ? 3 : 0) + 0.4 * Math.Sin(2.1 * r + 1), 2 * Math.Sin(0.7 * r),
                5 * a + 0.01 * Math.Sin(5 * r), 7];
            var label = s_genres[r % 10 == 0 ? (group + 1) % 3 : group];
            var cells = values.Select(v => v.ToString("R", CultureInfo.InvariantCulture));
            return $"{label}.{r:00000}.wav,{string.Join(',', cells)},{label}";
        })];

    private Exploration Explore(IEnumerable<string> lines, ExplorationOptions? options = null)
    {
        File.WriteAllLines(_folder["t.csv"], lines);
        return Exploration.OfTable(_folder["t.csv"], options ?? new());
    }

    // scikit-learn 1.2.1 on the standardised columns: KMeans, silhouette_score and its scores against labels, PCA.
    [Fact]
    public void OfTable_ClustersAndComponents_MatchScikitLearn()
    {
        var found = Explore(Table(), new() { Boruta = null });
        var clusters = found.Clusters;
        Close.Assert(
            [61.962856873410956, 0.6017235410528576, 0.4037750353816342, 0.7205263157894737, 0.6943678183876387,
                0.7040967257106154],
            [clusters.Inertia, clusters.Silhouette!.Value, clusters.GenreSilhouette!.Value, clusters.AdjustedRand,
                clusters.AdjustedMutualInformation, clusters.NormalizedMutualInformation], 0, 1e-12);
        Assert.Equal((3, 60), (clusters.K, clusters.Counts.Sum(c => c.Sum())));
        Assert.All(clusters.Counts, counts => Assert.Equal((20, 18), (counts.Sum(), counts.Max())));
        Close.Assert([0.5176832616502115, 0.25000570928457916, 0.23231094146921288, 8.759599647947977e-08, 0],
            found.Components.ExplainedVarianceRatio.ToArray(), 1e-14, 1e-6);
        Close.Assert([0.5176832616502115, 0.7676889709347907, 0.9999999124040036], found.Components.Cumulative.Take(3).ToArray(),
            0, 1e-12);
        Assert.Equal([(0.9, 3), (0.95, 3), (0.99, 3)], found.Components.Needed.Select(n => (n.Share, n.Components)));
    }

    // f_classif of scikit-learn 1.2.1; pearsonr and spearmanr of scipy 1.10 with the genres' indicators.
    [Fact]
    public void OfTable_Columns_MatchScipy()
    {
        var found = Explore(Table(), new() { Boruta = null });
        Assert.Equal(["b", "d", "a", "c", "e"], found.Columns.Select(c => c.Name));
        var (b, c, e) = (found.Columns[0], found.Columns[3], found.Columns[4]);
        Close.Assert([0.853149819297392, 0.7894272176943716, 76.22728459321907, 7.787050315460593e-17],
            [b.Eta, b.RankEta, b.F!.Value, b.PValue!.Value], 0, 1e-9);
        Close.Assert([0.010806654360951186, 0.0848646013112058, 0.003328726427846125, 0.9966770013720568],
            [c.Eta, c.RankEta, c.F!.Value, c.PValue!.Value], 0, 1e-9);
        Close.Assert([-0.35209296308146876, 0.849040812599149, -0.4969478495176802], b.Pearson.ToArray(), 0, 1e-11);
        Close.Assert([-0.05716270048031078, 0.7104507059695768, -0.653288005489266], b.Spearman.ToArray(), 0, 1e-11);
        Assert.Equal(("jazz", "d"), (b.Genre, b.Nearest));
        Close.Assert([-0.19418796640661376], [b.NearestPearson!.Value], 0, 1e-11);
        Assert.Equal((0, 0, 0, null, null, null, null),
            (e.Eta, e.RankEta, e.Mic, e.F, e.PValue, e.Nearest, e.NearestPearson));
        Assert.Equal([("a", "d"), ("b", "d"), ("a", "b"), ("c", "d"), ("a", "c"), ("b", "c")],
            found.Pairs.Select(p => (p.First, p.Second)));
        Close.Assert([0.9999996493836797, 1.0, -0.19416764489518817, -0.4431786607390943],
            [found.Pairs[0].Pearson, found.Pairs[0].Spearman, found.Pairs[2].Pearson, found.Pairs[2].Spearman], 0, 1e-11);
    }

    [Fact]
    public void OfTable_Boruta_JudgesAndOrdersTheColumns()
    {
        var steps = new List<PipelineProgress>();
        var found = Explore(Table(120), new() { Progress = new Collector(steps) });
        var verdicts = found.Columns.ToDictionary(c => c.Name, c => c.Verdict);
        Assert.Equal((BorutaVerdict.Confirmed, BorutaVerdict.Confirmed, BorutaVerdict.Confirmed, BorutaVerdict.Rejected),
            (verdicts["a"], verdicts["b"], verdicts["d"], verdicts["e"]));
        Assert.Equal(found.Columns.Select(c => c.Importance).OrderDescending(), found.Columns.Select(c => c.Importance));
        Assert.Equal(5, found.Boruta!.Confirmed + found.Boruta.Tentative + found.Boruta.Rejected);
        Assert.Equal(200, found.Boruta.Trees);
        Assert.Equal(Enumerable.Range(1, 4 + found.Boruta.Runs), steps.Select(s => s.Done));
        Assert.All(steps, s => Assert.Equal(104, s.Total));
    }

    [Fact]
    public void OfTable_RowsAndThreadsInAnyOrder_SameFigures()
    {
        var lines = Table();
        var found = Explore(lines, new() { Threads = 1, Boruta = new(Trees: 20) }).ToJson();
        Assert.Equal(found, Explore([lines[0], .. lines[1..].Reverse()], new() { Boruta = new(Trees: 20) }).ToJson());
        Assert.NotEqual(found, Explore(lines, new() { Boruta = new(Trees: 20), Seed = 2 }).ToJson());
    }

    [Fact]
    public void OfTable_OtherOptions_AreUsed()
    {
        var found = Explore(Table(), new() { Clusters = 1, Pairs = 1, Boruta = null, Scaler = Pipeline.Recipes.ScalerKind.None });
        Assert.Equal((1, 60, null), (found.Clusters.K, found.Clusters.Counts[0].Sum(), found.Clusters.Silhouette));
        Assert.Equal("a", Assert.Single(found.Pairs).First);

        // Unscaled, the widest column is nearly all of the variance.
        Assert.InRange(found.Components.ExplainedVarianceRatio[0], 0.9, 1);
        Assert.Null(found.Boruta);
    }

    [Fact]
    public void OfTable_TwoRows_HasNothingUndefinedButSilhouettes()
    {
        var found = Explore(["filename,a,label", "rock.00001.wav,1,rock", "pop.00001.wav,2,pop"]);
        Assert.Equal((2, null, null, 1), (found.Clusters.K, found.Clusters.Silhouette, found.Clusters.GenreSilhouette,
            found.Clusters.AdjustedRand));
        Assert.Equal((1, null, null), (found.Columns[0].Eta, found.Columns[0].F, found.Columns[0].PValue));
        Assert.Empty(found.Pairs);
        using var json = JsonDocument.Parse(found.ToJson());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("clusters").GetProperty("silhouette").ValueKind);
        Assert.Equal("rejected", json.RootElement.GetProperty("columns")[0].GetProperty("verdict").GetString());
    }

    [Fact]
    public void Of_TableInMemory_IsThatOfTheFile()
    {
        var options = new ExplorationOptions { Boruta = null };
        var found = Explore(Table(), options);
        var table = FeatureTable.Read(_folder["t.csv"]);
        Assert.Equal(found.ToJson(), Exploration.Of(table, _folder["t.csv"], options).ToJson());
        table.Values.Row(1)[2] = double.NaN;
        Assert.Contains("mine: c of jazz.00001 is NaN",
            Assert.Throws<EngineException>(() => Exploration.Of(table, "mine", options)).Message);
        Assert.Contains("mine: the table has no rows", Assert.Throws<EngineException>(
            () => Exploration.Of(new FeatureTable(["a"], [], new(0, 1)), "mine", options)).Message);
    }

    [Fact]
    public void OfTable_WindowsAndConstants_AreNoted()
    {
        var found = Explore(["filename,a,b,label", .. Enumerable.Range(0, 8).Select(
            i => $"{s_genres[i / 4]}.0000{i / 2 % 2}.{i % 2}.wav,{i},5,{s_genres[i / 4]}")], new() { Boruta = null });
        Assert.Equal((8, 4), (found.Rows, found.Tracks));
        Assert.Contains(found.Notes, n => n.StartsWith("8 rows are windows of 4 tracks", StringComparison.Ordinal));
        Assert.Contains("constant columns, which say nothing: b", found.Notes);
    }

    [Fact]
    public void OfTable_WrongOption_NamesTheValue()
    {
        string Message(ExplorationOptions options) => Assert.Throws<EngineException>(() => Explore(Table(), options)).Message;
        Assert.Contains("61 clusters of 60 rows", Message(new() { Clusters = 61 }));
        Assert.Contains("pairs is -1", Message(new() { Pairs = -1 }));
        Assert.Contains("trees is 0", Message(new() { Boruta = new(Trees: 0) }));
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => Explore(Table(), new() { Cancellation = source.Token }));
    }

    [Fact]
    public void OfTable_TooManyColumns_IsRefused()
    {
        var names = Enumerable.Range(0, 5001).Select(i => $"c{i}");
        var zeros = string.Join(',', Enumerable.Repeat("0", 5001));
        Assert.Contains("5001 columns are too many", Assert.Throws<EngineException>(() => Explore(
            [$"filename,{string.Join(',', names)},label", $"a.00000.wav,{zeros},a", $"b.00000.wav,{zeros},b"])).Message);
    }

    private sealed class Collector(List<PipelineProgress> values) : IProgress<PipelineProgress>
    {
        public void Report(PipelineProgress value) => values.Add(value);
    }
}
