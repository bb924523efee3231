using Engine.Classifiers;
using Engine.Classifiers.Svm;
using Engine.Pipeline;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers.Calibration;

public sealed class CalibratedRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private TrainingResult Train(
        string recipe, CalibrationKind calibration, string split = "stratified:0.5", int windows = 0, int threads = 0) =>
        Training.Run(new()
        {
            Data = File.Exists(_folder["f.csv"])
                ? _folder["f.csv"] : NoisyTable.Write(_folder["f.csv"], tracks: windows > 0 ? 20 : 40, windows, noise: 2),
            Recipe = RecipeCatalog.Get(recipe) with { Calibration = calibration },
            Output = _folder[$"{recipe}-{calibration}-{threads}"],
            Split = split,
            Seed = 1,
            Extraction = new() { Threads = threads },
        });

    private static double TopShare(TrainingResult result) => result.Tested.Average(t => t.Probabilities.Max());

    [Theory]
    [InlineData("gtzan57-svm")]
    [InlineData("gtzan57-knn")]
    [InlineData("gtzan57-forest")]
    [InlineData("gtzan57-lda")]
    [InlineData("gtzan57-logistic")]
    [InlineData("gtzan57-bayes")]
    public void Run_ShippedRecipe_ProbabilitiesAreNearAccuracyAndLabelsStay(string recipe)
    {
        Assert.Equal(CalibrationKind.Temperature, RecipeCatalog.Get(recipe).Calibration);
        var (scores, calibrated) = (Train(recipe, CalibrationKind.None), Train(recipe, CalibrationKind.Temperature));
        Assert.Equal((false, true), (scores.Metrics.Calibrated, calibrated.Metrics.Calibrated));
        Assert.Equal(scores.Tested.Select(t => t.Predicted), calibrated.Tested.Select(t => t.Predicted));
        Assert.Equal(scores.Metrics.TopKAccuracy, calibrated.Metrics.TopKAccuracy);
        Assert.Equal(scores.Metrics.ConfusionMatrix!.SelectMany(r => r), calibrated.Metrics.ConfusionMatrix!.SelectMany(r => r));
        Assert.Equal(scores.Metrics.TrainAccuracy, calibrated.Metrics.TrainAccuracy);
        // 80 tested, 80 learned from: two standard errors of the difference of two such accuracies.
        Assert.InRange(Math.Abs(TopShare(calibrated) - calibrated.Metrics.Accuracy), 0, 0.16);
        Assert.True(calibrated.Metrics.LogLoss < scores.Metrics.LogLoss,
            $"{calibrated.Metrics.LogLoss} but {scores.Metrics.LogLoss} before");
    }

    [Fact]
    public void Run_SvmVotes_WereFarFromTheirAccuracy()
    {
        var scores = Train("gtzan57-svm", CalibrationKind.None);
        Assert.InRange(Math.Abs(TopShare(scores) - scores.Metrics.Accuracy), 0.2, 1);
        Assert.InRange(scores.Metrics.ExpectedCalibrationError!.Value, 0.2, 1);
    }

    [Theory]
    [InlineData("gtzan57-svm", CalibrationKind.Temperature, 0, "holdout:2")]
    [InlineData("gtzan57-knn", CalibrationKind.Temperature, 3, "kfold:2")]
    [InlineData("gtzan57-svm", CalibrationKind.AdaptiveTemperature, 3, "kfold:2")]
    public void Run_SavedAndLoaded_GivesTheSameProbabilities(string recipe, CalibrationKind kind, int windows, string split)
    {
        var result = Train(recipe, kind, split, windows);
        Assert.All(result.Metrics.Calibration!,
            c => Assert.Equal(kind == CalibrationKind.AdaptiveTemperature, c.Slope != 0));
        var test = Testing.Run(new() { Run = _folder[$"{recipe}-{kind}-0"] }).Metrics;
        Assert.Equal((true, result.Metrics.LogLoss, result.Metrics.ExpectedCalibrationError),
            (test.Calibrated, test.LogLoss, test.ExpectedCalibrationError));
        Assert.Equal(result.Metrics.Tracks?.LogLoss, test.Tracks?.LogLoss);
        Assert.Equal(result.Metrics.Calibration, test.Calibration);
    }

    [Fact]
    public void Run_AnyThreads_GivesTheSameModel()
    {
        Train("gtzan57-svm", CalibrationKind.Temperature, threads: 1);
        Train("gtzan57-svm", CalibrationKind.Temperature, threads: 2);
        Assert.Equal(
            File.ReadAllBytes(_folder["gtzan57-svm-Temperature-1", GenreModel.FileName]),
            File.ReadAllBytes(_folder["gtzan57-svm-Temperature-2", GenreModel.FileName]));
    }

    [Fact]
    public void Run_WithCalibration_FitsTheSameClassifier()
    {
        Train("gtzan57-svm", CalibrationKind.None);
        Train("gtzan57-svm", CalibrationKind.Temperature);
        var (plain, calibrated) = (Tensors("None"), Tensors("Temperature"));
        Assert.Equal(["calibration"], calibrated.Keys.Except(plain.Keys));
        Assert.All(plain, t => Assert.Equal(t.Value.Data, calibrated[t.Key].Data));

        Dictionary<string, StoredTensor> Tensors(string kind) =>
            SafetensorsFile.Read(_folder[$"gtzan57-svm-{kind}-0", GenreModel.FileName]).Tensors;
    }

    [Fact]
    public void Run_Windows_TracksHaveATemperatureOfTheirOwnAndKeepTheirLabels()
    {
        var (scores, calibrated) =
            (Train("gtzan57-knn", CalibrationKind.None, windows: 3),
            Train("gtzan57-knn", CalibrationKind.Temperature, windows: 3));
        Assert.Equal(scores.Metrics.Tracks!.Accuracy, calibrated.Metrics.Tracks!.Accuracy);
        Assert.NotEqual(calibrated.Metrics.Calibration, calibrated.Metrics.Tracks.Calibration);
        Assert.InRange(Math.Abs(calibrated.Metrics.Tracks.ExpectedCalibrationError!.Value), 0, 0.3);
    }

    [Theory]
    [InlineData(CalibrationKind.Temperature, "probability_")]
    [InlineData(CalibrationKind.None, "score_")]
    public void Run_Predictions_AreCalledWhatTheyAre(CalibrationKind calibration, string prefix)
    {
        Train("gtzan57-svm", calibration);
        var header = File.ReadLines(_folder[$"gtzan57-svm-{calibration}-0", RunFolder.PredictionsFile]).First();
        Assert.Equal($"track,path,label,predicted,{string.Join(',', NoisyTable.Genres.Select(g => prefix + g))},fold,leaky",
            header);
    }

    [Fact]
    public void Compare_SavedRunOfWindows_HasTheFiguresOfItsTraining()
    {
        var run = Train("gtzan57-knn", CalibrationKind.Temperature, windows: 3);
        Train("gtzan57-lda", CalibrationKind.Temperature, windows: 3);
        var compared = Comparing.OfRuns([_folder["gtzan57-knn-Temperature-0"], _folder["gtzan57-lda-Temperature-0"]]);
        foreach (var (unit, metrics) in new[] { ("window", run.Metrics), ("track", run.Metrics.Tracks!) })
        {
            var figures = compared.Systems.First(s => s.Unit == unit);
            Assert.Equal(metrics.Accuracy, figures.Accuracy.Mean);
            Assert.Equal(metrics.RocAucOvrMacro, figures.RocAucOvrMacro.Mean);
        }
    }

    [Fact]
    public void Run_FewTracks_GivesScores()
    {
        NoisyTable.Write(_folder["f.csv"], tracks: 5);
        Assert.False(Train("gtzan57-knn", CalibrationKind.Temperature).Metrics.Calibrated);
        using var model = GenreModel.Load(_folder["gtzan57-knn-Temperature-0"]);
        Assert.False(model.IsCalibrated);
    }

    [Fact]
    public void Run_NeighborsThatACopyLacks_GivesScoresAndSaysWhy()
    {
        var warnings = new List<string>();
        NoisyTable.Write(_folder["f.csv"], tracks: 10);
        var result = Training.Run(new()
        {
            Data = _folder["f.csv"],
            Recipe = RecipeCatalog.Get("gtzan57-knn").With("classifier.k", "30"),
            Output = _folder["run"],
            Seed = 1,
            Extraction = new() { Warn = warnings.Add },
        });
        Assert.False(result.Metrics.Calibrated);
        Assert.Contains("k is 30", Assert.Single(warnings));
    }

    [Theory]
    [InlineData(0.4, true)]
    [InlineData(0.0, false)]
    public void Run_Network_IsCalibratedByItsValidationTracksOrNotAtAll(double validation, bool calibrated)
    {
        NoisyTable.Write(_folder["f.csv"], tracks: 40);
        var recipe = RecipeCatalog.Get("cortis-mlp-fixed").With("classifier.training.epochs", "5")
            .With("classifier.training.validation", $"{validation}");
        if (validation == 0) recipe = recipe.With("classifier.training.early_stopping", "null");
        var result = Training.Run(
            new() { Data = _folder["f.csv"], Recipe = recipe, Output = _folder["net"], Split = "stratified:0.5", Seed = 1 });
        Assert.Equal(calibrated, result.Metrics.Calibrated);
        Assert.Equal(result.Metrics.LogLoss, Testing.Run(new() { Run = _folder["net"] }).Metrics.LogLoss);
    }

    [Fact]
    public void Run_NetworkWithRandomValidationUnderGroups_GivesScoresAndSaysWhy()
    {
        NoisyTable.Write(_folder["f.csv"], tracks: 40, artist: 4);
        File.WriteAllLines(_folder["artists.tsv"],
            from g in NoisyTable.Genres from t in Enumerable.Range(0, 40) select $"{g}.{t:00000}\t{g} {t / 4}");
        var warnings = new List<string>();
        TrainingResult Run(string recipe) => Training.Run(new()
        {
            Data = _folder["f.csv"],
            Recipe = recipe == "cortis-mlp-fixed"
                ? RecipeCatalog.Get(recipe).With("classifier.training.epochs", "3") : RecipeCatalog.Get(recipe),
            Output = _folder[recipe],
            Split = "groups:" + _folder["artists.tsv"],
            Seed = 1,
            Extraction = new() { Warn = warnings.Add },
        });
        Assert.True(Run("gtzan57-lda").Metrics.Calibrated);
        Assert.Empty(warnings);
        Assert.False(Run("cortis-mlp-fixed").Metrics.Calibrated);
        Assert.Single(warnings, w => w.Contains("keeps artists apart", StringComparison.Ordinal));
    }

    [Fact]
    public void FitAndHoldOut_SharedKernel_ScoresAsMachinesFittedAnew()
    {
        var random = new RandomStream(2, "rows");
        var (x, labels) = (new FeatureMatrix(60, 5), new int[60]);
        for (var r = 0; r < 60; r++)
        {
            labels[r] = r % 3;
            for (var c = 0; c < 5; c++) x.Row(r)[c] = random.NextGaussian() + (c == labels[r] ? 1 : 0);
        }

        var options = new SvmOptions
        {
            C = 3,
            Gamma = SvmGamma.Of(0.1),
            Probabilities = SvmProbabilities.Margins,
            Tolerance = 1e-6
        };
        int[][] parts = [[.. Enumerable.Range(0, 30).Select(r => 2 * r)], [.. Enumerable.Range(0, 10).Select(r => 1 + 2 * r)]];
        var svm = new SvmClassifier(options);
        var scores = svm.FitAndHoldOut(x, labels, 3, parts)!;
        var plain = new SvmClassifier(options);
        plain.Fit(x, labels, 3);
        Assert.Equal(plain.PredictProbabilities(x).Data, svm.PredictProbabilities(x).Data);
        var at = 0;
        foreach (var part in parts)
        {
            int[] rest = [.. Enumerable.Range(0, 60).Except(part)];
            var without = new SvmClassifier(options);
            without.Fit(x.Select(rest), [.. rest.Select(r => labels[r])], 3);
            var expected = without.PredictProbabilities(x.Select(part));
            // Kernel values in single precision.
            Close.Assert(expected.Data, scores.Data.AsSpan(at, expected.Data.Length), 1e-4);
            at += expected.Data.Length;
        }
    }

    [Theory]
    [InlineData(3, 0.0, 0.0, "above 0")]
    [InlineData(3, double.NaN, 0.0, "finite")]
    [InlineData(3, 1.0, double.PositiveInfinity, "finite")]
    [InlineData(2, 0.0, 0.0, "above 0")]
    [InlineData(4, 1.0, 0.0, "[2, 3]")]
    public void Load_CalibrationOfNoUse_IsRefused(int width, double temperature, double slope, string what)
    {
        double[] values = [temperature, 1, slope, 0];
        var message = PipelineCorpus.ErrorOf(() => GenreModel.Load(WithCalibration([.. values[..width], .. values[..width]])));
        Assert.Contains("calibration", message);
        Assert.Contains(what, message);
    }

    [Fact]
    public void Load_CalibrationOfAnEarlierVersion_HasNoSlope()
    {
        using var earlier = GenreModel.Load(WithCalibration([2, 1, 3, 0.5]));
        using var now = GenreModel.Load(WithCalibration([2, 1, 0, 3, 0.5, 0]));
        var table = now.ReadTable(_folder["f.csv"]);
        Assert.Equal(now.Predict(table).SelectMany(p => p.Ranked), earlier.Predict(table).SelectMany(p => p.Ranked));
    }

    private string WithCalibration(double[] values)
    {
        var path = _folder["gtzan57-svm-Temperature-0", GenreModel.FileName];
        if (!File.Exists(path)) Train("gtzan57-svm", CalibrationKind.Temperature);
        var file = SafetensorsFile.Read(path);
        file.Tensors["calibration"] = new StoredTensor(values, 2, values.Length / 2);
        file.Write(path);
        return path;
    }
}
