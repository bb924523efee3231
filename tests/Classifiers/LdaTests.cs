using Engine.Classifiers;
using Engine.Classifiers.Decomposition;
using Engine.Classifiers.Numerics;
using Engine.Tests.Support;
using static Engine.Tests.Support.ReferenceMatrix;

namespace Engine.Tests.Classifiers;

public class LdaTests
{
    // Classes of common, mixed covariance around means that differ; class sizes differ too.
    private static (FeatureMatrix X, int[] Labels) Example(int rows = 90, int columns = 5, int classes = 3)
    {
        var x = Product(Normal(rows, columns, 1), Normal(columns, columns, 2));
        var labels = Enumerable.Range(0, rows).Select(r => Math.Min(r % (classes + 1), classes - 1)).ToArray();
        var means = Normal(classes, columns, 3);
        for (var r = 0; r < rows; r++)
            for (var c = 0; c < columns; c++) x.Row(r)[c] += 2 * means[labels[r], c] + 5;
        return (x, labels);
    }

    private static LdaClassifier Fitted(FeatureMatrix x, int[] labels, int classes)
    {
        var lda = new LdaClassifier();
        lda.Fit(x, labels, classes);
        return lda;
    }

    // Normal densities with the pooled covariance, by definition.
    private static double[] Reference(FeatureMatrix x, int[] labels, int classes, double[] query)
    {
        var means = new FeatureMatrix(classes, x.Columns);
        var counts = Enumerable.Range(0, classes).Select(c => labels.Count(l => l == c)).ToArray();
        for (var r = 0; r < x.Rows; r++)
            for (var c = 0; c < x.Columns; c++) means.Row(labels[r])[c] += x[r, c] / counts[labels[r]];
        var pooled = new FeatureMatrix(x.Columns, x.Columns);
        for (var r = 0; r < x.Rows; r++)
            for (var a = 0; a < x.Columns; a++)
                for (var b = 0; b < x.Columns; b++)
                    pooled.Row(a)[b] += (x[r, a] - means[labels[r], a]) * (x[r, b] - means[labels[r], b]) / (x.Rows - classes);
        var inverse = Cholesky.TryFactor(pooled)!.Inverse();
        var scores = new double[classes];
        for (var c = 0; c < classes; c++)
        {
            var d = new FeatureMatrix(1, x.Columns, [.. query.Select((v, i) => v - means[c, i])]);
            scores[c] = (double)counts[c] / x.Rows * Math.Exp(-Product(Product(d, inverse), Transpose(d)).Data[0] / 2);
        }

        return [.. scores.Select(s => s / scores.Sum())];
    }

    [Fact]
    public void PredictProbabilities_NormalClasses_AreTheirPosteriors()
    {
        var (x, labels) = Example();
        var probabilities = Fitted(x, labels, 3).PredictProbabilities(x);
        for (var r = 0; r < x.Rows; r++)
            Close.Assert(Reference(x, labels, 3, x.Row(r).ToArray()), probabilities.Row(r), 1e-9, 0, $"row {r}");
    }

    [Fact]
    public void Projection_Classes_HaveUnitPooledCovarianceAndOneDirectionFewer()
    {
        var (x, labels) = Example();
        var projection = new LdaProjection();
        projection.Fit(x, labels, 3);
        Assert.Equal(2, projection.OutputColumns);
        var projected = projection.Transform(x);
        var pooled = new FeatureMatrix(2, 2);
        for (var k = 0; k < 3; k++)
        {
            var rows = projected.Select([.. Enumerable.Range(0, x.Rows).Where(r => labels[r] == k)]);
            for (var a = 0; a < 2; a++)
                for (var b = 0; b < 2; b++)
                {
                    double Column(int c) => Enumerable.Range(0, rows.Rows).Average(r => rows[r, c]);
                    pooled.Row(a)[b] += Enumerable.Range(0, rows.Rows)
                        .Sum(r => (rows[r, a] - Column(a)) * (rows[r, b] - Column(b))) / (x.Rows - 3);
                }
        }

        Close.Assert(Identity(2).Data, pooled.Data, 1e-10);
        var first = new LdaProjection(1);
        first.Fit(x, labels, 3);
        Close.Assert([.. Enumerable.Range(0, x.Rows).Select(r => projected[r, 0])], first.Transform(x).Data, 1e-12);
    }

    [Fact]
    public void Fit_ConstantAndDuplicatedColumns_ChangeNothing()
    {
        var (x, labels) = Example();
        var wide = new FeatureMatrix(x.Rows, 8);
        for (var r = 0; r < x.Rows; r++)
        {
            x.Row(r).CopyTo(wide.Row(r));
            (wide.Row(r)[5], wide.Row(r)[6], wide.Row(r)[7]) = (3, x[r, 0], x[r, 2]);
        }

        Close.Assert(Fitted(x, labels, 3).PredictProbabilities(x).Data, Fitted(wide, labels, 3).PredictProbabilities(wide).Data,
            1e-8);
    }

    [Fact]
    public void Fit_AbsentClass_HasProbabilityZero()
    {
        var (x, labels) = Example();
        var probabilities = Fitted(x, [.. labels.Select(l => l == 2 ? 3 : l)], 5).PredictProbabilities(x);
        var expected = Fitted(x, labels, 3).PredictProbabilities(x);
        for (var r = 0; r < x.Rows; r++)
            Close.Assert([expected[r, 0], expected[r, 1], 0, expected[r, 2], 0], probabilities.Row(r), 1e-9);
    }

    [Fact]
    public void Fit_MoreColumnsThanRows_TellsTheTrainingRowsApart()
    {
        var (x, labels) = Example(40, 70, 3);
        Assert.Equal(labels, Fitted(x, labels, 3).PredictProbabilities(x).ArgMax());
    }

    [Fact]
    public void LoadState_IntoAnother_PredictsAlike()
    {
        var (x, labels) = Example();
        var (first, second) = (Fitted(x, labels, 4), new LdaClassifier());
        second.LoadState(first.SaveState());
        Assert.Equal((4, 5), (second.Classes, second.Columns));
        Assert.Equal(first.PredictProbabilities(x).Data, second.PredictProbabilities(x).Data);
        var state = new Dictionary<string,
            Engine.Tensors.Serialization.StoredTensor>(first.SaveState())
        { ["priors"] = new(new double[] { 0, 0, 2, 0 }, 4) };
        Assert.Contains("tensor 'priors' holds 2", Message(() => second.LoadState(state)));
    }

    [Fact]
    public void Lda_WrongInput_NamesTheValue()
    {
        Assert.Contains("components is 0", Message(() => _ = new LdaProjection(0)));
        var lda = new LdaClassifier();
        Assert.Contains("not fitted", Message(() => lda.PredictProbabilities(new FeatureMatrix(1, 1))));
        Assert.Contains("all of class 1; it needs two", Message(() => lda.Fit(Normal(4, 2, 1), [1, 1, 1, 1], 2)));
        Assert.Contains("2 rows of 2 classes", Message(() => lda.Fit(Normal(2, 2, 1), [0, 1], 2)));
        Assert.Contains("no spread", Message(() => lda.Fit(new FeatureMatrix(4, 1, [1, 1, 2, 2]), [0, 0, 1, 1], 2)));
        Assert.Contains("means are identical", Message(() => lda.Fit(new FeatureMatrix(4, 1, [1, 2, 1, 2]), [0, 0, 1, 1], 2)));
        Assert.Contains("row 1, column 0 is NaN",
            Message(() => lda.Fit(new FeatureMatrix(3, 1, [1, double.NaN, 2]), [0, 0, 1], 2)));
        lda.Fit(Normal(9, 2, 1), [0, 1, 0, 1, 0, 1, 0, 1, 0], 2);
        Assert.Contains("3 columns but it was fitted on 2", Message(() => lda.PredictProbabilities(new FeatureMatrix(1, 3))));
    }

    private static string Message(Action act) => Assert.Throws<EngineException>(act).Message;
}
