using Engine.Tensors;
using Engine.Tensors.Operators;

namespace Engine.Cli.Cases;

/// <summary>
/// A step of every optimiser's rule, bare and with scaling, clipping and both kinds of weight decay, on one parameter and on
/// many; the squared norms of gradients, and the scale that limits their joint norm.
/// </summary>
internal static class UpdateCases
{
    /// <summary>Factors without scaling, clipping and decay.</summary>
    public static readonly UpdateFactors Bare = new()
    {
        GradientRate = 0.05f,
        StateRate = 0.07f,
        FirstDecay = 0.9f,
        FirstShare = 0.1f,
        SecondDecay = 0.99f,
        SecondShare = 0.01f,
        SecondScale = 1.7f,
        Epsilon = 1e-3f,
    };

    private static readonly UpdateFactors s_everything = Bare with { Clip = 0.3f, DirectDecay = 0.02f };

    // More than fit into one launch, of unrelated sizes.
    private static readonly int[] s_many = [1, 40_000, 3, 257, 10_007, 64, 1, 5, 1023, 2, 4096, 10, 77, 300, 9, 8, 16, 1, 2500];

    /// <summary>The cases to check.</summary>
    public static IEnumerable<OperationCase> All { get; } =
    [
        .. Enum.GetValues<UpdateRule>().SelectMany(rule => new[]
        {
            Update(rule, "", Bare, 1, 0, 1), Update(rule, "", Bare, 1, 0, 70_001),
            Update(rule, " with everything", s_everything, 0.5f, 0.01f, 3001),
            Update(rule, " with everything", s_everything, 0.5f, 0.01f, 777) with { Shifted = true },
            Update(rule, " together", s_everything, 0.5f, 0.01f, s_many),
        }),
        SumSquares(1), SumSquares(100_003), SumSquares(s_many), SumSquares(0, 7, 33) with { Shifted = true },
        ClipScale("[1]", 1, 1, 0.01), ClipScale("[1] within the limit", 1, 1, 10), ClipScale("[1000]", 1000, 1, 3),
        ClipScale("[1000] within the limit", 1000, 1, 100),
        ClipScale("[70] with a sum above the largest float", 70, 3e38f, 1e18), ClipScale("[70] of zeros", 70, 0, 1),
        ClipScale("[300] and NaN", 300, 1, 3, float.NaN),
        ClipScale("[300] and infinity, so NaN", 300, 1, 3, float.PositiveInfinity),
        ClipScale("[33]", 33, 1, 0.5) with { Shifted = true },
    ];

    /// <summary>The case to time.</summary>
    public static IEnumerable<OperationCase> Timed { get; } =
        [Update(UpdateRule.Adam, "", Bare, 1, 0, CaseTable.Long) with { Operation = "Adam", Sizes = $"[{CaseTable.Long}]" }];

    private static OperationCase Update(
        UpdateRule rule, string with, UpdateFactors f, float scale, float weightDecay, params int[] counts) =>
            new("Update", $"{rule}{with} {Listed(counts)}", p =>
    {
        var steps = Array.ConvertAll(counts, count => new Expectation(p, rule, f, scale, weightDecay, count));
        var updates = Array.ConvertAll(steps, s => s.Update);
        var factor = scale == 1 ? null : p.Input([scale], 1);
        if (!p.Run(() => UpdateStep.Find(rule).Run(p.Backend, f, factor, updates))) return;
        foreach (var step in steps) step.Check(p);
    })
            { Bytes = 4.0 * (3 + (rule.HasFirst() ? 2 : 0) + (rule.HasSecond() ? 2 : 0)) * counts.Sum() };

    private static OperationCase SumSquares(params int[] counts) => new("SumSquares", Listed(counts), p =>
    {
        var values = Array.ConvertAll(counts, count => p.Draw(count));
        var sums = Array.ConvertAll(values, x => x.Sum(v => (double)v * v));
        var result = p.Result(counts.Length);
        p.Backend.SumSquares([.. values.Select(x => p.Input(x, x.Length))], result);
        // The terms have one sign, so a plain sum would drift.
        p.Expect("sums", result, sums, k => 4 * Probe.U * Math.Sqrt(Math.Max(1, counts[k])) * sums[k]);
    });

    // Squares up to `most`, and one more that may not be finite.
    private static OperationCase ClipScale(string sizes, int count, float most, double limit, float one = 0) =>
        new("ClipScale", sizes, p =>
    {
        var squares = p.Draw(count, 0.1 * most, most);
        squares[count / 2] += one;
        var sum = squares.Sum(v => (double)v);
        var result = p.Result(1);
        p.Backend.ClipScale(p.Input(squares, count), limit, result);
        var expected = double.IsFinite(sum) ? Math.Min(1, limit / Math.Sqrt(sum)) : double.NaN;
        p.Expect("scale", result, [expected], _ => (4 + 2 * Math.Sqrt(count)) * Probe.U * expected);
    });

    private static string Listed(int[] counts) => counts.Length > 4
        ? $"{counts.Length} of [{counts.Min()}] to [{counts.Max()}]" : $"[{string.Join("], [", counts)}]";

    // One parameter's step: its tensors, and what they must become.
    private sealed class Expectation
    {
        private readonly UpdateRule _rule;
        private readonly UpdateFactors _f;
        private readonly double _scale, _weightDecay;
        private readonly float[] _g, _w, _m, _v;

        public Expectation(Probe p, UpdateRule rule, in UpdateFactors f, float scale, float weightDecay, int count)
        {
            (_rule, _f, _scale, _weightDecay) = (rule, f, scale, weightDecay);
            (_g, _w, _m, _v) = (p.Draw(count), p.Draw(count), p.Draw(count), p.Draw(count, 0.1, 1));
            // A NaN in the gradient is not clipped away.
            if (count > 1) _g[count / 2] = float.NaN;
            Tensor? first = rule.HasFirst() ? p.InOut(_m, count) : null, second = rule.HasSecond() ? p.InOut(_v, count) : null;
            Update = new(p.InOut(_w, count), p.Input(_g, count), first, second) { WeightDecay = weightDecay };
        }

        public ParameterUpdate Update { get; }

        public void Check(Probe p)
        {
            var count = _g.Length;
            double[] weights = new double[count], firsts = new double[count], seconds = new double[count];
            double[] weightSizes = new double[count], firstSizes = new double[count], secondSizes = new double[count];
            for (var i = 0; i < count; i++)
            {
                var gradient = _g[i] * _scale;
                gradient = double.IsNaN(gradient) ? gradient : Math.Clamp(gradient, -_f.Clip, _f.Clip);
                var size = Math.Abs(gradient) + Math.Abs(_weightDecay * _w[i]);
                gradient += _weightDecay * _w[i];
                var (step, stepSize) = Step(
                    _rule, _f, gradient, size, _m[i], _v[i], out firsts[i], out firstSizes[i], out seconds[i],
                    out secondSizes[i]);
                weights[i] = _w[i] * (1 - (double)_f.DirectDecay) - step;
                weightSizes[i] = Math.Abs(_w[i]) + stepSize;
            }

            p.Expect("parameter", Update.Parameter, weights, i => 8 * Probe.U * weightSizes[i]);
            if (Update.First is { } first) p.Expect("first state", first, firsts, i => 8 * Probe.U * firstSizes[i]);
            if (Update.Second is { } second) p.Expect("second state", second, seconds, i => 8 * Probe.U * secondSizes[i]);
        }
    }

    // The rules as IBackend states them; sizes are those of the terms, without cancellation.
    internal static (double Step, double Size) Step(
        UpdateRule rule, in UpdateFactors f, double g, double size, double m, double v, out double first, out double firstSize,
        out double second, out double secondSize)
    {
        (first, second) = (m, v);
        (firstSize, secondSize) = (Math.Abs(m) + size, v + size * size);
        double a = f.GradientRate, b = f.StateRate, epsilon = f.Epsilon;
        switch (rule)
        {
            case UpdateRule.Plain:
                return (a * g, a * size);
            case UpdateRule.Momentum:
                first = f.FirstDecay * m + g;
                return (a * g + b * first, a * size + b * firstSize);
            case UpdateRule.Adam:
                first = m + f.FirstShare * (g - m);
                second = v + f.SecondShare * (g * g - v);
                var divisor = Math.Sqrt(second) * f.SecondScale + epsilon;
                return ((a * g + b * first) / divisor, (a * size + b * firstSize) / divisor);
            case UpdateRule.Adamax:
                first = m + f.FirstShare * (g - m);
                second = double.IsNaN(g) ? g : Math.Max(f.SecondDecay * v, Math.Abs(g) + epsilon);
                return (b * first / second, b * firstSize / second);
            case UpdateRule.Adagrad:
                second = v + g * g;
                return (a * g / (Math.Sqrt(second) + epsilon), a * size / (Math.Sqrt(second) + epsilon));
            case UpdateRule.RmsProp:
                second = v + f.SecondShare * (g * g - v);
                return (a * g / (Math.Sqrt(second) + epsilon), a * size / (Math.Sqrt(second) + epsilon));
            case UpdateRule.RmsPropMomentum:
                second = v + f.SecondShare * (g * g - v);
                var root = Math.Sqrt(second) + epsilon;
                first = f.FirstDecay * m + g / root;
                firstSize = Math.Abs(m) + size / root;
                return (b * first, b * firstSize);
            default:
                throw new ArgumentOutOfRangeException(nameof(rule), $"selftest: no reference for {rule}.");
        }
    }
}
