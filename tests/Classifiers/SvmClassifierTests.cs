using Engine.Classifiers;
using Engine.Classifiers.Svm;
using Engine.Tensors;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Classifiers;

public class SvmClassifierTests
{
    /// <summary>Clouds around random centres, labels in turn.</summary>
    private static (FeatureMatrix X, int[] Labels) Clouds(int rows, int columns, int classes, double spread, ulong seed)
    {
        var centres = new RandomStream(1, "svm centres");
        double[] centre = [.. Enumerable.Range(0, classes * columns).Select(_ => spread * centres.NextGaussian())];
        var random = new RandomStream(seed, "svm test");
        int[] labels = [.. Enumerable.Range(0, rows).Select(r => r % classes)];
        return (new FeatureMatrix(rows, columns,
            [.. Enumerable.Range(0, rows * columns)
                .Select(i => centre[labels[i / columns] * columns + i % columns] + random.NextGaussian())]), labels);
    }

    private static SvmClassifier Fitted(FeatureMatrix x, int[] labels, int classes, SvmOptions options, int threads = 0)
    {
        var svm = new SvmClassifier(options) { Threads = threads, Seed = 3, Warn = w => Assert.Fail(w) };
        svm.Fit(x, labels, classes);
        return svm;
    }

    private static double Accuracy(SvmClassifier svm, (FeatureMatrix X, int[] Labels) test) =>
        svm.PredictProbabilities(test.X).ArgMax().Zip(test.Labels).Count(p => p.First == p.Second) / (double)test.Labels.Length;

    [Theory]
    [InlineData(SvmKernel.Rbf)]
    [InlineData(SvmKernel.Linear)]
    [InlineData(SvmKernel.Polynomial)]
    public void PairDecisions_ThreeClasses_AreTheSumsOverTheState(SvmKernel kind)
    {
        var (x, labels) = Clouds(70, 5, 3, 1, 2);
        var options = new SvmOptions { Kernel = kind, C = 2, Gamma = SvmGamma.Of(0.2), Coef0 = 1, Degree = 3 };
        var svm = Fitted(x, labels, 3, options);
        var test = Clouds(19, 5, 3, 1, 3).X;
        Func<double[], double[], double> kernel = kind switch
        {
            SvmKernel.Rbf => ReferenceSvm.Rbf(0.2),
            SvmKernel.Linear => ReferenceSvm.Polynomial(1, 0, 1),
            _ => ReferenceSvm.Polynomial(0.2, 1, 3),
        };
        var state = svm.SaveState();
        var support = (double[])state["support"].Data;
        var (counts, weights, rho) =
            ((int[])state["support_counts"].Data, (double[])state["weights"].Data, (double[])state["rho"].Data);
        var n = counts.Sum();
        var expected = new List<double>();
        for (var r = 0; r < test.Rows; r++)
        {
            var values = Enumerable.Range(0, n).Select(v => kernel(test.Row(r).ToArray(), support[(v * 5)..(v * 5 + 5)]))
                .ToArray();
            foreach (var (a, b, pair) in new[] { (0, 1, 0), (0, 2, 1), (1, 2, 2) })
            {
                double Part(int label, int line) =>
                    Enumerable.Range(counts[..label].Sum(), counts[label]).Sum(v => values[v] * weights[line * n + v]);
                expected.Add(Part(a, b - 1) + Part(b, a) - rho[pair]);
            }
        }

        Close.Assert([.. expected], svm.PairDecisions(test).Data, 1e-10, 1e-10, $"{kind}");
    }

    [Fact]
    public void Fit_EachPair_IsTheProblemOfItsTwoClassesAlone()
    {
        var (x, labels) = Clouds(120, 4, 4, 1, 5);
        var options = new SvmOptions { C = 3, Gamma = SvmGamma.Of(0.1), Tolerance = 1e-7 };
        var all = Fitted(x, labels, 4, options).PairDecisions(x);
        foreach (var (a, b, pair) in new[] { (0, 1, 0), (0, 3, 2), (1, 3, 4), (2, 3, 5) })
        {
            int[] rows = [.. Enumerable.Range(0, 120).Where(r => labels[r] == a || labels[r] == b)];
            var alone = Fitted(x.Select(rows), [.. rows.Select(r => labels[r])], 4, options).PairDecisions(x);
            Close.Assert(alone.Data, [.. Enumerable.Range(0, 120).Select(r => all[r, pair])], 1e-5, 0, $"{a} and {b}");
        }
    }

    [Theory]
    [InlineData(SvmProbabilities.Votes)]
    [InlineData(SvmProbabilities.Margins)]
    [InlineData(SvmProbabilities.Platt)]
    public void Fit_OneOrManyThreads_SameBits(SvmProbabilities probabilities)
    {
        var (x, labels) = Clouds(300, 12, 5, 0.6, 7);
        foreach (var cache in new[] { 1, 512 })
        {
            var options = new SvmOptions
            {
                C = 5,
                Gamma = SvmGamma.Of(0.05),
                Probabilities = probabilities,
                CacheMegabytes = cache
            };
            var (one, many) = (Fitted(x, labels, 5, options, 1), Fitted(x, labels, 5, options));
            Assert.Equal(one.PredictProbabilities(x).Data, many.PredictProbabilities(x).Data);
            foreach (var (name, tensor) in one.SaveState()) Assert.Equal(tensor.Data, many.SaveState()[name].Data);
        }
    }

    [Fact]
    public void Fit_RowsInAnotherOrder_SameDecisions()
    {
        var (x, labels) = Clouds(150, 6, 3, 0.8, 9);
        var options = new SvmOptions { C = 4, Gamma = SvmGamma.Of(0.1), Tolerance = 1e-7 };
        var straight = Fitted(x, labels, 3, options).PairDecisions(x);
        Prop.ForAll(Gen.Shuffle(Enumerable.Range(0, 150).ToArray()).ToArbitrary(), order =>
        {
            var shuffled = Fitted(x.Select(order), [.. order.Select(r => labels[r])], 3, options).PairDecisions(x);
            Close.Assert(straight.Data, shuffled.Data, 1e-5, 0, "decisions");
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Fit_KernelTooLargeForTheCache_SameDecisions()
    {
        // 700 rows take 1.9 MB.
        var (x, labels) = Clouds(700, 9, 2, 0.4, 11);
        var options = new SvmOptions { C = 5, Gamma = SvmGamma.Of(0.1), Tolerance = 1e-7 };
        var whole = Fitted(x, labels, 2, options);
        var rows = Fitted(x, labels, 2, options with { CacheMegabytes = 1 });
        Close.Assert(whole.PairDecisions(x).Data, rows.PairDecisions(x).Data, 1e-5, 0, "decisions");
    }

    [Fact]
    public void PredictProbabilities_Votes_RankAsVotesThenMargins()
    {
        Span<double> shares = new double[4];

        // Votes 1, 2, 2, 1: classes 1 and 2 tie, and the margins prefer 2.
        double[] decisions = [-1, -3, 2, 0.5, -1, 4];
        PairVotes.Rank(decisions, lowestFirst: true, shares);
        Assert.Equal([1, 2, 0, 3], Order(shares));
        PairVotes.Rank(decisions, lowestFirst: false, shares);
        Assert.Equal([2, 1, 0, 3], Order(shares));
        Close.Assert([1], [shares.ToArray().Sum()], 1e-15);

        static int[] Order(Span<double> values)
        {
            var copy = values.ToArray();
            return [.. Enumerable.Range(0, 4).OrderByDescending(c => copy[c])];
        }
    }

    [Fact]
    public void PredictProbabilities_Platt_AreCalibrated()
    {
        // One column, two normal classes at ±1: the true probability is 1 / (1 + e^(-2x)).
        var random = new RandomStream(4, "platt test");
        int[] labels = [.. Enumerable.Range(0, 2000).Select(r => r % 2)];
        var x = new FeatureMatrix(2000, 1, [.. labels.Select(l => (l == 0 ? 1 : -1) + random.NextGaussian())]);
        var svm = Fitted(x, labels, 2,
            new SvmOptions { Kernel = SvmKernel.Linear, C = 0.1, Probabilities = SvmProbabilities.Platt });
        double[] at = [-2, -1, -0.25, 0, 0.25, 1, 2];
        var probabilities = svm.PredictProbabilities(new FeatureMatrix(at.Length, 1, at));
        Close.Assert([.. at.Select(v => 1 / (1 + Math.Exp(-2 * v)))], [.. at.Select((_, r) => probabilities[r, 0])], 0.06, 0,
            "probability");
        for (var r = 0; r < at.Length; r++) Close.Assert([1], [probabilities[r, 0] + probabilities[r, 1]], 1e-12);
    }

    [Fact]
    public void Coupling_ConsistentPairs_RecoversTheClasses()
    {
        var classes = Gen.Choose(2, 8).SelectMany(n => Gen.Choose(1, 1000).ArrayOf(n));
        Prop.ForAll(classes.ToArbitrary(), weights =>
        {
            var p = weights.Select(w => (double)w / weights.Sum()).ToArray();
            var pairs = new FeatureMatrix(p.Length, p.Length);
            for (var i = 0; i < p.Length; i++)
            {
                for (var j = 0; j < p.Length; j++) pairs.Row(i)[j] = p[i] / (p[i] + p[j]);
            }

            var found = new double[p.Length];
            PairwiseCoupling.Solve(pairs, found);
            Close.Assert(p, found, 0.02, 0, "p");
            Close.Assert([1], [found.Sum()], 1e-12);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Sigmoid_Fitted_IsTheMostLikely()
    {
        var random = new RandomStream(8, "sigmoid test");
        var decisions = Enumerable.Range(0, 300).Select(_ => 2 * random.NextGaussian()).ToArray();
        var truth = decisions.Select(f => random.NextDouble() < 1 / (1 + Math.Exp(-1.5 * f + 0.5))).ToArray();
        var fitted = PlattSigmoid.Fit(decisions, truth);
        var (positives, negatives) = (truth.Count(t => t), truth.Count(t => !t));
        double Loss(double a, double b) => decisions.Zip(truth, (f, t) =>
        {
            var (p, target) = (1 / (1 + Math.Exp(a * f + b)), t ? (positives + 1.0) / (positives + 2) : 1 / (negatives + 2.0));
            return -target * Math.Log(p) - (1 - target) * Math.Log(1 - p);
        }).Sum();
        foreach (var (da, db) in new[] { (1e-3, 0.0), (-1e-3, 0), (0, 1e-3), (0, -1e-3) })
        {
            Assert.True(Loss(fitted.A, fitted.B) < Loss(fitted.A + da, fitted.B + db));
        }

        Assert.Equal(0, new PlattSigmoid(1, 0).Probability(1e6));
        Assert.Equal(1, new PlattSigmoid(1, 0).Probability(-1e6));
    }

    [Fact]
    public void Gamma_Rules_AreScikitLearns()
    {
        var (x, labels) = Clouds(40, 3, 2, 1, 1);
        var mean = x.Data.Average();
        Close.Assert([1 / (3 * x.Data.Average(v => (v - mean) * (v - mean)))], [Gamma(SvmGamma.Scale)], 0, 1e-14);
        Assert.Equal(1.0 / 3, Gamma(SvmGamma.Auto));
        Assert.Equal(0.7, Gamma(SvmGamma.Of(0.7)));
        Assert.Equal(["scale", "auto", "0.5"],
            new[] { SvmGamma.Scale, SvmGamma.Auto, SvmGamma.Of(0.5) }.Select(g => g.ToString()));

        double Gamma(SvmGamma gamma) =>
            ((double[])Fitted(x, labels, 2, new SvmOptions { Gamma = gamma }).SaveState()["gamma"].Data)[0];
    }

    [Fact]
    public void ClassWeights_BalancedRule_EqualsTheWeightsWrittenOut()
    {
        var (x, _) = Clouds(60, 3, 2, 0.5, 6);
        int[] labels = [.. Enumerable.Range(0, 60).Select(r => r < 40 ? 0 : 2)];
        var balanced = Fitted(x, labels, 3, new SvmOptions { ClassWeight = ClassWeighting.Balanced });
        var given = Fitted(x, labels, 3, new SvmOptions { ClassWeights = [60.0 / 80, 9, 60.0 / 40] });
        Assert.Equal(balanced.PairDecisions(x).Data, given.PairDecisions(x).Data);
        var weights = (double[])balanced.SaveState()["weights"].Data;
        Assert.Equal((0.75, -1.5), (weights.Max(), weights.Min()));
    }

    [Fact]
    public void Fit_ClassWithoutRows_HasProbabilityZero()
    {
        var (x, labels) = Clouds(60, 3, 2, 1, 6);
        foreach (var probabilities in Enum.GetValues<SvmProbabilities>())
        {
            var svm = Fitted(x, [.. labels.Select(l => l == 0 ? 1 : 4)], 6, new SvmOptions { Probabilities = probabilities });
            var result = svm.PredictProbabilities(x);
            Assert.Equal((6, 2), (svm.Classes, svm.SupportCounts.Count));
            for (var r = 0; r < x.Rows; r++)
            {
                foreach (var c in new[] { 0, 2, 3, 5 }) Assert.Equal(0, result[r, c]);
                Close.Assert([1], [result[r, 1] + result[r, 4]], 1e-12);
            }
        }
    }

    [Fact]
    public void Fit_ConstantColumnsAndTwinRows_ChangeNothing()
    {
        // A column that is 7 everywhere moves no distance, and adds 49·Σβ = 0 to a sum; rows r and r + 2 of each four are twins.
        var (plain, labels) = Clouds(80, 3, 2, 1, 6);
        for (var r = 0; r < 80; r++) plain.Row(r / 4 * 4 + r % 2).CopyTo(plain.Row(r));
        var x = new FeatureMatrix(80, 4);
        for (var r = 0; r < 80; r++)
        {
            plain.Row(r).CopyTo(x.Row(r));
            x.Row(r)[3] = 7;
        }

        foreach (var kernel in new[] { SvmKernel.Rbf, SvmKernel.Linear })
        {
            var options = new SvmOptions { Kernel = kernel, Gamma = SvmGamma.Of(0.2), Tolerance = 1e-7 };
            var decisions = Fitted(x, labels, 2, options).PairDecisions(x).Data;

            // The kernel's values are rounded to single precision: 80 of up to 60, by 2⁻²⁴ each.
            Close.Assert(Fitted(plain, labels, 2, options).PairDecisions(plain).Data, decisions, 80.0 * 60 / (1 << 24), 0,
                $"{kernel}");
            for (var r = 0; r < 80; r += r % 4 == 1 ? 3 : 1) Assert.Equal(decisions[r], decisions[r + 2], 1e-12);
        }

        // Nothing varies: gamma falls back to 1 and nobody can tell the rows apart.
        var flat = Fitted(new FeatureMatrix(4, 2), [0, 1, 0, 1], 2, new SvmOptions());
        Close.Assert([0, 0, 0, 0], flat.PairDecisions(new FeatureMatrix(4, 2)).Data, 1e-6);
    }

    [Fact]
    public void Fit_OneRowOfAClass_CalibratesAllTheSame()
    {
        var (x, labels) = Clouds(31, 3, 2, 3, 6);
        int[] lonely = [.. labels.Select((_, r) => r == 30 ? 1 : 0)];
        var probabilities = Fitted(x, lonely, 2, new SvmOptions { Probabilities = SvmProbabilities.Platt })
            .PredictProbabilities(x);
        Assert.All(probabilities.Data, p => Assert.InRange(p, 0, 1));
    }

    [Fact]
    public void Fit_StepsRunOut_WarnsWithTheGap()
    {
        var (x, labels) = Clouds(90, 4, 3, 0.2, 2);
        var warnings = new List<string>();
        var svm = new SvmClassifier(
            new SvmOptions { C = 100, MaxIterations = 20, Probabilities = SvmProbabilities.Platt })
        { Warn = warnings.Add };
        svm.Fit(x, labels, 3);
        Assert.Equal(3 * (1 + 5), warnings.Count);
        Assert.Matches(@"^SvmClassifier: labels 0 and 1 did not converge in 20 steps: the gap is \d+\.\d+, the tolerance 0\.001\. ", warnings[0]);
        Assert.Contains("labels 0 and 1 (fold 1 of 5 of the calibration) did not converge", warnings[3]);
        Assert.Equal(90 * 3, svm.PredictProbabilities(x).Data.Length);
    }

    [Fact]
    public void Fit_Cancelled_Throws()
    {
        var (x, labels) = Clouds(90, 4, 3, 0.2, 2);
        foreach (var threads in new[] { 0, 1 })
        {
            var svm = new SvmClassifier(new SvmOptions())
            {
                Threads = threads,
                Cancellation = new CancellationToken(canceled: true)
            };
            Assert.Throws<OperationCanceledException>(() => svm.Fit(x, labels, 3));
            Assert.Equal(0, svm.Classes);
        }
    }

    [Theory]
    [InlineData(SvmProbabilities.Votes, false)]
    [InlineData(SvmProbabilities.Platt, false)]
    [InlineData(SvmProbabilities.Votes, true)]
    public void LoadState_IntoAnother_PredictsAlike(SvmProbabilities probabilities, bool pixels)
    {
        var (x, labels) = Clouds(80, 5000, 4, 0.05, 6);
        if (pixels) x = new FeatureMatrix(80, 5000, Array.ConvertAll(x.Data, v => (double)(MathF.Round((float)v * 64) / 255)));
        var options = new SvmOptions { Probabilities = probabilities };
        var first = Fitted(x, labels, 6, options);
        var second = new SvmClassifier(options);
        Assert.Equal(pixels ? "F32" : "F64", first.SaveState()["support"].Type);
        second.LoadState(first.SaveState());
        Assert.Equal((6, 5000), (second.Classes, second.Columns));
        var queries = Clouds(7, 5000, 4, 0.05, 60).X;
        Assert.Equal(first.PredictProbabilities(queries).Data, second.PredictProbabilities(queries).Data);
    }

    [Fact]
    public void LoadState_WrongTensors_NamesThem()
    {
        var (x, labels) = Clouds(6, 2, 2, 1, 6);
        var state = new Dictionary<string, StoredTensor>(Fitted(x, labels, 2, new SvmOptions { C = 1e-3 }).SaveState());
        AssertThrows("support", new(new int[12], 6, 2), "tensor 'support' is I32 [6, 2]; expected F64 [any, any]");
        AssertThrows("support", new(new float[] { 0, 0, 0, float.NaN, 0, 0, 0, 0, 0, 0, 0, 0 }, 6, 2),
            "tensor 'support' holds NaN");
        AssertThrows("support_counts", new(new[] { 3, 4 }, 2),
            "tensor 'support_counts' adds up to 7, but there are 6 support vectors");
        AssertThrows("support_counts", new(new[] { -3, 9 }, 2), "tensor 'support_counts' holds -3");
        AssertThrows("labels", new(new[] { 1, 0 }, 2), "tensor 'labels' holds 0; its values must increase and be in [0, 2)");
        AssertThrows("labels", new(new[] { 0, 2 }, 2), "tensor 'labels' holds 2");
        AssertThrows("weights", new(new double[12], 2, 6), "tensor 'weights' is F64 [2, 6]; expected F64 [1, 6]");
        AssertThrows("rho", new(new[] { double.NaN }, 1), "tensor 'rho' holds NaN");
        AssertThrows("gamma", new(new[] { 0.0 }, 1), "tensor 'gamma' holds 0; it must be above 0");
        Assert.Contains("tensor 'sigmoids' is missing",
            Message(() => new SvmClassifier(new SvmOptions { Probabilities = SvmProbabilities.Platt }).LoadState(state)));
        state.Remove("rho");
        Assert.Contains("tensor 'rho' is missing", Message(() => new SvmClassifier(new SvmOptions()).LoadState(state)));

        void AssertThrows(string name, StoredTensor tensor, string message) =>
            Assert.Contains(message,
                Message(() => new SvmClassifier(new SvmOptions()).LoadState(
                    new Dictionary<string, StoredTensor>(state) { [name] = tensor })));
    }

    [Fact]
    public void Svm_WrongInput_NamesTheValue()
    {
        AssertRefused(new SvmOptions { C = 0 }, "c is 0; it must be above 0");
        AssertRefused(new SvmOptions { C = double.NaN }, "c is NaN");
        AssertRefused(new SvmOptions { Gamma = SvmGamma.Of(-1) }, "gamma is -1");
        AssertRefused(new SvmOptions { Tolerance = 2 }, "tolerance is 2; it must be above 0 and at most 1");
        AssertRefused(new SvmOptions { Degree = 0 }, "degree is 0");
        AssertRefused(new SvmOptions { Coef0 = double.PositiveInfinity }, "coef0 is Infinity");
        AssertRefused(new SvmOptions { MaxIterations = 0 }, "max iterations is 0");
        AssertRefused(new SvmOptions { CacheMegabytes = 0 }, "cache megabytes is 0");
        AssertRefused(new SvmOptions { ClassWeights = [1, 0] }, "class weights[1] is 0");
        AssertRefused(new SvmOptions { Kernel = (SvmKernel)9 }, "kernel 9");
        var svm = new SvmClassifier(new SvmOptions { ClassWeights = [1, 2] });
        Assert.Contains("not fitted", Message(() => svm.PredictProbabilities(new FeatureMatrix(1, 1))));
        Assert.Contains("not fitted", Message(() => svm.SaveState()));
        Assert.Contains("2 rows but 1 labels", Message(() => svm.Fit(new FeatureMatrix(2, 1), [0], 2)));
        Assert.Contains("cannot be fitted on [0, 3]", Message(() => svm.Fit(new FeatureMatrix(0, 3), [], 2)));
        Assert.Contains("cannot be fitted on [2, 0]", Message(() => svm.Fit(new FeatureMatrix(2, 0), [0, 1], 2)));
        Assert.Contains("label 2 is outside [0, 2)", Message(() => svm.Fit(new FeatureMatrix(2, 1), [0, 2], 2)));
        Assert.Contains("all 3 rows have the label 1", Message(() => svm.Fit(new FeatureMatrix(3, 1), [1, 1, 1], 2)));
        Assert.Contains("2 class weights but 3 labels", Message(() => svm.Fit(new FeatureMatrix(2, 1), [0, 1], 3)));
        Assert.Contains("row 1, column 0 is NaN", Message(() => svm.Fit(new FeatureMatrix(2, 1, [0, double.NaN]), [0, 1], 2)));
        Assert.Contains("values of row 0 are too large to be squared",
            Message(() => svm.Fit(new FeatureMatrix(2, 1, [1e200, 0]), [0, 1], 2)));
        Assert.Contains(
            "values of the Linear kernel reach 1E+60 on these rows",
            Message(() => new SvmClassifier(new SvmOptions { Kernel = SvmKernel.Linear }).Fit(new FeatureMatrix(2, 1, [1e30, 0]),
                [0, 1], 2)));
        svm.Fit(new FeatureMatrix(2, 2, [0, 1, 2, 3]), [0, 1], 2);
        Assert.Contains("3 columns but it was fitted on 2", Message(() => svm.PredictProbabilities(new FeatureMatrix(1, 3))));
        Assert.Contains("row 0, column 1 is Infinity",
            Message(() => svm.PredictProbabilities(new FeatureMatrix(1, 2, [0, double.PositiveInfinity]))));
        Assert.Empty(svm.PredictProbabilities(new FeatureMatrix(0, 2)).Data);

        static void AssertRefused(SvmOptions options, string message) =>
            Assert.Contains(message, Message(() => _ = new SvmClassifier(options)));
    }

    [Fact]
    public void Fit_RowsChangedAfterwards_DoesNotMatter()
    {
        var (x, labels) = Clouds(40, 3, 2, 1, 6);
        var svm = Fitted(x, labels, 2, new SvmOptions());
        var before = svm.PairDecisions(new FeatureMatrix(1, 3)).Data[0];
        x.Data.AsSpan().Clear();
        Assert.Equal(before, svm.PairDecisions(new FeatureMatrix(1, 3)).Data[0]);
    }

    private static string Message(Action act) => Assert.Throws<EngineException>(act).Message;
}
