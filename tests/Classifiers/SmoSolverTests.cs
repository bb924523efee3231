using Engine.Classifiers;
using Engine.Classifiers.Svm;
using Engine.Tensors;
using Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Classifiers;

/// <summary>
/// The dual problem, checked by what certifies a solution whoever found it: the constraints, and a primal objective (plain double
/// loops in <see cref="ReferenceSvm"/>) that is no larger than the dual one by more than the tolerance allows.
/// </summary>
public class SmoSolverTests
{
    private static FeatureMatrix Random(int rows, int columns, ulong seed)
    {
        var random = new RandomStream(seed, "smo test");
        return new FeatureMatrix(rows, columns, [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextGaussian())]);
    }

    private static double[] Squares(FeatureMatrix x) =>
        [.. Enumerable.Range(0, x.Rows).Select(r => DotProduct.Of(x.Row(r), x.Row(r)))];

    private static SmoSolution Solve(
        FeatureMatrix x, int positives, KernelFunction kernel, SmoSettings settings, int slots = int.MaxValue,
        bool computed = false)
    {
        using var gram = computed ? null : GramMatrix.Of(x, Squares(x), kernel, 1);
        var memory = new float[KernelRowCache.MemoryFor(x.Rows,
            (long)Math.Min(slots, x.Rows) * (x.Rows + 7) / 8 * 8 * sizeof(float))];
        return new SmoSolver((IKernelRows?)gram ?? new ComputedRows(x, Squares(x), kernel), [.. Enumerable.Range(0, positives)],
            [.. Enumerable.Range(positives, x.Rows - positives)], settings, memory).Solve();
    }

    private static void AssertSolved(
        SmoSolution solution, FeatureMatrix x, int positives, Func<double[], double[], double> kernel, SmoSettings settings)
    {
        Assert.True(solution.Converged, $"gap {solution.Gap} after {solution.Iterations} steps");
        for (var k = 0; k < x.Rows; k++)
        {
            Assert.InRange(solution.Weights[k], k < positives ? 0 : -settings.NegativeBound,
                k < positives ? settings.PositiveBound : 0);
        }

        var total = solution.Weights.Sum(Math.Abs);
        Close.Assert([0], [solution.Weights.Sum()], 1e-12 * total, 0, "sum of the weights");
        var (primal, dual, magnitude) =
            ReferenceSvm.Objectives(x, positives, kernel, solution.Weights, solution.Rho, settings.PositiveBound,
                settings.NegativeBound);

        // Each row's hinge is off by the tolerance at most; the kernel's rounding to single precision, 2⁻²⁴, adds its share.
        var rounding = magnitude / (1 << 24) + 1e-9;
        var slack = settings.Tolerance * (positives * settings.PositiveBound + (x.Rows - positives) * settings.NegativeBound);
        Assert.InRange(primal - dual, -rounding, slack + 2 * rounding);
        Close.Assert([-dual], [solution.Objective], rounding, 0, "objective");
    }

    [Fact]
    public void Solve_RandomProblems_ClosesTheDualityGap()
    {
        var problems = from size in Gen.Choose(2, 120)
                       from share in Gen.Choose(1, 99)
                       from columns in Gen.Choose(1, 9)
                       from c in Gen.Elements(0.01, 1.0, 30.0)
                       from ratio in Gen.Elements(0.2, 1.0, 5.0)
                       from shrinking in Gen.Elements(true, false)
                       from seed in Gen.Choose(0, 1000)
                       select (Rows: size, Positives: Math.Clamp(size * share / 100, 1, size - 1), columns, c, ratio, shrinking,
                           seed);
        Prop.ForAll(problems.ToArbitrary(), p =>
        {
            var x = Random(p.Rows, p.columns, (ulong)p.seed);
            var settings = new SmoSettings(p.c, p.c * p.ratio, 1e-4, 1_000_000, p.shrinking);
            AssertSolved(Solve(x, p.Positives, new(SvmKernel.Rbf, 0.3, 0, 3), settings), x, p.Positives, ReferenceSvm.Rbf(0.3),
                settings);
            AssertSolved(Solve(x, p.Positives, new(SvmKernel.Polynomial, 0.2, 1, 3), settings), x, p.Positives,
                ReferenceSvm.Polynomial(0.2, 1, 3), settings);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Solve_TwoPoints_IsTheHandComputedSolution()
    {
        // x = 3 and x = -1: the widest margin is w = 1/2, b = -1/2; both weights are w / 4 · 2 = 1/8.
        var solution = Solve(new FeatureMatrix(2, 1, [3, -1]), 1, new(SvmKernel.Linear, 1, 0, 1), new(10, 10, 1e-6, 100, true));
        Close.Assert([0.125, -0.125], solution.Weights, 1e-7);
        Close.Assert([0.5, -0.125], [solution.Rho, solution.Objective], 1e-6);
    }

    [Fact]
    public void Solve_BothAtTheirBounds_ThresholdIsMidway()
    {
        var solution = Solve(new FeatureMatrix(2, 1, [3, -1]), 1, new(SvmKernel.Linear, 1, 0, 1), new(0.1, 0.1, 1e-6, 100, true));
        Assert.Equal([0.1, -0.1], solution.Weights);
        Close.Assert([0.4], [solution.Rho], 1e-6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Solve_OverlappingClasses_ShrinkingKeepsTheSolution(bool computed)
    {
        var x = Random(600, 5, 3);
        var kernel = new KernelFunction(SvmKernel.Rbf, 0.1, 0, 3);
        var settings = new SmoSettings(10, 10, 1e-6, 10_000_000, true);
        var shrunk = Solve(x, 250, kernel, settings, computed: computed);
        var whole = Solve(x, 250, kernel, settings with { Shrinking = false }, computed: computed);
        AssertSolved(shrunk, x, 250, ReferenceSvm.Rbf(0.1), settings);
        Close.Assert([whole.Objective, whole.Rho], [shrunk.Objective, shrunk.Rho], 1e-5, 1e-7);
        Assert.True(whole.Iterations > 2000, "the problem is too easy to shrink");
    }

    [Fact]
    public void Solve_FewCachedRows_SameBits()
    {
        var x = Random(300, 4, 5);
        var kernel = new KernelFunction(SvmKernel.Rbf, 0.2, 0, 3);
        var settings = new SmoSettings(5, 8, 1e-5, 10_000_000, true);
        var all = Solve(x, 140, kernel, settings, computed: true);
        foreach (var slots in new[] { 2, 3, 40 })
        {
            var few = Solve(x, 140, kernel, settings, slots, computed: true);
            Assert.Equal(all.Weights, few.Weights);
            Assert.Equal((all.Rho, all.Iterations, all.Gap), (few.Rho, few.Iterations, few.Gap));
        }
    }

    [Fact]
    public void Solve_TwinRowsOfBothClasses_StopAtTheBound()
    {
        var x = new FeatureMatrix(6, 1, [1, 1, 1, 1, 1, 1]);
        foreach (var kind in Enum.GetValues<SvmKernel>())
        {
            var solution = Solve(x, 3, new(kind, 1, 0, 2), new(2, 2, 1e-3, 1000, true));
            Assert.True(solution.Converged);
            Assert.Equal([2, 2, 2, -2, -2, -2], solution.Weights);
            Close.Assert([0], [solution.Rho], 1e-6);
        }
    }

    [Fact]
    public void Solve_StepsRunOut_ReportsTheGapThatIsLeft()
    {
        var x = Random(200, 3, 1);
        var kernel = new KernelFunction(SvmKernel.Rbf, 0.5, 0, 3);
        foreach (var limit in new[] { 1, 50, 300 })
        {
            var solution = Solve(x, 100, kernel, new(100, 100, 1e-6, limit, true));
            Assert.False(solution.Converged);
            Assert.Equal(limit, solution.Iterations);
            Assert.InRange(solution.Gap, 1e-6, 1000);
            Close.Assert([solution.Gap], [ReferenceSvm.Gap(x, 100, ReferenceSvm.Rbf(0.5), solution.Weights, 100)], 1e-4);
        }
    }

    [Fact]
    public void Solve_Cancelled_Throws()
    {
        var x = Random(50, 3, 1);
        var rows = new ComputedRows(x, Squares(x), new KernelFunction(SvmKernel.Rbf, 0.5, 0, 3));
        var solver = new SmoSolver(rows, [.. Enumerable.Range(0, 25)], [.. Enumerable.Range(25, 25)], new(1, 1, 1e-3, 1000, true),
            new float[50 * 56]);
        Assert.Throws<OperationCanceledException>(() => solver.Solve(new CancellationToken(canceled: true)));
    }
}
