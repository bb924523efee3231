using Engine.Tensors;
using Engine.Tensors.Operators;
using static Engine.Cli.Cases.UnaryRow;

namespace Engine.Cli.Cases;

/// <summary>Element by element: arithmetic with broadcasting, activations and their gradients, masks.</summary>
internal static class ElementwiseCases
{
    private static readonly (int[] A, int[] B)[] s_broadcasts =
    [
        ([100_003], [100_003]), ([], [5]), ([3, 40], [40]), ([40, 300], [40, 1]), ([2, 3, 4, 20], [3, 1, 1]),
        ([2, 1, 4], [1, 3, 1]), ([4, 1], [1, 333]),
        ([2, 3, 2, 2, 3, 5], [3, 1, 2, 1, 5]), ([0, 3], [3]),
    ];

    /// <summary>
    /// The operations on one element; a new one takes a row here, a struct, and a method of <see cref="Tensor"/>.
    /// </summary>
    public static readonly UnaryRow[] Unary =
    [
        Of<Scale>((x, p) => x.Scale(p), -1.5f, (-9, 9), (x, p) => x * p, 1),
        Of<Shift>((x, p) => x.Shift(p), 0.25f, (-9, 9), (x, p) => x + p, 1),
        Of<Relu>((x, _) => x.Relu(), 0, (-9, 9), (x, _) => x < 0 ? 0 : x, 0),
        Of<LeakyRelu>(
            (x, p) => x.LeakyRelu(p), 0.01f, (-9, 9), (x, p) => x < 0 ? x * p : x, 1,
            (-9, 9), (x, p) => x > 0 ? 1 : p, (_, f) => 2 * f),
        Of<Elu>(
            (x, p) => x.Elu(p), 1.5f, (-9, 9), (x, p) => x < 0 ? p * (Math.Exp(x) - 1) : x, 8,
            (-1.5, 9), (y, p) => y < 0 ? y + p : 1, (_, f) => 4 * f),
        Of<Gelu>(
            (x, _) => x.Gelu(), 0, (-6, 6), (x, _) => x * Normal(x), 6,
            (-6, 6), (x, _) => Normal(x) + x * Density(x), (x, _) => 12 * (1 + Math.Abs(x)), besides: x => 6 * Math.Abs(x)),
        Of<Sigmoid>(
            (x, _) => x.Sigmoid(), 0, (-20, 20), (x, _) => Logistic(x), 8, (0, 1), (y, _) => y * (1 - y), (y, _) => 4 * y),
        Of<Tanh>((x, _) => x.Tanh(), 0, (-9, 9), (x, _) => Math.Tanh(x), 6, (-1, 1), (y, _) => 1 - y * y, (_, _) => 4),
        Of<Softplus>(
            (x, _) => x.Softplus(), 0, (-20, 20), (x, _) => Softplus(x), 8, (-20, 20), (x, _) => Logistic(x), (_, f) => 16 * f),
        Of<HardSwish>(
            (x, _) => x.HardSwish(), 0, (-5, 5), (x, _) => x <= -3 ? 0 : x >= 3 ? x : x * (x + 3) / 6, 4,
            (-5, 5), (x, _) => x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5, (_, _) => 4),
        Of<HardSigmoid>(
            (x, _) => x.HardSigmoid(), 0, (-5, 5), (x, _) => x <= -3 ? 0 : x >= 3 ? 1 : (x + 3) / 6, 3,
            (-0.5, 1.5), (y, _) => y <= 0 || y >= 1 ? 0 : 1.0 / 6, (_, f) => 4 * f),
        Of<Exp>((x, _) => x.Exp(), 0, (-80, 80), (x, _) => Math.Exp(x), 4, (0, 90), (y, _) => y, (_, f) => 2 * f),
        Of<Log>(
            (x, _) => x.Log(), 0, (0.001, 50), (x, _) => Math.Log(x), 4,
            (0.1, 9), (x, _) => 1 / x, (_, f) => 8 * f, besides: _ => 2),
        Of<Sqrt>((x, _) => x.Sqrt(), 0, (0, 50), (x, _) => Math.Sqrt(x), 4, (0.1, 9), (y, _) => 0.5 / y, (_, f) => 8 * f),
        Of<Power>((x, p) => x.Power(p), 2, (-9, 9), Math.Pow, 2),
        Of<Power>((x, p) => x.Power(p), 3, (-9, 9), Math.Pow, 3, (-9, 9), (x, p) => p * x * x, (_, f) => 6 * f),
        Of<Power>((x, p) => x.Power(p), -1, (0.1, 9), Math.Pow, 4),
        Of<Power>((x, p) => x.Power(p), 0.5f, (0.1, 9), Math.Pow, 4),
        Of<Power>(
            (x, p) => x.Power(p), 1.7f, (0.1, 9), Math.Pow, 16, (0.1, 9), (x, p) => p * Math.Pow(x, p - 1), (_, f) => 40 * f),
    ];

    /// <summary>The operations on two elements, and the error allowed each, in u of its result.</summary>
    public static readonly BinaryRow[] Binary =
    [
        BinaryRow.Of<Add>((a, b) => a + b, 2), BinaryRow.Of<Subtract>((a, b) => a - b, 2),
        BinaryRow.Of<Multiply>((a, b) => a * b, 2), BinaryRow.Of<Divide>((a, b) => a / b, 6),
    ];

    /// <summary>The cases to check.</summary>
    public static IEnumerable<OperationCase> All { get; } =
    [
        .. Binary.SelectMany(row => s_broadcasts.Select(c => Pairs(row, c.A, c.B))),
        .. Binary.Select(row => Pairs(row, [1023], [1023]) with { Shifted = true }),
        .. Unary.Select(row => Map(row, 70_001)),
        .. Unary.Where(row => row.Name != nameof(Power) || row.P == 2).Select(NonFinite),
        .. Unary.Where(row => row.Gradient is not null).SelectMany(row => new[] { Gradient(row, false), Gradient(row, true) }),
        .. new[] { 1, 31, 33, 70_001 }.SelectMany(
            count => new[] { Bits(count), Mask(count, false), Mask(count, true), AddScaled(count) }),
    ];

    /// <summary>The cases to time, by their operators' names.</summary>
    public static IEnumerable<OperationCase> Timed { get; } =
    [
        Named(Binary[0].Name, Pairs(Binary[0], [CaseTable.Long], [CaseTable.Long])),
        .. Unary.DistinctBy(row => row.Name).Select(row => Named(row.Name, Map(row, CaseTable.Long))),
    ];

    private static OperationCase Named(string name, OperationCase operation) =>
        operation with { Operation = name, Sizes = $"[{CaseTable.Long}]", Shifted = false };

    private static OperationCase Pairs(BinaryRow row, int[] a, int[] b) =>
        new("Binary", $"{row.Name} {new Shape(a)} and {new Shape(b)}", p =>
    {
        Shape left = new(a), right = new(b), shape = Shape.Broadcast(left, right, "selftest");
        float[] x = p.Draw(left.Count), y = p.Draw(right.Count, 0.5, 2);
        Tensor first = p.Input(x, a), second = p.Input(y, b), result = p.Result(shape.Sizes);
        if (!p.Run(() => row.Run(p.Backend, first, second, result))) return;
        var expected = new double[shape.Count];
        for (var i = 0; i < expected.Length; i++) expected[i] = row.F(x[Place(i, shape, left)], y[Place(i, shape, right)]);
        p.Expect("result", result, expected, i => row.Units * Probe.U * Math.Abs(expected[i]));
    })
        { Bytes = 4.0 * (new Shape(a).Count + new Shape(b).Count + Shape.Broadcast(new(a), new(b), "selftest").Count) };

    /// <summary>Where element i of a broadcast shape lies in an operand.</summary>
    public static int Place(int i, Shape shape, Shape operand)
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

    private static OperationCase Map(UnaryRow row, int count) => new("Unary", $"{row.Name} {row.P} [{count}], in place too", p =>
    {
        var x = p.Draw(count, row.Low, row.High);
        foreach (var inPlace in Probe.Placements)
        {
            var result = inPlace ? p.InOut(x, count) : p.Result(count);
            var input = inPlace ? result : p.Input(x, count);
            if (!p.Run(() => row.Run(p.Backend, input, result))) return;
            p.Expect("result", result, Array.ConvertAll(x, v => row.F(v)), i => row.Budget(x[i]));
        }
    })
    { Shifted = row.Name is nameof(Relu) or nameof(Tanh), Bytes = 8.0 * count };

    private static OperationCase NonFinite(UnaryRow row) => new("Unary", $"{row.Name} {row.P} of NaN and infinities", p =>
    {
        float[] x = [1, float.NaN, float.PositiveInfinity, 2, float.NegativeInfinity, float.NaN, 1];
        // -∞·0 is NaN and the limit is 0, so either is accepted.
        if (row.Name == nameof(Gelu)) x[4] = 3;
        var result = p.Result(x.Length);
        row.Run(p.Backend, p.Input(x, x.Length), result);
        p.Expect("result", result, Array.ConvertAll(x, v => row.F(v)), _ => 1e-5);
    });

    private static OperationCase Gradient(UnaryRow row, bool inPlace) => new(
        "UnaryGradient", $"{row.Name} {row.P} [3001]{(inPlace ? " in place" : "")}", p =>
    {
        var gradient = row.Gradient!;
        float[] saved = p.Draw(3001, gradient.Low, gradient.High), g = p.Draw(3001);
        var result = inPlace ? p.InOut(g, g.Length) : p.Result(g.Length);
        gradient.Run(p.Backend, p.Input(saved, saved.Length), inPlace ? result : p.Input(g, g.Length), result);
        double[] expected = [.. saved.Zip(g, (s, v) => gradient.Factor(s) * v)];
        p.Expect("gradient", result, expected, i => Math.Abs(g[i]) * gradient.Budget(saved[i]) + UnaryRow.Smallest);
    });

    // Includes NaN: only ±0 is zero.
    private static OperationCase Bits(int count) => new("NonZeroBits", $"[{count}]", p =>
    {
        var x = Array.ConvertAll(p.Draw(count), v => v < -0.5f ? -0f : v < 0 ? 0 : v > 0.9f ? float.NaN : v);
        var result = p.IndexResult((count + 31) / 32);
        p.Backend.NonZeroBits(p.Input(x, count), result);
        p.ExpectExactly("bits", p.Indices([.. result.ToIndices().Select((word, w) => word & Valid(w, count))], result.Count),
            Pack(x));
    });

    private static OperationCase Mask(int count, bool inPlace) =>
        new("MaskGradient", $"[{count}]{(inPlace ? " in place" : "")}", p =>
    {
        float[] x = Array.ConvertAll(p.Draw(count), v => Math.Max(0, v)), g = p.Draw(count);
        g[^1] = float.NaN;
        var result = inPlace ? p.InOut(g, count) : p.Result(count);
        p.Backend.MaskGradient(p.Indices(Pack(x), (count + 31) / 32), inPlace ? result : p.Input(g, count), result);
        p.ExpectExactly("gradient", result, [.. x.Zip(g, (v, w) => v == 0 ? 0 : w)]);
    })
        { Shifted = inPlace };

    private static OperationCase AddScaled(int count) => new("AddScaled", $"[{count}]", p =>
    {
        float[] x = p.Draw(count), y = p.Draw(count);
        var target = p.InOut(y, count);
        p.Backend.AddScaled(p.Input(x, count), -0.3f, target);
        p.Expect("sum", target, [.. x.Zip(y, (v, w) => w + (double)-0.3f * v)],
            i => 2 * Probe.U * (Math.Abs(x[i]) + Math.Abs(y[i])));
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
