using Engine.Classifiers;
using Engine.Classifiers.Trees;
using Engine.Tensors;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Classifiers.Trees;

public class ForestClassifierTests
{
    private static readonly ForestOptions s_forest = new() { Trees = 30 };
    private static readonly ForestOptions s_extra = new() { Trees = 30, Bootstrap = false, Thresholds = SplitThresholds.Random };

    [Fact]
    public void Predict_SeparableRows_AreRight()
    {
        var (x, labels) = ForestData.Leaning(300, 6, 3, 1);
        foreach (var row in Enumerable.Range(0, 300)) x.Row(row)[labels[row]] += 4;
        var (more, expected) = ForestData.Leaning(100, 6, 3, 2);
        foreach (var row in Enumerable.Range(0, 100)) more.Row(row)[expected[row]] += 4;
        foreach (var options in new[] { s_forest, s_extra, s_forest with { Criterion = SplitCriterion.Entropy } })
        {
            var predicted = ForestData.Fitted(options, x, labels, 3).PredictProbabilities(more).ArgMax();
            Assert.InRange(predicted.Zip(expected).Count(p => p.First == p.Second), 97, 100);
        }
    }

    [Fact]
    public void Predict_WholeRows_RecallsDistinctTrainingRows()
    {
        var random = new RandomStream(7, "rows");
        Prop.ForAll(Gen.Choose(1, 60).ToArbitrary(), rows =>
        {
            var x = new FeatureMatrix(rows, 3, [.. Enumerable.Range(0, rows * 3).Select(_ => random.NextGaussian())]);
            int[] labels = [.. Enumerable.Range(0, rows).Select(_ => random.NextInt(4))];
            return ForestData.Fitted(s_extra, x, labels, 4).PredictProbabilities(x).ArgMax().SequenceEqual(labels)
                && ForestData.Fitted(s_forest with { Bootstrap = false }, x, labels, 4).PredictProbabilities(x).ArgMax()
                    .SequenceEqual(labels);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void PredictProbabilities_AnyRows_SumToOne()
    {
        var (x, labels) = ForestData.Leaning(150, 5, 4, 2);
        var probabilities = ForestData.Fitted(s_forest with { MinSamplesLeaf = 5, ClassWeight = ClassWeighting.Balanced }, x,
            labels, 4).PredictProbabilities(x);
        for (var r = 0; r < 150; r++) Close.Assert([1], [probabilities.Row(r).ToArray().Sum()], 1e-12);
        Assert.All(probabilities.Data, p => Assert.InRange(p, 0, 1));
    }

    [Fact]
    public void Fit_OneOrManyThreads_SameBits()
    {
        var (x, labels) = ForestData.Leaning(200, 9, 3, 3);
        foreach (var options in new[] { s_forest with { OutOfBag = true, OutOfBagImportance = true }, s_extra })
        {
            var (one, many) = (ForestData.Fitted(options, x, labels, 3, threads: 1),
                ForestData.Fitted(options, x, labels, 3, threads: 0));
            foreach (var (name, tensor) in one.SaveState()) Assert.Equal((System.Collections.IEnumerable)tensor.Data,
                (System.Collections.IEnumerable)many.SaveState()[name].Data);
            Assert.Equal(one.PredictProbabilities(x).Data, many.PredictProbabilities(x).Data);
            Assert.Equal(one.OutOfBag?.Probabilities.Data, many.OutOfBag?.Probabilities.Data);
            Assert.Equal(one.OutOfBagImportance?.Mean, many.OutOfBagImportance?.Mean);
        }
    }

    [Fact]
    public void Fit_AnotherSeed_AnotherForest()
    {
        var (x, labels) = ForestData.Leaning(100, 5, 3, 3);
        Assert.NotEqual(
            ForestData.Fitted(s_forest, x, labels, 3, seed: 1).PredictProbabilities(x).Data,
            ForestData.Fitted(s_forest, x, labels, 3, seed: 2).PredictProbabilities(x).Data);
    }

    [Fact]
    public void Fit_BalancedClasses_CountAlike()
    {
        // One leaf holds all: six rows of class 0 weigh as much as two of class 1; class 2 has none.
        var x = new FeatureMatrix(8, 1);
        var forest = ForestData.Fitted(s_forest with { Bootstrap = false, ClassWeight = ClassWeighting.Balanced }, x,
            [0, 0, 0, 0, 0, 0, 1, 1], 3);
        Close.Assert([0.5, 0.5, 0], forest.PredictProbabilities(new FeatureMatrix(1, 1)).Data, 1e-12);
    }

    [Fact]
    public void Fit_ConstantColumnsAndTwins_GiveTheirShares()
    {
        var x = new FeatureMatrix(4, 3, [5, 1, 0, 5, 1, 0, 5, 1, 0, 5, 2, 0]);
        foreach (var options in new[] { s_forest with { Bootstrap = false }, s_extra })
        {
            var forest = ForestData.Fitted(options, x, [0, 0, 1, 2], 3);
            Close.Assert([2.0 / 3, 1.0 / 3, 0, 0, 0, 1], forest.PredictProbabilities(new FeatureMatrix(2, 3, [5, 1, 0, 9, 2, 9]))
                .Data, 1e-12);
            Assert.Equal([0.0, 1, 0], forest.Importance.ToArray());
        }

        // Nothing to split by at all.
        var flat = ForestData.Fitted(s_forest with { Bootstrap = false }, new FeatureMatrix(4, 2), [0, 1, 1, 1], 2);
        Close.Assert([0.25, 0.75], flat.PredictProbabilities(new FeatureMatrix(1, 2, [7, 7])).Data, 1e-12);
        Assert.Equal([0.0, 0], flat.Importance.ToArray());
    }

    [Fact]
    public void Fit_OneClassOrAnAbsentOne_PredictsWhatThereIs()
    {
        var (x, labels) = ForestData.Leaning(50, 3, 2, 1);
        Assert.All(ForestData.Fitted(s_forest, x, new int[50], 1).PredictProbabilities(x).Data,
            p => Close.Assert([1], [p], 1e-12));
        var absent = ForestData.Fitted(s_forest, x, [.. labels.Select(l => 2 * l)], 5).PredictProbabilities(x);
        for (var r = 0; r < 50; r++) Assert.Equal((0.0, 0.0, 0.0), (absent[r, 1], absent[r, 3], absent[r, 4]));
    }

    [Fact]
    public void OutOfBag_OneTree_IsItsAccuracyOnTheRowsItDidNotDraw()
    {
        var (x, labels) = ForestData.Leaning(100, 4, 3, 8);
        var forest = ForestData.Fitted(s_forest with { Trees = 1, OutOfBag = true }, x, labels, 3, seed: 5);
        var (random, drawn) = (new RandomStream(5, "bootstrap/0"), new int[100]);
        for (var i = 0; i < 100; i++) drawn[random.NextInt(100)]++;
        int[] left = [.. Enumerable.Range(0, 100).Where(r => drawn[r] == 0)];
        var predicted = forest.PredictProbabilities(x).ArgMax();
        Assert.Equal(left.Length, forest.OutOfBag!.Rows);
        Assert.Equal((double)left.Count(r => predicted[r] == labels[r]) / left.Length, forest.OutOfBag.Accuracy);
        Assert.All(Enumerable.Range(0, 100).Except(left),
            r => Assert.Equal([0.0, 0, 0], forest.OutOfBag.Probabilities.Row(r).ToArray()));
    }

    [Fact]
    public void OutOfBag_TheOnlyRow_LeavesNothingToAsk()
    {
        var forest = ForestData.Fitted(s_forest with { OutOfBag = true, OutOfBagImportance = true }, new FeatureMatrix(1, 2), [0],
            2);
        Assert.Equal((null, 0), (forest.OutOfBag!.Accuracy, forest.OutOfBag.Rows));
        Assert.Equal([0.0, 0], forest.OutOfBagImportance!.ZScores);
    }

    [Fact]
    public void LoadState_IntoAnother_PredictsAlike()
    {
        var (x, labels) = ForestData.Leaning(120, 5, 3, 3);
        var first = ForestData.Fitted(s_forest with { MaxDepth = 4 }, x, labels, 3);
        var second = new ForestClassifier(new ForestOptions());
        second.LoadState(first.SaveState());
        Assert.Equal((3, 5), (second.Classes, second.Columns));
        Assert.Equal(first.PredictProbabilities(x).Data, second.PredictProbabilities(x).Data);
        Assert.Equal(first.Importance.ToArray(), second.Importance.ToArray());
    }

    [Fact]
    public void LoadState_WrongTensors_NamesThem()
    {
        var state = ForestData.Fitted(s_forest with { Trees = 2, Bootstrap = false }, new FeatureMatrix(2, 1, [1, 2]), [0, 1], 2)
            .SaveState();
        AssertThrows("roots", new(new[] { 1, 3 }, 2), "'roots' holds 1 for tree 0 of 6 nodes");
        AssertThrows("roots", new(new[] { 0, 6 }, 2), "'roots' holds 6 for tree 1");
        AssertThrows("columns", new(new[] { 1, -1, -1, 0, -1, -1 }, 6), "node 0 of a tree that ends at 3 has column 1");
        AssertThrows("columns", new(new[] { -2, -1, -1, 0, -1, -1 }, 6), "has column -2");
        AssertThrows("next", new(new[] { 0, 0, 1, 5, 0, 1 }, 6), "node 0 of a tree that ends at 3 has column 0 and next 0");
        AssertThrows("next", new(new[] { 3, 0, 1, 5, 0, 1 }, 6), "next 3");
        AssertThrows("next", new(new[] { 2, 0, 2, 5, 0, 1 }, 6), "node 2 of a tree that ends at 3 has column -1 and next 2");
        AssertThrows("thresholds", new(new double[5], 5), "tensor 'thresholds' is F64 [5]; expected F64 [6]");
        foreach (var name in state.Keys)
        {
            var part = state.Where(t => t.Key != name).ToDictionary(t => t.Key, t => t.Value);
            Assert.Contains($"tensor '{name}' is missing", Message(() => new ForestClassifier(s_forest).LoadState(part)));
        }

        void AssertThrows(string name, StoredTensor tensor, string message) =>
            Assert.Contains(message,
                Message(() => new ForestClassifier(s_forest).LoadState(
                    new Dictionary<string, StoredTensor>(state) { [name] = tensor })));
    }

    [Fact]
    public void Forest_WrongInput_NamesTheValue()
    {
        Assert.Contains("trees is 0", Message(() => _ = new ForestClassifier(new ForestOptions { Trees = 0 })));
        Assert.Contains("max depth is 0", Message(() => _ = new ForestClassifier(new ForestOptions { MaxDepth = 0 })));
        Assert.Contains("min samples split is 1",
            Message(() => _ = new ForestClassifier(new ForestOptions { MinSamplesSplit = 1 })));
        Assert.Contains("min samples leaf is 0",
            Message(() => _ = new ForestClassifier(new ForestOptions { MinSamplesLeaf = 0 })));
        Assert.Contains("criterion 9",
            Message(() => _ = new ForestClassifier(new ForestOptions { Criterion = (SplitCriterion)9 })));
        Assert.Contains("without bootstrap",
            Message(() => _ = new ForestClassifier(new ForestOptions { Bootstrap = false, OutOfBag = true })));
        var forest = new ForestClassifier(s_forest);
        Assert.Contains("not fitted", Message(() => forest.PredictProbabilities(new FeatureMatrix(1, 1))));
        Assert.Contains("not fitted", Message(() => forest.SaveState()));
        Assert.Contains("no rows", Message(() => forest.Fit(new FeatureMatrix(0, 2), [], 2)));
        Assert.Contains("no columns", Message(() => forest.Fit(new FeatureMatrix(2, 0), [0, 1], 2)));
        Assert.Contains("2 rows but 1 labels", Message(() => forest.Fit(new FeatureMatrix(2, 1), [0], 1)));
        Assert.Contains("label 3 is outside [0, 3)", Message(() => forest.Fit(new FeatureMatrix(2, 1), [0, 3], 3)));
        Assert.Contains("row 1, column 0 is NaN", Message(() => forest.Fit(new FeatureMatrix(2, 1, [0, double.NaN]), [0, 0], 1)));
        forest.Fit(new FeatureMatrix(2, 2), [0, 1], 2);
        Assert.Contains("3 columns but it was fitted on 2", Message(() => forest.PredictProbabilities(new FeatureMatrix(1, 3))));
        Assert.Contains("row 0, column 1 is Infinity",
            Message(() => forest.PredictProbabilities(new FeatureMatrix(1, 2, [0, double.PositiveInfinity]))));
        Assert.Empty(forest.PredictProbabilities(new FeatureMatrix(0, 2)).Data);
    }

    [Fact]
    public void Fit_Cancelled_StopsAndStaysUnfitted()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var forest = new ForestClassifier(s_forest) { Cancellation = source.Token };
        Assert.Throws<OperationCanceledException>(() => forest.Fit(new FeatureMatrix(2, 1), [0, 1], 2));
        Assert.Equal(0, forest.Classes);
    }

    private static string Message(Action act) => Assert.Throws<EngineException>(act).Message;
}
