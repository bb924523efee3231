using Engine.Classifiers;
using Engine.Classifiers.Knn;
using Engine.Tensors;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Classifiers;

[EveryInstructionSet]
public class KnnClassifierTests
{
    private static readonly Dictionary<KnnMetric, Func<double[], double[], double>> s_references = new()
    {
        [KnnMetric.Euclidean] = ReferenceDistance.Euclidean,
        [KnnMetric.Manhattan] = ReferenceDistance.Manhattan,
        [KnnMetric.Chebyshev] = ReferenceDistance.Chebyshev,
        [KnnMetric.Cosine] = ReferenceDistance.Cosine,
    };

    public static TheoryData<KnnMetric> VectorMetrics => [.. s_references.Keys];

    private static FeatureMatrix StandardTest() => new(200, 57, GtzanReference.Doubles("standard_test"));

    private static int[] TestLabels() => GtzanReference.Ints("labels_test");

    private static FeatureMatrix Random(int rows, int columns, ulong seed)
    {
        var random = new RandomStream(seed, "knn test");
        return new FeatureMatrix(rows, columns, [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextGaussian())]);
    }

    private static KnnClassifier Fitted(FeatureMatrix x, int[] labels, int classes, KnnOptions options)
    {
        var knn = new KnnClassifier(options);
        knn.Fit(x, labels, classes);
        return knn;
    }

    [Theory]
    [MemberData(nameof(VectorMetrics))]
    public void Neighbors_GtzanRows_MatchReference(KnnMetric metric)
    {
        var all = StandardTest();
        var train = all.Select(Enumerable.Range(0, 150).ToArray());
        var queries = all.Select(Enumerable.Range(150, 50).ToArray());
        AssertNeighbors(metric, train, queries, 7);
    }

    [Theory]
    [MemberData(nameof(VectorMetrics))]
    public void Neighbors_EverySmallShape_MatchReference(KnnMetric metric)
    {
        for (var rows = 1; rows <= 18; rows++)
        {
            foreach (var columns in new[] { 1, 2, 3, 8, 13 })
                AssertNeighbors(metric, Random(rows, columns, (ulong)rows), Random(3, columns, 99), rows);
        }
    }

    [Theory]
    [MemberData(nameof(VectorMetrics))]
    public void Neighbors_MoreRowsThanATile_MatchReference(KnnMetric metric)
    {
        // 600 columns leave a tile 16 rows, 300 leave it 48; k reaches over several.
        AssertNeighbors(metric, Random(101, 600, 1), Random(35, 600, 2), 50);
        AssertNeighbors(metric, Random(101, 300, 1), Random(17, 300, 2), 5);
    }

    // Few queries go to the exhaustive search, many to the matrix product: it must find the same, bit for bit.
    private static void AssertProductIsExhaustive(KnnMetric metric, FeatureMatrix train, FeatureMatrix queries, int k)
    {
        Assert.True(ProductSearch<Euclidean>.PaysFor(queries.Rows, train.Rows, k)
            && !ProductSearch<Euclidean>.PaysFor(1, train.Rows, k));
        var knn = Fitted(train, new int[train.Rows], 1, new KnnOptions { K = 1, Metric = metric });
        var all = knn.Neighbors(queries, k);
        for (var q = 0; q < queries.Rows; q++)
        {
            var one = knn.Neighbors(queries.Select([q]), k);
            Assert.Equal(one.Indices, all.Row(q).ToArray());
            Assert.Equal(one.Distances.Data, all.Distances.Row(q).ToArray());
        }
    }

    [Theory]
    [InlineData(KnnMetric.Euclidean)]
    [InlineData(KnnMetric.Cosine)]
    public void Neighbors_ManyQueriesAmongManyRows_AreTheExhaustiveOnes(KnnMetric metric)
    {
        AssertProductIsExhaustive(metric, Random(2100, 19, 1), Random(200, 19, 2), 5);
        AssertProductIsExhaustive(metric, Random(1100, 3, 3), Random(400, 3, 4), 40);
        // Whole numbers: most distances are equal to others.
        FeatureMatrix Rounded(int rows, ulong seed) =>
            new(rows, 2, [.. Random(rows, 2, seed).Data.Select(v => Math.Round(2 * v))]);
        AssertProductIsExhaustive(metric, Rounded(1500, 5), Rounded(200, 6), 7);
    }

    [Theory]
    [InlineData(1e8, 1e-3)]
    [InlineData(0, 1e-200)]
    [InlineData(0, 1e200)]
    [InlineData(1, 1e-9)]
    public void Neighbors_ManyRowsFarAwayOrOfOddSize_AreTheExhaustiveOnes(double offset, double spread)
    {
        FeatureMatrix Moved(int rows, ulong seed) =>
            new(rows, 4, [.. Random(rows, 4, seed).Data.Select(v => offset + spread * v)]);
        var train = Moved(1500, 7);
        // One row far outside: it sets the scale of the single-precision product.
        train.Row(3)[0] += 1e5 * spread;
        AssertProductIsExhaustive(KnnMetric.Euclidean, train, Moved(180, 8), 5);
        var far = Moved(180, 9);
        far.Row(7)[1] += 1e13 * spread;
        AssertProductIsExhaustive(KnnMetric.Euclidean, train, far, 5);
    }

    private static void AssertNeighbors(KnnMetric metric, FeatureMatrix train, FeatureMatrix queries, int k)
    {
        var neighbors = Fitted(train, new int[train.Rows], 1, new KnnOptions { K = 1, Metric = metric }).Neighbors(queries, k);
        for (var q = 0; q < queries.Rows; q++)
        {
            var query = queries.Row(q).ToArray();
            var reference = Enumerable.Range(0, train.Rows).Select(t => s_references[metric](query, train.Row(t).ToArray()))
                .ToArray();
            var expected = reference.Order().Take(k).ToArray();
            Close.Assert(expected, neighbors.Distances.Row(q), 1e-12, 1e-12, $"{metric} row {q}");
            // The same rows, unless two are as good as equally far.
            Close.Assert(expected, [.. neighbors.Row(q).ToArray().Select(t => reference[t])], 1e-12, 1e-12,
                $"{metric} indices of row {q}");
            Assert.Equal(k, neighbors.Row(q).ToArray().Distinct().Count());
        }
    }

    [Fact]
    public void Neighbors_EqualDistances_LowerTrainingRowIsNearer()
    {
        var x = new FeatureMatrix(20, 1, [.. Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? 1.0 : -1.0)]);
        foreach (var metric in s_references.Keys.Where(m => m != KnnMetric.Cosine))
        {
            var neighbors = Fitted(x, new int[20], 1, new KnnOptions { Metric = metric })
                .Neighbors(new FeatureMatrix(1, 1, [0.0]), 12);
            Assert.Equal(Enumerable.Range(0, 12), neighbors.Indices);
        }
    }

    [Fact]
    public void Neighbors_ZeroRow_IsAtCosineDistanceOne()
    {
        var knn = Fitted(new FeatureMatrix(2, 2, [0, 0, 3, 4]), [0, 1], 2, new KnnOptions { K = 1, Metric = KnnMetric.Cosine });
        Close.Assert([0, 1], knn.Neighbors(new FeatureMatrix(1, 2, [6, 8]), 2).Distances.Data, 1e-15);
        Assert.Equal([1.0, 1.0], knn.Neighbors(new FeatureMatrix(1, 2), 2).Distances.Data);
    }

    [Theory]
    [MemberData(nameof(VectorMetrics))]
    public void Neighbors_OneOrManyThreads_SameBits(KnnMetric metric)
    {
        var knn = Fitted(Random(1333, 21, 1), new int[1333], 1, new KnnOptions { Metric = metric });
        var queries = Random(400, 21, 2);
        knn.Threads = 1;
        var one = knn.Neighbors(queries, 9);
        knn.Threads = 4;
        var many = knn.Neighbors(queries, 9);
        Assert.Equal(one.Indices, many.Indices);
        Assert.Equal(one.Distances.Data, many.Distances.Data);
    }

    [Theory]
    [MemberData(nameof(VectorMetrics))]
    public void Predict_OneNeighbour_RecallsTrainingLabels(KnnMetric metric)
    {
        // Random rows: the real ones hold one recording twice, as metal and as rock.
        var (x, labels) = (Random(200, 57, 4), TestLabels());
        Assert.Equal(labels, Fitted(x, labels, 10, new KnnOptions { K = 1, Metric = metric }).PredictProbabilities(x).ArgMax());
    }

    [Fact]
    public void PredictProbabilities_UniformVotes_AreSharesAndTiesGoToTheLowerLabel()
    {
        var knn = Fitted(new FeatureMatrix(4, 1, [0, 1, 2, 3]), [2, 1, 1, 2], 3, new KnnOptions { K = 4 });
        var probabilities = knn.PredictProbabilities(new FeatureMatrix(1, 1, [0]));
        Assert.Equal([0, 0.5, 0.5], probabilities.Data);
        Assert.Equal([1], probabilities.ArgMax());
    }

    [Fact]
    public void PredictProbabilities_DistanceVotes_WeighByInverseDistance()
    {
        var knn = Fitted(new FeatureMatrix(3, 1, [1, 2, 4]), [0, 1, 1], 2, new KnnOptions { K = 3, Votes = KnnVotes.Distance });
        Close.Assert([4.0 / 7, 3.0 / 7], knn.PredictProbabilities(new FeatureMatrix(1, 1, [0])).Data, 1e-15);
    }

    [Fact]
    public void PredictProbabilities_DistanceZero_OnlySuchNeighboursVote()
    {
        var knn = Fitted(new FeatureMatrix(5, 1, [1, 1, 1, 1.5, 9]), [0, 1, 1, 0, 0], 2,
            new KnnOptions { K = 4, Votes = KnnVotes.Distance });
        Close.Assert([1.0 / 3, 2.0 / 3], knn.PredictProbabilities(new FeatureMatrix(1, 1, [1])).Data, 1e-15);
    }

    [Fact]
    public void PredictProbabilities_DistancesBeyondDouble_StillSumToOne()
    {
        var x = new FeatureMatrix(2, 1, [1.7e308, 1.6e308]);
        foreach (var votes in Enum.GetValues<KnnVotes>())
        {
            var far = Fitted(x, [0, 1], 2, new KnnOptions { K = 2, Votes = votes })
                .PredictProbabilities(new FeatureMatrix(1, 1, [-1.7e308]));
            Close.Assert([0.5, 0.5], far.Data, 0);
        }

        var tiny = Fitted(new FeatureMatrix(2, 1, [5e-324, 1e-323]), [0, 1], 2,
            new KnnOptions { K = 2, Votes = KnnVotes.Distance, Metric = KnnMetric.Manhattan });
        Close.Assert([2.0 / 3, 1.0 / 3], tiny.PredictProbabilities(new FeatureMatrix(1, 1)).Data, 1e-15);
    }

    [Fact]
    public void PredictProbabilities_PermutedQueries_PermutedRows()
    {
        var knn = Fitted(StandardTest(), TestLabels(), 10, new KnnOptions { Votes = KnnVotes.Distance });
        var queries = Random(40, 57, 5);
        var straight = knn.PredictProbabilities(queries);
        Prop.ForAll(Gen.Shuffle(Enumerable.Range(0, 40).ToArray()).ToArbitrary(), order =>
        {
            var permuted = knn.PredictProbabilities(queries.Select(order));
            return permuted.Data.SequenceEqual(straight.Select(order).Data);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(KnnMetric.Euclidean)]
    [InlineData(KnnMetric.Cosine)]
    public void LoadState_IntoAnother_PredictsAlike(KnnMetric metric)
    {
        var options = new KnnOptions { Metric = metric, Votes = KnnVotes.Distance };
        var first = Fitted(StandardTest(), TestLabels(), 12, options);
        var second = new KnnClassifier(options);
        second.LoadState(first.SaveState());
        Assert.Equal((12, 57), (second.Classes, second.Columns));
        var queries = Random(30, 57, 3);
        Assert.Equal(first.PredictProbabilities(queries).Data, second.PredictProbabilities(queries).Data);
    }

    [Fact]
    public void LoadState_WrongTensors_NamesThem()
    {
        var state = new Dictionary<string, StoredTensor>(Fitted(Random(6, 2, 1), [0, 1, 0, 1, 0, 1], 2, new KnnOptions())
            .SaveState());
        AssertThrows("labels", new(new int[5], 5), "tensor 'labels' is I32 [5]; expected I32 [6]");
        AssertThrows("labels", new(new[] { 0, 0, 0, 0, 0, 7 }, 6), "label 7 is outside [0, 2)");
        AssertThrows("train", new(new float[12], 6, 2), "tensor 'train' is F32 [6, 2]; expected F64 [any, any]");
        AssertThrows("classes", new(new int[2], 2), "tensor 'classes' is I32 [2]; expected I32 [1]");
        state.Remove("train");
        Assert.Contains("tensor 'train' is missing", Message(() => new KnnClassifier(new KnnOptions()).LoadState(state)));

        void AssertThrows(string name, StoredTensor tensor, string message) =>
            Assert.Contains(message,
                Message(() => new KnnClassifier(new KnnOptions()).LoadState(
                    new Dictionary<string, StoredTensor>(state) { [name] = tensor })));
    }

    [Fact]
    public void Knn_WrongInput_NamesTheValue()
    {
        Assert.Contains("k is 0; it must be at least 1", Message(() => _ = new KnnClassifier(new KnnOptions { K = 0 })));
        Assert.Contains("metric 17", Message(() => _ = new KnnClassifier(new KnnOptions { Metric = (KnnMetric)17 })));
        var knn = new KnnClassifier(new KnnOptions { K = 2 });
        Assert.Contains("not fitted", Message(() => knn.PredictProbabilities(new FeatureMatrix(1, 1))));
        Assert.Contains("not fitted", Message(() => knn.SaveState()));
        Assert.Contains("k is 2 but there are only 1 training rows", Message(() => knn.Fit(new FeatureMatrix(1, 1), [0], 1)));
        Assert.Contains("2 rows but 1 labels", Message(() => knn.Fit(new FeatureMatrix(2, 1), [0], 1)));
        Assert.Contains("no columns", Message(() => knn.Fit(new FeatureMatrix(2, 0), [0, 0], 1)));
        Assert.Contains("label -1 is outside [0, 3)", Message(() => knn.Fit(new FeatureMatrix(2, 1), [0, -1], 3)));
        Assert.Contains("row 0, column 1 is Infinity",
            Message(() => knn.Fit(new FeatureMatrix(2, 2, [0, double.PositiveInfinity, 0, 0]), [0, 0], 1)));
        knn.Fit(new FeatureMatrix(2, 2), [0, 0], 1);
        Assert.Contains("3 columns but it was fitted on 2", Message(() => knn.PredictProbabilities(new FeatureMatrix(1, 3))));
        Assert.Contains("3 neighbours were requested; there are 2", Message(() => knn.Neighbors(new FeatureMatrix(1, 2), 3)));
        Assert.Contains("row 0, column 0 is NaN",
            Message(() => knn.PredictProbabilities(new FeatureMatrix(1, 2, [double.NaN, 0]))));
        Assert.Empty(knn.PredictProbabilities(new FeatureMatrix(0, 2)).Data);
    }

    [Fact]
    public void Fit_RowsChangedAfterwards_DoesNotMatter()
    {
        var x = Random(5, 2, 1);
        var knn = Fitted(x, [0, 1, 0, 1, 0], 2, new KnnOptions { K = 1 });
        var original = x.Data.ToArray();
        x.Data.AsSpan().Clear();
        Assert.Equal(original, ((double[])knn.SaveState()["train"].Data));
    }

    private static string Message(Action act) => Assert.Throws<EngineException>(act).Message;
}
