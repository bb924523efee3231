using Engine.Tensors;

namespace Engine.Cli.SelfTest.Checks;

/// <summary>A step of every optimiser's rule, bare and with scaling, clipping and both kinds of weight decay.</summary>
internal static class UpdateChecks
{
    private static readonly UpdateFactors s_bare = new()
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

    /// <summary>The checks.</summary>
    public static IEnumerable<Check> All { get; } =
    [
        .. Enum.GetValues<UpdateRule>().SelectMany(rule => new[]
        {
            Update(rule, "", s_bare, 1), Update(rule, "", s_bare, 70_001), Update(rule, " with everything", Everything, 3001),
            Update(rule, " with everything", Everything, 777) with { Shifted = true },
        }),
    ];

    private static UpdateFactors Everything => s_bare with { GradientScale = 0.5f, Clip = 0.3f, WeightDecay = 0.01f, DirectDecay = 0.02f };

    // A NaN in the gradient is not clipped away.
    private static Check Update(UpdateRule rule, string with, UpdateFactors f, int count) => new("Update", $"{rule}{with} [{count}]", p =>
    {
        float[] g = p.Draw(count), w = p.Draw(count), m = p.Draw(count), v = p.Draw(count, 0.1, 1);
        if (count > 1) g[count / 2] = float.NaN;
        var usesFirst = rule is UpdateRule.Momentum or UpdateRule.Adam or UpdateRule.Adamax or UpdateRule.RmsPropMomentum;
        var usesSecond = rule is not (UpdateRule.Plain or UpdateRule.Momentum);
        var (weights, weightSizes, firsts, firstSizes, seconds, secondSizes) =
            (new double[count], new double[count], new double[count], new double[count], new double[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            var gradient = g[i] * (double)f.GradientScale;
            gradient = double.IsNaN(gradient) ? gradient : Math.Clamp(gradient, -f.Clip, f.Clip);
            var size = Math.Abs(gradient) + Math.Abs((double)f.WeightDecay * w[i]);
            gradient += (double)f.WeightDecay * w[i];
            var (step, stepSize) = Step(rule, f, gradient, size, m[i], v[i], out firsts[i], out firstSizes[i], out seconds[i], out secondSizes[i]);
            weights[i] = w[i] * (1 - (double)f.DirectDecay) - step;
            weightSizes[i] = Math.Abs(w[i]) + stepSize;
        }

        Tensor parameter = p.InOut(w, count), input = p.Input(g, count);
        Tensor? first = usesFirst ? p.InOut(m, count) : null, second = usesSecond ? p.InOut(v, count) : null;
        p.Backend.Update(rule, f, input, parameter, first, second);
        p.Expect("parameter", parameter, weights, i => 8 * Probe.U * weightSizes[i]);
        if (first is not null) p.Expect("first state", first, firsts, i => 8 * Probe.U * firstSizes[i]);
        if (second is not null) p.Expect("second state", second, seconds, i => 8 * Probe.U * secondSizes[i]);
    });

    // The rules as IBackend gives them; sizes are those of the terms, without cancellation.
    private static (double Step, double Size) Step(
        UpdateRule rule, in UpdateFactors f, double g, double size, double m, double v, out double first, out double firstSize, out double second, out double secondSize)
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
