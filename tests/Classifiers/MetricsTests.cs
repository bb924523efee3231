using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Classifiers;

public class MetricsTests
{
    private static readonly string[] s_names = [.. Enumerable.Range(0, 10).Select(i => $"genre{i}")];

    private static double Scalar(string name) => GtzanReference.Doubles(name)[0];

    private static double[] Array(string name) => GtzanReference.Doubles(name);

    private static int[] Ints(string name) => GtzanReference.Ints(name);

    private static MetricsReport Report() =>
        Metrics.Compute(new FeatureMatrix(200, 10, Array("scores")), Ints("labels_test"), s_names);

    private static void Equal(double expected, double? actual, string what) =>
        Close.Assert([expected], [actual ?? double.NaN], 1e-9, what: what);

    [Fact]
    public void Compute_LogisticScores_MatchesScikitLearn()
    {
        var report = Report();
        Equal(Scalar("accuracy"), report.Accuracy, "accuracy");
        Assert.Equal(Ints("confusion"), report.ConfusionMatrix!.SelectMany(r => r));
        var labels = s_names.Select(n => report.PerLabel[n]).ToArray();
        Close.Assert(Array("precision"), [.. labels.Select(m => m.Precision!.Value)], 1e-9, what: "precision");
        Close.Assert(Array("recall"), [.. labels.Select(m => m.Recall!.Value)], 1e-9, what: "recall");
        Close.Assert(Array("f1"), [.. labels.Select(m => m.F1!.Value)], 1e-9, what: "f1");
        Assert.Equal(Ints("support"), labels.Select(m => m.Support));
        foreach (var (name, average) in new[] { ("macro", report.MacroAvg), ("weighted", report.WeightedAvg),
            ("micro", report.MicroAvg) })
        {
            Close.Assert(Array("prf_" + name), [average.Precision!.Value, average.Recall!.Value, average.F1!.Value], 1e-9,
                what: name);
            Assert.Equal(200, average.Support);
        }

        Close.Assert(Array("auroc_ovr"), [.. labels.Select(m => m.RocAuc!.Value)], 1e-9, what: "roc_auc");
        Equal(Scalar("auroc_macro"), report.RocAucOvrMacro, "auroc_macro");
        Close.Assert(Array("auprc"), [.. labels.Select(m => m.AveragePrecision!.Value)], 1e-9, what: "auprc");
        Equal(Array("auprc").Average(), report.AveragePrecisionMacro, "auprc_macro");
        Equal(Scalar("log_loss"), report.LogLoss, "log_loss");
        Equal(Scalar("mcc"), report.Mcc, "mcc");
        Equal(Scalar("kappa"), report.CohenKappa, "kappa");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void TopKAccuracy_LogisticScores_MatchesScikitLearn(int k)
    {
        Equal(Scalar($"top{k}"), Metrics.TopKAccuracy(new FeatureMatrix(200, 10, Array("scores")), Ints("labels_test"), k),
            $"top{k}");
        if (k <= 3) Equal(Scalar($"top{k}"), Report().TopKAccuracy[k.ToString()], $"top{k}");
    }

    [Fact]
    public void TopKAccuracy_EqualProbabilities_LowerLabelComesFirst()
    {
        var flat = new FeatureMatrix(1, 4, [0.25, 0.25, 0.25, 0.25]);
        Assert.Equal(1, Metrics.TopKAccuracy(flat, [1], 2));
        Assert.Equal(0, Metrics.TopKAccuracy(flat, [2], 2));
    }

    [Fact]
    public void RankingCurves_RandomScoresWithTies_MatchPairCounts()
    {
        // Chance that a positive outranks a negative, and the step-wise sum, by their definitions.
        Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyArray<(byte Score, bool Positive)>>(), rows =>
        {
            var scores = rows.Get.Select(r => (double)(r.Score % 8)).ToArray();
            var positive = rows.Get.Select(r => r.Positive).ToArray();
            var pairs = from p in rows.Get
                        where p.Positive
                        from n in rows.Get
                        where !n.Positive
                        select (p.Score % 8).CompareTo(n.Score % 8);
            double? auc = pairs.Any() ? pairs.Average(s => s > 0 ? 1.0 : s == 0 ? 0.5 : 0) : null;
            double ap = 0, recall = 0, total = positive.Count(p => p);
            foreach (var threshold in scores.Distinct().OrderDescending())
            {
                double hits = rows.Get.Count(r => r.Positive && r.Score % 8 >= threshold),
                taken = scores.Count(s => s >= threshold);
                ap += (hits / total - recall) * (hits / taken);
                recall = hits / total;
            }

            var curves = new RankingCurves(scores, positive);
            var (actualAuc, actualAp) = (curves.RocAuc(), curves.AveragePrecision());
            return (auc is null ? actualAuc is null : Math.Abs(auc.Value - actualAuc!.Value) < 1e-12)
                && (total == 0 ? actualAp is null : Math.Abs(ap - actualAp!.Value) < 1e-12);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Compute_ExpectedCalibrationError_IsTheMeanGapOfTheBins()
    {
        // Bins of a fifteenth: 0.9 right and 0.9 wrong fall into one, with 0.9 - 0.5; 0.7 right into another, with 0.7 - 1.
        var report = Metrics.Compute(new FeatureMatrix(3, 2, [0.9, 0.1, 0.9, 0.1, 0.3, 0.7]), [0, 1, 1], ["a", "b"]);
        Assert.Equal((2 * 0.4 + 0.3) / 3, report.ExpectedCalibrationError!.Value, 12);
        // Shares of what a row sums to.
        Assert.Equal(report.ExpectedCalibrationError.Value,
            Metrics.Compute(new FeatureMatrix(3, 2, [9, 1, 9, 1, 3, 7]), [0, 1, 1], ["a", "b"]).ExpectedCalibrationError!.Value,
            12);
        Assert.Contains("\"ece\":", report.ToJson());
    }

    [Theory]
    [InlineData(Metrics.MostMatrixLabels)]
    [InlineData(Metrics.MostMatrixLabels + 1)]
    public void Compute_ManyLabels_HasPairsInsteadOfAMatrix(int count)
    {
        var (names, scores) = (Enumerable.Range(0, count).Select(i => $"g{i}").ToArray(), new FeatureMatrix(4, count));
        int[] labels = [0, 1, 1, 1], predicted = [0, 2, 2, 3];
        for (var r = 0; r < 4; r++) scores.Row(r)[predicted[r]] = 1;
        var report = MetricsReport.FromJson(Metrics.Compute(scores, labels, names).ToJson());
        Assert.Equal(count <= Metrics.MostMatrixLabels, report.ConfusionMatrix is not null);
        Assert.Equal(0.25, report.Accuracy);
        Assert.Equal(count <= Metrics.MostMatrixLabels ? null : [new("g1", "g2", 2), new ConfusedPair("g1", "g3", 1)],
            report.ConfusedPairs);
        if (report.ConfusionMatrix is { } matrix) Assert.Equal((1, 2, 1), (matrix[0][0], matrix[1][2], matrix[1][3]));
    }

    [Fact]
    public void WilsonInterval_KnownCounts_MatchesPublishedValues()
    {
        // R's prop.test(81, 263, correct = FALSE), the example of Newcombe, Statistics in Medicine 17 (1998).
        Close.Assert([0.2553, 0.3662], Metrics.WilsonInterval(81, 263), 5e-5, what: "81 of 263");
        Close.Assert([0.0, 0.2775], Metrics.WilsonInterval(0, 10), 5e-5, what: "0 of 10");
        Close.Assert([0.7225, 1.0], Metrics.WilsonInterval(10, 10), 5e-5, what: "10 of 10");
    }

    [Fact]
    public void Compute_LabelNeverTestedNorPredicted_IsNullAndLeftOutOfMacro()
    {
        // Truth a a b, prediction a b b; c is nowhere, so the averages are of a and b.
        var report = Metrics.Compute(new FeatureMatrix(3, 3, [0.8, 0.2, 0, 0.3, 0.7, 0, 0.1, 0.9, 0]), [0, 0, 1],
            ["a", "b", "c"]);
        Assert.Equal(new LabelMetrics(null, null, null, 0), report.PerLabel["c"]);
        Assert.Equal(0.75, report.MacroAvg.Precision!.Value, 12);
        Assert.Equal(0.75, report.MacroAvg.Recall!.Value, 12);
        Assert.Equal(2.0 / 3, report.MacroAvg.F1!.Value, 12);
        Assert.Equal(1, report.RocAucOvrMacro!.Value, 12);
    }

    [Fact]
    public void Compute_ConstantTruth_UndefinedValuesAreNullInJson()
    {
        var report = Metrics.Compute(new FeatureMatrix(2, 2, [1, 0, 1, 0]), [0, 0], ["a", "b"]);
        Assert.Null(report.Mcc);
        Assert.Null(report.CohenKappa);
        Assert.Null(report.RocAucOvrMacro);
        using var json = JsonDocument.Parse(report.ToJson());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("mcc").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("roc_auc_ovr_macro").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("per_label").GetProperty("b").GetProperty("recall")
            .ValueKind);
    }

    [Fact]
    public void ToJson_Report_HasTheContractsNamesAndReadsBack()
    {
        var report = Report() with
        {
            Protocol = "stratified",
            Seed = ulong.MaxValue,
            Recipe = "gtzan57-knn",
            Device = "cpu",
            TrainAccuracy = 0.9,
            NTrain = 800,
            FitSeconds = 0.1,
            PredictSeconds = 0.2
        };
        var text = report.ToJson();
        using var json = JsonDocument.Parse(text);
        string[] expected =
        [
            "accuracy", "accuracy_ci95", "top_k_accuracy", "per_label", "macro_avg", "weighted_avg", "micro_avg",
            "roc_auc_ovr_macro", "average_precision_macro", "log_loss", "ece", "calibrated", "mcc",
            "cohen_kappa", "confusion_matrix", "labels", "folds", "train_accuracy", "protocol", "leaky", "seed", "recipe",
            "device", "fit_seconds", "predict_seconds", "n_train", "n_test",
            "reliability",
        ];
        Assert.Equal(expected.Order(), json.RootElement.EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal(["1", "2", "3"], json.RootElement.GetProperty("top_k_accuracy").EnumerateObject().Select(p => p.Name));
        Assert.Equal(["precision", "recall", "f1", "support", "roc_auc", "average_precision"],
            json.RootElement.GetProperty("per_label").GetProperty("genre3").EnumerateObject().Select(p => p.Name));
        Assert.Equal(text, MetricsReport.FromJson(text).ToJson());
        Assert.EndsWith("}\n", text);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{\"accuracy\": 1}")]
    [InlineData("{\"accuracy\": \"one\"}")]
    public void FromJson_NoReport_Throws(string json) =>
        Assert.StartsWith("Metrics: the JSON is", Assert.Throws<EngineException>(() => MetricsReport.FromJson(json)).Message);

    [Fact]
    public void FromJson_RunOfBeforeThereWereMoreFolds_IsRead()
    {
        var rounds = new[] { (new FeatureMatrix(2, 2, [1, 0, 0, 1]), new[] { 0, 1 }),
            (new FeatureMatrix(2, 2, [1, 0, 0, 1]), new[] { 0, 1 }) };
        var json = JsonNode.Parse(Metrics.Pool(rounds, ["a", "b"], overlapping: false).ToJson())!;
        json["folds"]!.AsObject().Remove("average_precision_macro");
        json["folds"]!.AsObject().Remove("accuracy_ci95");
        Assert.Null(MetricsReport.FromJson(json.ToJsonString()).Folds!.AveragePrecisionMacro);
    }

    // Three of three rows right, then none of one: 0.75 of all rows, where the rounds' mean is 0.5.
    [Fact]
    public void Pooled_UnevenRounds_CountsRowsNotRounds()
    {
        (FeatureMatrix, int[]) first = (new FeatureMatrix(3, 2, [0.9, 0.1, 0.8, 0.2, 0.3, 0.7]), [0, 0, 1]);
        (FeatureMatrix, int[]) second = (new FeatureMatrix(1, 2, [0.6, 0.4]), [1]);
        var report = Metrics.Pool([first, second], ["a", "b"], overlapping: false);
        Assert.Equal(0.5, report.Folds!.Accuracy.Mean);
        Assert.Equal(report.Folds.Accuracy with { Mean = 0.75 }, report.Pooled!.Accuracy);
        Assert.Equal(0.75, report.Pooled.RecallMacro!.Mean);
        Assert.Equal((0.8 + 2.0 / 3) / 2, report.Pooled.F1Macro.Mean!.Value, 1e-15);
        Assert.Equal(report.Folds.RocAucOvrMacro, report.Pooled.RocAucOvrMacro);
        Assert.Equal(report.Folds, Metrics.Pool([first, second], ["a", "b"], overlapping: true).Pooled! with
        {
            Accuracies = report.Folds.Accuracies,
        });
        Assert.Null(Metrics.Pool([first], ["a", "b"], overlapping: false).Pooled);
        Assert.Equal(report.Folds.RecallMacro, MetricsReport.FromJson(report.ToJson()).Folds!.RecallMacro);
    }

    [Fact]
    public void Pool_OverlappingRounds_GivesSpreadAndNoInterval()
    {
        var first = (new FeatureMatrix(4, 2, [1, 0, 1, 0, 0, 1, 0, 1]), new[] { 0, 0, 1, 1 });
        var second = (new FeatureMatrix(4, 2, [1, 0, 0, 1, 0, 1, 1, 0]), new[] { 0, 0, 1, 1 });
        var report = Metrics.Pool([first, second], ["a", "b"], overlapping: true);
        Assert.Null(report.AccuracyCi95);
        Assert.Equal(0.75, report.Accuracy);
        Assert.Equal(8, report.NTest);
        Assert.Equal([1.0, 0.5], report.Folds!.Accuracies);
        Assert.Equal(0.75, report.Folds.Accuracy.Mean);
        Assert.Equal(Math.Sqrt(0.125), report.Folds.Accuracy.Sd!.Value, 12);
        Assert.Null(report.Folds.Top3Accuracy.Mean);
        var precisions = new[] { first,
            second }.Select(r => Metrics.Compute(r.Item1, r.Item2, ["a", "b"]).AveragePrecisionMacro!.Value).ToArray();
        Assert.Equal(precisions.Average(), report.Folds.AveragePrecisionMacro!.Mean!.Value, 12);
        Assert.Equal(Math.Abs(precisions[0] - precisions[1]) / Math.Sqrt(2), report.Folds.AveragePrecisionMacro!.Sd!.Value, 12);
        Assert.NotNull(Metrics.Pool([first, second], ["a", "b"], overlapping: false).AccuracyCi95);
        Assert.Null(Metrics.Pool([first], ["a", "b"], overlapping: false).Folds);
    }

    [Fact]
    public void Compute_WrongInput_NamesTheValue()
    {
        var one = new FeatureMatrix(1, 2, [0.5, 0.5]);
        Assert.Contains("no tested row", Throws(new FeatureMatrix(0, 2), []));
        Assert.Contains("1 rows of probabilities but 2 labels", Throws(one, [0, 1]));
        Assert.Contains("label 2 of row 0 is outside [0, 2)", Throws(one, [2]));
        Assert.Contains("row 0, column 1 is NaN", Throws(new FeatureMatrix(1, 2, [0.5, double.NaN]), [0]));
        Assert.Contains("probability -0.5", Throws(new FeatureMatrix(1, 2, [1.5, -0.5]), [0]));
        Assert.Contains("2 columns of probabilities but 3 label names",
            Assert.Throws<EngineException>(() => Metrics.Compute(one, [0], ["a", "b", "c"])).Message);

        static string Throws(FeatureMatrix probabilities, int[] labels) =>
            Assert.Throws<EngineException>(() => Metrics.Compute(probabilities, labels, ["a", "b"])).Message;
    }
}
