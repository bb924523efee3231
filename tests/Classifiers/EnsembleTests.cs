using Engine.Pipeline;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public sealed class EnsembleTests : IDisposable
{
    private const string Knn = """{ "scaler": "standard", "classifier": { "kind": "knn", "k": 3 } }""";
    private const string Bayes = """{ "scaler": "robust", "classifier": { "kind": "naive-bayes", "var_smoothing": 0.1 } }""";
    private const string Forest = """{ "scaler": "none", "classifier": { "kind": "forest", "trees": 10 } }""";
    private const string Network = """
        { "scaler": "standard", "selection": { "kind": "correlation", "label": 0.1, "repeat": 0.99 }, "classifier": { "kind": "network",
          "layers": [ { "layer": "dense", "units": 4 }, { "layer": "relu" }, { "layer": "output" } ],
          "training": { "optimizer": { "kind": "adam", "learning_rate": 0.01 }, "batch": 8, "epochs": 3, "validation": 0.2 } } }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Recipe Ensemble(string combine, params string[] members) => Recipe.Parse($$"""
        { "name": "small", "description": "d", "scaler": "none", "front_end": { "features": { "set": "gtzan57" }, "sample_rate": 22050 },
          "classifier": { "kind": "ensemble", "combine": {{combine}}, "members": [ {{string.Join(", ", members)}} ] } }
        """, "small.json");

    private TrainingResult Train(
        string output, Recipe recipe, string split = "stratified:0.3", int windows = 0, int threads = 0) =>
            Training.Run(new TrainingOptions
            {
                Data = File.Exists(_folder["table.csv"])
            ? _folder["table.csv"] : PipelineCorpus.WriteTable(_folder["table.csv"], tracks: 10, windows: windows),
                Output = _folder[output],
                Recipe = recipe,
                Split = split,
                Seed = 3,
                Extraction = new() { Threads = threads },
            });

    private static double[] Probabilities(TrainingResult result) => [.. result.Tested.SelectMany(t => t.Probabilities)];

    [Fact]
    public void Average_MembersWithoutChance_IsTheMeanOfTheirRuns()
    {
        Recipe Alone(string scaler, string classifier) =>
            RecipeCatalog.Get("gtzan57-knn").With("classifier", classifier).With("scaler", scaler).With("calibration", "none");
        var knn = Probabilities(Train("knn", Alone("standard", """{ "kind": "knn", "k": 3 }""")));
        var bayes = Probabilities(Train("bayes", Alone("robust", """{ "kind": "naive-bayes", "var_smoothing": 0.1 }""")));
        var mean = Probabilities(Train("mean", Ensemble("""{ "kind": "average" }""", Knn, Bayes)));
        var weighted = Probabilities(Train("weighted", Ensemble("""{ "kind": "average", "weights": [3, 1] }""", Knn, Bayes)));
        Close.Assert([.. knn.Zip(bayes, (k, b) => (k + b) / 2)], mean, 1e-12, 0, "mean");
        Close.Assert([.. knn.Zip(bayes, (k, b) => (3 * k + b) / 4)], weighted, 1e-12, 0, "weighted");
        Assert.Equal(mean, Probabilities(Train("default", Ensemble("null", Knn, Bayes))));
    }

    [Theory]
    [InlineData("""{ "kind": "average" }""", "stratified:0.3", 0)]
    [InlineData("""{ "kind": "stacking", "folds": 3 }""", "holdout:2", 0)]
    [InlineData("""{ "kind": "stacking", "folds": 3 }""", "stratified:0.3", 3)]
    public void Run_AnyCombination_TestGivesTheSameFigures(string combine, string split, int windows)
    {
        var result = Train("run", Ensemble(combine, Knn, Forest, Bayes), split, windows);
        var test = Testing.Run(new() { Run = _folder["run"] });
        Assert.Equal(result.Metrics.ToJson(),
            (test.Metrics with
            {
                PredictSeconds = result.Metrics.PredictSeconds,
                FitSeconds = result.Metrics.FitSeconds
            }).ToJson());
        Assert.Equal(Probabilities(result), test.Tested.SelectMany(t => t.Probabilities));
        Assert.True(result.Metrics.Accuracy > 0.6, $"{result.Metrics.Accuracy}");
        Assert.All(result.Tested, t => Close.Assert([1], [t.Probabilities.Sum()], 1e-12));
    }

    [Fact]
    public void Run_WithNetwork_TestsTheStoredRound()
    {
        var result = Train("run", Ensemble("""{ "kind": "stacking", "folds": 2 }""", Network, Forest), "holdout:2");
        var test = Testing.Run(new() { Run = _folder["run"] });
        Assert.Equal(result.Tested.Where(t => t.Fold == 1).SelectMany(t => t.Probabilities),
            test.Tested.SelectMany(t => t.Probabilities));
        Assert.Contains("round 1 of 2", Assert.Single(test.Notes));
    }

    [Fact]
    public void Run_AnyThreads_GivesTheSameModel()
    {
        var recipe = Ensemble("""{ "kind": "stacking", "folds": 3 }""", Forest, Network);
        Train("one", recipe, threads: 1);
        Train("two", recipe, threads: 2);
        Assert.Equal(File.ReadAllBytes(_folder["one", GenreModel.FileName]),
            File.ReadAllBytes(_folder["two", GenreModel.FileName]));
    }

    [Fact]
    public void Rehearsal_ThreeTracksOfEachGenre_StacksByFewerFolds()
    {
        var warnings = new List<string>();
        var result = Rehearsal.Run(new TrainingOptions
        {
            Data = PipelineCorpus.WriteTable(_folder["table.csv"]),
            Output = _folder["run"],
            Recipe = Ensemble("""{ "kind": "stacking" }""", Network, Knn),
            Extraction = new() { Warn = warnings.Add },
        });
        Assert.True(result.ModelBytes > 0);
        Assert.Contains(warnings, w => w.Contains("stacking by 3 folds instead of 5, as 'drone' has 3 training tracks"));
    }

    [Fact]
    public void Folds_WindowsOfATrack_StayTogether()
    {
        var recipe = Ensemble("""{ "kind": "stacking" }""", Network, Knn);
        var data = LabelledRows.Load(PipelineCorpus.WriteTable(_folder["table.csv"], windows: 4), new FrontEnd(recipe.FrontEnd),
            new());
        int[] rows = [.. Enumerable.Range(0, data.Rows.Count).Where(i => i % 7 != 0)];
        var job = new FitJob
        {
            Recipe = recipe,
            FrontEnd = new FrontEnd(recipe.FrontEnd),
            Train = RowSet.Of(data, rows),
            TrainLabels = new Rounds(recipe, data, data.Labels).Targets(rows),
            Classes = 3,
            Device = Device.Cpu,
        };
        var jobs = new MemberJobs(job, (EnsembleSpec)recipe.Classifier);
        var folds = jobs.Folds(4);
        string[] Tracks(IEnumerable<int> indices) => [.. indices.Select(i => data.Rows[rows[i]].Track.Value).Distinct()];
        Assert.Equal(Enumerable.Range(0, rows.Length), folds.SelectMany(f => f.Test).Order());
        Assert.All(folds, f => Assert.Empty(Tracks(f.Test).Intersect(Tracks(f.Train))));

        // The network's own validation tracks come from the rows it is given; the neighbours take all of them.
        var (network, knn) = (jobs.Part(0, 0, folds[0].Train), jobs.Part(1, 0, folds[0].Train));
        Assert.Equal(folds[0].Train.Length, knn.Train.Count);
        Assert.Equal(folds[0].Train.Length, network.Train.Count + network.Valid!.Count);
        Assert.Empty(network.Train.Samples.Select(s => s.Track).Intersect(network.Valid.Samples.Select(s => s.Track)));
        Assert.Equal(4, new[] { network.Seed, knn.Seed, jobs.Whole(0).Seed, jobs.Part(0, 1, folds[1].Train).Seed }.Distinct()
            .Count());
    }

    [Fact]
    public void Stacking_OneTrackOfAGenre_IsNamed()
    {
        PipelineCorpus.WriteTable(_folder["table.csv"], tracks: 2);
        var message = PipelineCorpus.ErrorOf(() => Train("run", Ensemble("""{ "kind": "stacking" }""", Knn), "stratified:0.5"));
        Assert.Contains("but 'drone' has only one", message);
    }

    [Theory]
    [InlineData("classifier.members", "[]", "$.classifier.members is []; it must hold at least one")]
    [InlineData("classifier.members[0].classifier.k", "0", "$.classifier.members[0] as a recipe: $.classifier.k is 0")]
    [InlineData("classifier.members[0].classifier.k", "x", "$.classifier.members[0].classifier.k is \"x\"")]
    [InlineData("classifier.members[0].classifier.metric", "gaussian-divergence", "psf-mfcc-gaussian")]
    [InlineData("classifier.members[0].classifier", """{ "kind": "ensemble", "members": [] }""",
        "$.classifier.members[0].classifier.kind is ensemble; a member cannot be an ensemble")]
    [InlineData("classifier.combine", """{ "kind": "average", "weights": [1] }""",
        "$.classifier.combine.weights is a list of 1; it must have a weight for each of the 2")]
    [InlineData("classifier.combine", """{ "kind": "average", "weights": [1, -1] }""", "$.classifier.combine.weights[1] is -1")]
    [InlineData("classifier.combine", """{ "kind": "average", "weights": [0, 0] }""", "summed, is 0; it must be above 0")]
    [InlineData("classifier.combine", """{ "kind": "stacking", "folds": 1 }""", "$.classifier.combine.folds is 1")]
    [InlineData("classifier.combine", """{ "kind": "votes" }""", "one of average, stacking")]
    [InlineData("scaler", "standard", "$.scaler is standard; it must be none, as each member")]
    [InlineData("front_end.features", """{ "set": "psf-mfcc-gaussian" }""", "psf-mfcc-gaussian")]
    public void With_BadValue_NamesPathAndRule(string path, string value, string expected) =>
        Assert.Contains(expected,
            PipelineCorpus.ErrorOf(() => Ensemble("""{ "kind": "average" }""", Knn, Bayes).With(path, value)));

    [Fact]
    public void Load_TensorMissingOrExtra_NamesTheMember()
    {
        Train("run", Ensemble("""{ "kind": "stacking", "folds": 2 }""", Knn, Bayes));
        var model = _folder["run", GenreModel.FileName];
        var original = File.ReadAllBytes(model);
        foreach (var (name, expected) in new[] { ("members.0.classifier.train", "member 1: "),
            ("members.1.scaler.scale", "member 2: "), ("stacking.bias", "'bias' is missing") })
        {
            Edit(file => file.Tensors.Remove(name));
            Assert.Contains(expected, PipelineCorpus.ErrorOf(() => GenreModel.Load(model)));
            File.WriteAllBytes(model, original);
        }

        Edit(file => file.Tensors["members.2.x"] = new StoredTensor(new float[1], 1));
        Assert.Contains("tensor 'members.2.x' belongs to no part", PipelineCorpus.ErrorOf(() => GenreModel.Load(model)));
        File.WriteAllBytes(model, original);
        var otherRun = Train("other", Ensemble("""{ "kind": "stacking", "folds": 2 }""", Knn, Bayes, Forest));
        Assert.Equal(9, otherRun.Tested.Count);
        var other = SafetensorsFile.Read(_folder["other", GenreModel.FileName]);
        Edit(file =>
        {
            foreach (var name in new[] { "coefficients", "bias", "present", "classes" })
                file.Tensors[$"stacking.{name}"] = other.Tensors[$"stacking.{name}"];
        });
        Assert.Contains("the stacking maps 9 probabilities to 3 classes, but 2 members return 3 each",
            PipelineCorpus.ErrorOf(() => GenreModel.Load(model)));

        void Edit(Action<SafetensorsFile> edit)
        {
            var file = SafetensorsFile.Read(model);
            edit(file);
            file.Write(model);
        }
    }

    [GtzanFact]
    public void Ensemble_ThreeHoldouts_BeatsEveryMember()
    {
        double Accuracy(string name, string recipe) => Training.Run(new TrainingOptions
        {
            Data = Path.Combine(GtzanFactAttribute.Folder, "features_30_sec.csv"),
            Output = _folder[name],
            Recipe = RecipeCatalog.Get(recipe),
            Split = "holdout:3",
            Seed = 1,
        }).Metrics.Accuracy;
        var ensemble = Accuracy("ensemble", "ensemble");
        Assert.InRange(ensemble, 0.755, 0.79);
        foreach (var alone in new[] { "gtzan57-svm", "gtzan57-forest", "gtzan57-logistic", "gtzan57-bayes" })
            Assert.True(Accuracy(alone, alone) < ensemble, alone);
    }
}
