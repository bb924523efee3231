using Engine.Classifiers;
using Engine.Classifiers.Selection;
using Engine.Tensors;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public class SelectionTests
{
    // Column 0 tells the classes apart, 1 repeats it, 2 is noise, 3 is constant, 4 tells them apart less well.
    private static (FeatureMatrix X, int[] Labels) Example(ulong seed = 1)
    {
        var random = new RandomStream(seed, "selection test");
        var x = new FeatureMatrix(90, 5);
        var labels = new int[90];
        for (var r = 0; r < x.Rows; r++)
        {
            labels[r] = r % 3;
            var signal = labels[r] + 0.1 * random.NextGaussian();
            new[] { signal, 7 - 3 * signal + 0.001 * random.NextGaussian(), random.NextGaussian(), 4,
                labels[r] + random.NextGaussian() }.CopyTo(x.Row(r));
        }

        return (x, labels);
    }

    private static double Pearson(double[] a, double[] b)
    {
        var (ma, mb) = (a.Average(), b.Average());
        return a.Zip(b).Sum(p => (p.First - ma) * (p.Second - mb)) / Math.Sqrt(
            a.Sum(v => (v - ma) * (v - ma)) * b.Sum(v => (v - mb) * (v - mb)));
    }

    private static double[] Column(FeatureMatrix x, int c) => [.. Enumerable.Range(0, x.Rows).Select(r => x[r, c])];

    [Fact]
    public void Pearson_NormalColumns_MatchesDefinition()
    {
        var x = ReferenceMatrix.Normal(40, 6, 1);
        var r = Correlation.Pearson(x);
        for (var a = 0; a < 6; a++)
            for (var b = 0; b < 6; b++) Assert.Equal(Pearson(Column(x, a), Column(x, b)), r[a, b], 1e-14);
    }

    [Fact]
    public void Spearman_TiedValues_MatchesRanksByHand()
    {
        // Ranks 1, 2.5, 2.5, 4 and 4, 3, 2, 1.
        var x = new FeatureMatrix(4, 2, [1, 9, 2, 8, 2, 7, 3, 1]);
        Assert.Equal(Pearson([1, 2.5, 2.5, 4], [4, 3, 2, 1]), Correlation.Spearman(x)[0, 1], 1e-15);
    }

    [Fact]
    public void Pearson_ConstantHugeAndTinyColumns_StayInRange()
    {
        var x = new FeatureMatrix(3, 4, [1e300, 1e-300, 5, 0.1, 2e300, 2e-300, 5, 0.1, 3e300, 3e-300, 5, 0.1]);
        var r = Correlation.Pearson(x);
        Close.Assert([1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], r.Data, 1e-15);
    }

    [Fact]
    public void Ratio_TwoClasses_IsPearsonWithTheLabel()
    {
        var values = ReferenceMatrix.Normal(1, 30, 2).Data;
        var labels = Enumerable.Range(0, 30).Select(i => i % 3 == 0 ? 1 : 0).ToArray();
        Assert.Equal(Math.Abs(Pearson(values, [.. labels.Select(l => (double)l)])), Correlation.Ratio(values, labels, 2), 1e-14);
    }

    [Fact]
    public void Ratio_SeparatedClasses_IsOneWhateverTheirOrder()
    {
        Assert.Equal(1, Correlation.Ratio([5, 1, 9, 5, 1, 9], [0, 1, 2, 0, 1, 2], 4), 1e-15);
        Assert.Equal(0, Correlation.Ratio([3, 3, 3], [0, 1, 2], 3));
        Assert.Equal(0, Correlation.Ratio([1, 2, 1, 2], [0, 0, 1, 1], 2), 1e-15);
    }

    [Theory]
    [InlineData(CorrelationMeasure.Pearson)]
    [InlineData(CorrelationMeasure.Spearman)]
    public void Fit_NoiseRepeatedAndConstantColumns_AreDropped(CorrelationMeasure measure)
    {
        var (x, labels) = Example();
        var selection = new CorrelationSelection(new CorrelationOptions { Measure = measure, Label = 0.4 });
        selection.Fit(x, labels, 3);
        Assert.Equal(2, selection.OutputColumns);
        Assert.Contains(selection.Selected[0], new[] { 0, 1 });
        Assert.Equal(4, selection.Selected[1]);
        var kept = selection.Transform(x);
        Assert.Equal(Column(x, selection.Selected[0]), Column(kept, 0));
        Assert.Equal(Column(x, 4), Column(kept, 1));
    }

    [Fact]
    public void Fit_DuplicatedColumns_KeepsTheFirst()
    {
        var x = new FeatureMatrix(4, 3, [1, 1, 1, 2, 2, 2, 5, 5, 5, 6, 6, 6]);
        var selection = new CorrelationSelection(new CorrelationOptions());
        selection.Fit(x, [0, 0, 1, 1], 2);
        Assert.Equal([0], selection.Selected.ToArray());
    }

    [Fact]
    public void LoadState_IntoAnother_TransformsAlike()
    {
        var (x, labels) = Example();
        var options = new CorrelationOptions { Label = 0.3 };
        var (first, second) = (new CorrelationSelection(options), new CorrelationSelection(options));
        first.Fit(x, labels, 3);
        second.LoadState(first.SaveState());
        Assert.Equal((5, first.OutputColumns), (second.Columns, second.OutputColumns));
        Assert.Equal(first.Transform(x).Data, second.Transform(x).Data);
    }

    [Fact]
    public void Selection_WrongInput_NamesTheValue()
    {
        Assert.Contains("label is 2; it must be from 0 to 1",
            Message(() => _ = new CorrelationSelection(new CorrelationOptions { Label = 2 })));
        Assert.Contains("repeat is NaN",
            Message(() => _ = new CorrelationSelection(new CorrelationOptions { Repeat = double.NaN })));
        Assert.Contains("measure 9 is unknown",
            Message(() => _ = new CorrelationSelection(new CorrelationOptions { Measure = (CorrelationMeasure)9 })));
        var selection = new CorrelationSelection(new CorrelationOptions { Label = 0.99 });
        Assert.Contains("not fitted", Message(() => selection.Transform(new FeatureMatrix(1, 1))));
        Assert.Contains("not fitted", Message(() => selection.SaveState()));
        Assert.Contains("row 1, column 0 is NaN",
            Message(() => selection.Fit(new FeatureMatrix(2, 1, [1, double.NaN]), [0, 1], 2)));
        Assert.Contains("label 2 is outside [0, 2)", Message(() => selection.Fit(new FeatureMatrix(2, 1), [0, 2], 2)));
        Assert.Contains("no rows", Message(() => selection.Fit(new FeatureMatrix(0, 1), [], 2)));
        Assert.Contains("no column correlates with the labels at 0.99; the strongest, column 0, at 0",
            Message(() => selection.Fit(new FeatureMatrix(4, 1, [1, 2, 1, 2]), [0, 0, 1, 1], 2)));
        selection.Fit(new FeatureMatrix(2, 1, [1, 2]), [0, 1], 2);
        Assert.Contains("3 columns but it was fitted on 1", Message(() => selection.Transform(new FeatureMatrix(1, 3))));
        AssertLoad("selected", new(new[] { 1, 0 }, 2), "holds 0 at index 1; the columns must ascend and be below 2");
        AssertLoad("selected", new(new[] { 0, 2 }, 2), "holds 2 at index 1");
        AssertLoad("columns", new(new int[2], 2), "tensor 'columns' is I32 [2]; expected I32 [1]");

        void AssertLoad(string name, StoredTensor tensor, string message)
        {
            var state = new Dictionary<string, StoredTensor>
            {
                ["selected"] = new(new[] { 0, 1 }, 2),
                ["columns"] = new(new[] { 2 }, 1),
                [name] = tensor
            };
            Assert.Contains(message, Message(() => selection.LoadState(state)));
        }
    }

    private static string Message(Action act) => Assert.Throws<EngineException>(act).Message;
}
