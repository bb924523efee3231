using Engine.Tensors;

namespace Engine.Cli.Cases;

/// <summary>
/// Matrix products: every transposition, sizes below, at and above tiles, few results of long sums, batches, epilogues.
/// </summary>
internal static class MatMulCases
{
    private static readonly (int M, int N, int K)[] s_sizes =
    [
        (1, 1, 1), (5, 7, 3), (1, 65, 33), (65, 1, 40), (16, 16, 16), (33, 31, 18), (64, 64, 64), (65, 63, 17), (128, 128, 32),
        (129, 130, 70), (140, 257, 9),
        (300, 200, 145), (8, 10, 4096), (1, 10, 8197), (40, 24, 5001), (257, 3, 700), (3, 259, 700), (4, 4, 0),
    ];

    /// <summary>The cases to check.</summary>
    public static IEnumerable<OperationCase> All { get; } =
    [
        .. s_sizes.SelectMany(s =>
            Transpositions.Select(t => Product(new(s.M, s.N, s.K) { TransposeA = t.A, TransposeB = t.B }))),
        .. Transpositions.Select(t => Product(new(130, 70, 66) { TransposeA = t.A, TransposeB = t.B }) with { Shifted = true }),
        .. Transpositions.Select(t => Product(new(21, 37, 50) { TransposeA = t.A, TransposeB = t.B, Batch = 5 })),
        Product(new(21, 37, 50) { Batch = 6, SharedA = true }),
        Product(new(21, 37, 50) { Batch = 6, SharedB = true, TransposeB = true }),
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

    /// <summary>The cases to time.</summary>
    public static IEnumerable<OperationCase> Timed { get; } =
    [
        Named(1024, 1024, 1024, "square"), Named(20, 120, 36_864, "dense layer of cs464-conv2d"),
        Named(6400, 1600, 1200, "input of cs464-lstm"),
    ];

    private static OperationCase Named(int m, int n, int k, string name)
    {
        var product = Product(new(m, n, k) { TransposeB = true });
        return product with { Sizes = $"{product.Sizes}, {name}" };
    }

    private static (bool A, bool B)[] Transpositions => [(false, false), (true, false), (false, true), (true, true)];

    private static OperationCase Product(Case c) => new("MatMul", c.ToString(), p =>
    {
        if (Run(p, c, "product", p.Draw) && !c.NaN) Run(p, c, "product of whole numbers", null);
    })
    { Flops = 2.0 * c.Batch * c.M * c.N * c.K };

    // With random numbers from a source or, without one, with whole numbers.
    private static bool Run(Probe p, Case c, string what, Func<int, double, double, float[]>? source)
    {
        float[] a = Draw((c.SharedA ? 1 : c.Batch) * c.M * c.K), b = Draw((c.SharedB ? 1 : c.Batch) * c.K * c.N),
        bias = Draw(c.N), start = Draw(c.Batch * c.M * c.N);
        if (c.NaN) a[a.Length / 2] = float.NaN;
        int[] left = c.TransposeA ? [c.K, c.M] : [c.M, c.K], right = c.TransposeB ? [c.N, c.K] : [c.K, c.N];
        int[] shape = c.Batch == 1 ? [c.M, c.N] : [c.Batch, c.M, c.N];
        var result = c.Accumulate ? p.InOut(start, shape) : p.Result(shape);
        Tensor first = p.Input(a, Batched(left, c.SharedA)), second = p.Input(b, Batched(right, c.SharedB));
        var vector = c.Bias ? p.Input(bias, c.N) : null;
        void Call() => p.Backend.MatMul(first, c.TransposeA, second, c.TransposeB, result, c.Accumulate, vector, c.Relu);
        if (!p.Run(Call)) return false;
        var values = Batches(c, Probe.Wide(a), Probe.Wide(b));
        var magnitudes = Batches(c, Probe.Magnitudes(a), Probe.Magnitudes(b));
        for (var i = 0; i < values.Length; i++)
        {
            values[i] += (c.Accumulate ? start[i] : 0) + (double)(c.Bias ? bias[i % c.N] : 0);
            magnitudes[i] += (c.Accumulate ? Math.Abs(start[i]) : 0) + (c.Bias ? Math.Abs(bias[i % c.N]) : 0);
            if (c.Relu && values[i] < 0) values[i] = 0;
        }

        if (source is null) p.Expect(what, result, values, _ => 0);
        else p.ExpectSums(what, result, (values, magnitudes), c.K + (c.Accumulate ? 1 : 0) + (c.Bias ? 1 : 0));
        return true;

        float[] Draw(int count) => source?.Invoke(count, -1, 1) ?? p.DrawWhole(count);

        int[] Batched(int[] sizes, bool shared) => shared || c.Batch == 1 ? sizes : [c.Batch, .. sizes];
    }

    /// <summary>a [m, k] · b [k, n] in double, with either stored transposed.</summary>
    public static double[] Product(double[] a, double[] b, int m, int n, int k, bool transposeA = false, bool transposeB = false)
    {
        var c = new double[m * n];
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                for (var p = 0; p < k; p++)
                    c[i * n + j] += a[transposeA ? p * m + i : i * k + p] * b[transposeB ? j * k + p : p * n + j];
            }
        }

        return c;
    }

    private static double[] Batches(Case c, double[] a, double[] b)
    {
        return [.. Enumerable.Range(0, c.Batch).SelectMany(i => Product(
            Part(a, c.M * c.K, c.SharedA ? 0 : i), Part(b, c.K * c.N, c.SharedB ? 0 : i), c.M, c.N, c.K, c.TransposeA,
            c.TransposeB))];

        static double[] Part(double[] x, int count, int index) => x.AsSpan(index * count, count).ToArray();
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
            Batch > 1 ? $"{Batch} × " : "", $"{M}×{K}·{K}×{N}", TransposeA ? " aᵀ" : "", TransposeB ? " bᵀ" : "",
            SharedA ? " one a" : "", SharedB ? " one b" : "",
            Accumulate ? " added" : "", Bias ? " bias" : "", Relu ? " relu" : "", NaN ? " with NaN" : "");
    }
}
