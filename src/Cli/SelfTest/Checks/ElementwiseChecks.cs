using Engine.Tensors;

namespace Engine.Cli.SelfTest.Checks;

/// <summary>Element by element: arithmetic with broadcasting, activations and their gradients, masks.</summary>
internal static class ElementwiseChecks
{
    // Below this a device may round to zero.
    private const double Smallest = 1.2e-38;

    private static readonly (int[] A, int[] B)[] s_broadcasts =
    [
        ([100_003], [100_003]), ([], [5]), ([3, 40], [40]), ([40, 300], [40, 1]), ([2, 3, 4, 20], [3, 1, 1]), ([2, 1, 4], [1, 3, 1]), ([4, 1], [1, 333]),
        ([2, 3, 2, 2, 3, 5], [3, 1, 2, 1, 5]), ([0, 3], [3]),
    ];

    // The operation, its parameter, the range of its inputs, the function, and what rounding may cost: in units of the last
    // place of the result, and besides in units of u. What a GPU's own functions may err by is OpenCL's table.
    private static readonly (UnaryOp Op, float P, double Low, double High, Func<double, double, double> F, double Ulps, Func<double, double> Besides)[] s_unary =
    [
        (UnaryOp.Scale, -1.5f, -9, 9, (x, p) => x * p, 1, _ => 0), (UnaryOp.Offset, 0.25f, -9, 9, (x, p) => x + p, 1, _ => 0),
        (UnaryOp.Relu, 0, -9, 9, (x, _) => x < 0 ? 0 : x, 0, _ => 0), (UnaryOp.LeakyRelu, 0.01f, -9, 9, (x, p) => x < 0 ? x * p : x, 1, _ => 0),
        (UnaryOp.Elu, 1.5f, -9, 9, (x, p) => x < 0 ? p * (Math.Exp(x) - 1) : x, 8, _ => 0),
        (UnaryOp.Gelu, 0, -6, 6, (x, _) => x * Normal(x), 6, x => 6 * Math.Abs(x)), (UnaryOp.Sigmoid, 0, -20, 20, (x, _) => Logistic(x), 8, _ => 0),
        (UnaryOp.Tanh, 0, -9, 9, (x, _) => Math.Tanh(x), 6, _ => 0), (UnaryOp.Softplus, 0, -20, 20, (x, _) => Softplus(x), 8, _ => 0),
        (UnaryOp.Exp, 0, -80, 80, (x, _) => Math.Exp(x), 4, _ => 0), (UnaryOp.Log, 0, 0.001, 50, (x, _) => Math.Log(x), 4, _ => 2),
        (UnaryOp.Sqrt, 0, 0, 50, (x, _) => Math.Sqrt(x), 4, _ => 0), (UnaryOp.Power, 2, -9, 9, Math.Pow, 2, _ => 0), (UnaryOp.Power, 3, -9, 9, Math.Pow, 3, _ => 0),
        (UnaryOp.Power, -1, 0.1, 9, Math.Pow, 4, _ => 0), (UnaryOp.Power, 0.5f, 0.1, 9, Math.Pow, 4, _ => 0), (UnaryOp.Power, 1.7f, 0.1, 9, Math.Pow, 16, _ => 0),
    ];

    // The operation, its parameter, the range of what it saved, the gradient's factor, and its budget in u.
    private static readonly (UnaryOp Op, float P, double Low, double High, Func<double, double, double> F, Func<double, double, double> Budget)[] s_gradients =
    [
        (UnaryOp.LeakyRelu, 0.01f, -9, 9, (x, p) => x > 0 ? 1 : p, (_, f) => 2 * f), (UnaryOp.Elu, 1.5f, -1.5, 9, (y, p) => y < 0 ? y + p : 1, (_, f) => 4 * f),
        (UnaryOp.Gelu, 0, -6, 6, (x, _) => Normal(x) + x * Density(x), (x, _) => 12 * (1 + Math.Abs(x))), (UnaryOp.Sigmoid, 0, 0, 1, (y, _) => y * (1 - y), (y, _) => 4 * y),
        (UnaryOp.Tanh, 0, -1, 1, (y, _) => 1 - y * y, (_, _) => 4), (UnaryOp.Softplus, 0, -20, 20, (x, _) => Logistic(x), (_, f) => 16 * f),
        (UnaryOp.Exp, 0, 0, 90, (y, _) => y, (_, f) => 2 * f), (UnaryOp.Log, 0, 0.1, 9, (x, _) => 1 / x, (_, f) => 8 * f),
        (UnaryOp.Sqrt, 0, 0.1, 9, (y, _) => 0.5 / y, (_, f) => 8 * f), (UnaryOp.Power, 3, -9, 9, (x, p) => p * x * x, (_, f) => 6 * f),
        (UnaryOp.Power, 1.7f, 0.1, 9, (x, p) => p * Math.Pow(x, p - 1), (_, f) => 40 * f),
    ];

    /// <summary>The checks.</summary>
    public static IEnumerable<Check> All { get; } =
    [
        .. Enum.GetValues<BinaryOp>().SelectMany(op => s_broadcasts.Select(c => Binary(op, c.A, c.B))),
        .. Enum.GetValues<BinaryOp>().Select(op => Binary(op, [1023], [1023]) with { Shifted = true }),
        .. s_unary.Select(c => Unary(c.Op, c.P, c.Low, c.High, c.F, c.Ulps, c.Besides)),
        .. s_unary.Where(c => c.Op != UnaryOp.Power || c.P == 2).Select(c => NonFinite(c.Op, c.P, c.F)),
        .. s_gradients.SelectMany(c => new[] { false, true }.Select(inPlace => Gradient(c.Op, c.P, c.Low, c.High, c.F, c.Budget, inPlace))),
        .. new[] { 1, 31, 33, 70_001 }.SelectMany(count => new[] { Bits(count), Mask(count, false), Mask(count, true), AddScaled(count) }),
    ];

    private static Check Binary(BinaryOp op, int[] a, int[] b) => new("Binary", $"{op} [{string.Join(", ", a)}] and [{string.Join(", ", b)}]", p =>
    {
        Shape left = new(a), right = new(b), shape = Shape.Broadcast(left, right, "selftest");
        float[] x = p.Draw(left.Count), y = p.Draw(right.Count, 0.5, 2);
        var expected = new double[shape.Count];
        for (var i = 0; i < expected.Length; i++) expected[i] = Apply(op, x[Place(i, shape, left)], y[Place(i, shape, right)]);
        var result = p.Result(shape.Sizes);
        p.Backend.Binary(op, p.Input(x, a), p.Input(y, b), result);
        p.Expect("result", result, expected, i => (op == BinaryOp.Divide ? 6 : 2) * Probe.U * Math.Abs(expected[i]));
    });

    private static double Apply(BinaryOp op, double a, double b) => op switch
    {
        BinaryOp.Add => a + b,
        BinaryOp.Subtract => a - b,
        BinaryOp.Multiply => a * b,
        _ => a / b,
    };

    // Where element i of the broadcast shape lies in an operand.
    private static int Place(int i, Shape shape, Shape operand)
    {
        int place = 0, stride = 1;
        for (var axis = 1; axis <= operand.Rank; axis++)
        {
            var at = i % shape.Sizes[^axis];
            i /= shape.Sizes[^axis];
            if (operand.Sizes[^axis] != 1) place += at * stride;
            stride *= operand.Sizes[^axis];
        }

        return place;
    }

    private static Check Unary(UnaryOp op, float parameter, double low, double high, Func<double, double, double> f, double ulps, Func<double, double> besides) =>
        new("Unary", $"{op} {parameter} [70001], in place too", p =>
        {
            var x = p.Draw(70_001, low, high);
            var expected = Array.ConvertAll(x, v => f(v, parameter));
            foreach (var inPlace in Probe.Placements)
            {
                var result = inPlace ? p.InOut(x, x.Length) : p.Result(x.Length);
                p.Backend.Unary(op, inPlace ? result : p.Input(x, x.Length), parameter, result);
                p.Expect("result", result, expected, i => Probe.U * (2 * ulps * Math.Abs(expected[i]) + besides(x[i])) + Smallest);
            }
        })
        { Shifted = op is UnaryOp.Relu or UnaryOp.Tanh };

    private static Check NonFinite(UnaryOp op, float parameter, Func<double, double, double> f) => new("Unary", $"{op} {parameter} of NaN and infinities", p =>
    {
        float[] x = [1, float.NaN, float.PositiveInfinity, 2, float.NegativeInfinity, float.NaN, 1];
        // -∞·0 is NaN, and the limit is 0: either will do.
        if (op == UnaryOp.Gelu) x[4] = 3;
        var result = p.Result(x.Length);
        p.Backend.Unary(op, p.Input(x, x.Length), parameter, result);
        p.Expect("result", result, Array.ConvertAll(x, v => f(v, parameter)), _ => 1e-5);
    });

    private static Check Gradient(
        UnaryOp op, float parameter, double low, double high, Func<double, double, double> f, Func<double, double, double> budget, bool inPlace) =>
        new("UnaryGradient", $"{op} {parameter} [3001]{(inPlace ? " in place" : "")}", p =>
        {
            float[] saved = p.Draw(3001, low, high), g = p.Draw(3001);
            var result = inPlace ? p.InOut(g, g.Length) : p.Result(g.Length);
            p.Backend.UnaryGradient(op, p.Input(saved, saved.Length), parameter, inPlace ? result : p.Input(g, g.Length), result);
            var factors = Array.ConvertAll(saved, v => f(v, parameter));
            p.Expect("gradient", result, [.. factors.Zip(g, (a, b) => a * b)], i => Probe.U * Math.Abs(g[i]) * Math.Abs(budget(saved[i], factors[i])) + Smallest);
        });

    // Also of what is no number: only ±0 is zero.
    private static Check Bits(int count) => new("NonZeroBits", $"[{count}]", p =>
    {
        var x = Array.ConvertAll(p.Draw(count), v => v < -0.5f ? -0f : v < 0 ? 0 : v > 0.9f ? float.NaN : v);
        var result = p.IndexResult((count + 31) / 32);
        p.Backend.NonZeroBits(p.Input(x, count), result);
        p.ExpectExactly("bits", p.Indices([.. result.ToIndices().Select((word, w) => word & Valid(w, count))], result.Count), Pack(x));
    });

    private static Check Mask(int count, bool inPlace) => new("MaskGradient", $"[{count}]{(inPlace ? " in place" : "")}", p =>
    {
        float[] x = Array.ConvertAll(p.Draw(count), v => Math.Max(0, v)), g = p.Draw(count);
        g[^1] = float.NaN;
        var result = inPlace ? p.InOut(g, count) : p.Result(count);
        p.Backend.MaskGradient(p.Indices(Pack(x), (count + 31) / 32), inPlace ? result : p.Input(g, count), result);
        p.ExpectExactly("gradient", result, [.. x.Zip(g, (v, w) => v == 0 ? 0 : w)]);
    })
    { Shifted = inPlace };

    private static Check AddScaled(int count) => new("AddScaled", $"[{count}]", p =>
    {
        float[] x = p.Draw(count), y = p.Draw(count);
        var target = p.InOut(y, count);
        p.Backend.AddScaled(p.Input(x, count), -0.3f, target);
        p.Expect("sum", target, [.. x.Zip(y, (v, w) => w + (double)-0.3f * v)], i => 2 * Probe.U * (Math.Abs(x[i]) + Math.Abs(y[i])));
    });

    private static int[] Pack(float[] x)
    {
        var words = new int[(x.Length + 31) / 32];
        for (var i = 0; i < x.Length; i++)
        {
            if (x[i] != 0) words[i / 32] |= 1 << (i % 32);
        }

        return words;
    }

    // The bits of a word that stand for elements.
    private static int Valid(int word, int count) => count - 32 * word >= 32 ? -1 : (1 << (count - 32 * word)) - 1;

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    private static double Softplus(double x) => double.IsNaN(x) ? x : Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    private static double Density(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);

    // The normal distribution function by the series x + x³/3 + x⁵/15 + ..., whose terms are all of one sign.
    private static double Normal(double x)
    {
        if (double.IsNaN(x)) return x;
        if (Math.Abs(x) > 12) return x > 0 ? 1 : 0;
        double term = x, sum = x;
        for (var n = 1; n < 300; n++)
        {
            term *= x * x / (2 * n + 1);
            sum += term;
        }

        return 0.5 + Density(x) * sum;
    }
}
