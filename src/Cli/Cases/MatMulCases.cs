namespace Engine.Cli.Cases;

/// <summary>Matrix products: every transposition, sizes below, at and above tiles, few results of long sums, batches, epilogues.</summary>
internal static class MatMulCases
{
    private static readonly (int M, int N, int K)[] s_sizes =
    [
        (1, 1, 1), (5, 7, 3), (1, 65, 33), (65, 1, 40), (16, 16, 16), (33, 31, 18), (64, 64, 64), (65, 63, 17), (128, 128, 32), (129, 130, 70), (140, 257, 9),
        (300, 200, 145), (8, 10, 4096), (1, 10, 8197), (40, 24, 5001), (257, 3, 700), (3, 259, 700), (4, 4, 0),
    ];

    /// <summary>The cases to check.</summary>
    public static IEnumerable<OperationCase> All { get; } =
    [
        .. s_sizes.SelectMany(s => Transpositions.Select(t => Product(new(s.M, s.N, s.K) { TransposeA = t.A, TransposeB = t.B }))),
        .. Transpositions.Select(t => Product(new(130, 70, 66) { TransposeA = t.A, TransposeB = t.B }) with { Shifted = true }),
        .. Transpositions.Select(t => Product(new(21, 37, 50) { TransposeA = t.A, TransposeB = t.B, Batch = 5 })),
        Product(new(21, 37, 50) { Batch = 6, SharedA = true }), Product(new(21, 37, 50) { Batch = 6, SharedB = true, TransposeB = true }),
        .. new[] { (70, 129, 65), (3, 5, 3000), (20, 10, 120) }.SelectMany(s => new[]
        {
            Product(new(s.Item1, s.Item2, s.Item3) { TransposeB = true, Bias = true }),
            Product(new(s.Item1, s.Item2, s.Item3) { TransposeB = true, Bias = true, Relu = true }),
            Product(new(s.Item1, s.Item2, s.Item3) { TransposeA = true, Accumulate = true }),
            Product(new(s.Item1, s.Item2, s.Item3) { Accumulate = true, Bias = true, Relu = true }),
        }),
        Product(new(37, 41, 100) { Batch = 3, Accumulate = true }),
        Product(new(70, 66, 90) { NaN = true, Bias = true, Relu = true }), Product(new(4, 10, 4096) { NaN = true }),
    ];

    private static (bool A, bool B)[] Transpositions => [(false, false), (true, false), (false, true), (true, true)];

    private static OperationCase Product(Case c) => new("MatMul", c.ToString(), p =>
    {
        Run(p, c, "product", p.Draw);
        if (!c.NaN) Run(p, c, "product of whole numbers", null);
    });

    // With random numbers from a source, or, without one, with whole ones.
    private static void Run(Probe p, Case c, string what, Func<int, double, double, float[]>? source)
    {
        float[] a = Draw((c.SharedA ? 1 : c.Batch) * c.M * c.K), b = Draw((c.SharedB ? 1 : c.Batch) * c.K * c.N), bias = Draw(c.N), start = Draw(c.Batch * c.M * c.N);
        if (c.NaN) a[a.Length / 2] = float.NaN;
        var (values, magnitudes) = Reference(c, a, b);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] += (c.Accumulate ? start[i] : 0) + (double)(c.Bias ? bias[i % c.N] : 0);
            magnitudes[i] += (c.Accumulate ? Math.Abs(start[i]) : 0) + (c.Bias ? Math.Abs(bias[i % c.N]) : 0);
            if (c.Relu && values[i] < 0) values[i] = 0;
        }

        int[] left = c.TransposeA ? [c.K, c.M] : [c.M, c.K], right = c.TransposeB ? [c.N, c.K] : [c.K, c.N];
        int[] shape = c.Batch == 1 ? [c.M, c.N] : [c.Batch, c.M, c.N];
        var result = c.Accumulate ? p.InOut(start, shape) : p.Result(shape);
        p.Backend.MatMul(
            p.Input(a, Batched(left, c.SharedA)), c.TransposeA, p.Input(b, Batched(right, c.SharedB)), c.TransposeB, result,
            c.Accumulate, c.Bias ? p.Input(bias, c.N) : null, c.Relu);
        if (source is null) p.Expect(what, result, values, _ => 0);
        else p.ExpectSums(what, result, (values, magnitudes), c.K + (c.Accumulate ? 1 : 0) + (c.Bias ? 1 : 0));

        float[] Draw(int count) => source?.Invoke(count, -1, 1) ?? p.DrawWhole(count);

        int[] Batched(int[] sizes, bool shared) => shared || c.Batch == 1 ? sizes : [c.Batch, .. sizes];
    }

    // A row of a, transposed if need be, times each row of b.
    private static (double[] Values, double[] Magnitudes) Reference(Case c, float[] a, float[] b)
    {
        var (values, magnitudes) = (new double[c.Batch * c.M * c.N], new double[c.Batch * c.M * c.N]);
        for (var at = 0; at < values.Length; at++)
        {
            var (j, i, batch) = (at % c.N, at / c.N % c.M, at / c.N / c.M);
            var (leftStart, leftStep) = c.TransposeA ? (i, c.M) : (i * c.K, 1);
            var (rightStart, rightStep) = c.TransposeB ? (j * c.K, 1) : (j, c.N);
            leftStart += c.SharedA ? 0 : batch * c.M * c.K;
            rightStart += c.SharedB ? 0 : batch * c.K * c.N;
            double sum = 0, magnitude = 0;
            for (var q = 0; q < c.K; q++)
            {
                var term = (double)a[leftStart + q * leftStep] * b[rightStart + q * rightStep];
                sum += term;
                magnitude += Math.Abs(term);
            }

            (values[at], magnitudes[at]) = (sum, magnitude);
        }

        return (values, magnitudes);
    }

    private sealed record Case(int M, int N, int K)
    {
        public bool TransposeA { get; init; }

        public bool TransposeB { get; init; }

        public int Batch { get; init; } = 1;

        public bool SharedA { get; init; }

        public bool SharedB { get; init; }

        public bool Accumulate { get; init; }

        public bool Bias { get; init; }

        public bool Relu { get; init; }

        public bool NaN { get; init; }

        public override string ToString() => string.Concat(
            Batch > 1 ? $"{Batch} × " : "", $"{M}×{K}·{K}×{N}", TransposeA ? " aᵀ" : "", TransposeB ? " bᵀ" : "", SharedA ? " one a" : "", SharedB ? " one b" : "",
            Accumulate ? " added" : "", Bias ? " bias" : "", Relu ? " relu" : "", NaN ? " with NaN" : "");
    }
}
