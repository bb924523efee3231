using Engine.Tensors;

namespace Engine.Cli.Cases;

/// <summary>Sums over every choice of axes, maxima of rows with their places, and the gradient of a selection.</summary>
internal static class ReduceCases
{
    private static readonly int[][] s_masks =
        [.. Enumerable.Range(0, 16).Select(m => new[] { m & 1, m >> 1 & 1, m >> 2 & 1, m >> 3 & 1 })];

    private static readonly (int[] Sizes, int[] Summed)[] s_shapes =
    [
        .. s_masks.Select(m => (new[] { 7, 33, 5, 18 }, m)), ([1_000_003], [1]), ([100_003, 3], [1, 0]), ([3, 100_003], [0, 1]),
        ([257, 65], [1, 0]), ([20_001, 8], [0, 1]),
        ([64, 40, 130], [1, 0, 1]), ([2, 3, 4, 5, 6, 7], [0, 1, 0, 1, 1, 0]), ([], []), ([3, 0], [0, 1]), ([1, 5, 1], [0, 1, 0]),
    ];

    // Random numbers, and whole ones, of which none may be missed.
    private static readonly bool[] s_kinds = [false, true];

    private static readonly (int Rows, int N)[] s_rows =
        [(1, 1), (5, 33), (300, 7), (3, 10_007), (1, 300_000), (1025, 64), (40, 257)];

    /// <summary>The cases to check.</summary>
    public static IEnumerable<OperationCase> All { get; } =
    [
        .. s_shapes.Select(s => Sum(s.Sizes, s.Summed)), Sum([33, 130], [0, 1]) with { Shifted = true },
        Sum([130, 33], [1, 0]) with { Shifted = true },
        new("Sum", "[40, 300] with NaN and ∞", NonFinite),
        .. s_rows.Select(s => Max(s.Rows, s.N)), Max(37, 21) with { Shifted = true },
        .. s_rows.Select(s => Scatter(s.Rows, s.N)),
    ];

    /// <summary>The cases to time.</summary>
    public static IEnumerable<OperationCase> Timed { get; } =
    [
        Sum([CaseTable.Long], [1]) with { Operation = "Sum of all" },
        Sum([16384, 1024], [0, 1]) with { Operation = "Sum of rows" },
        Sum([16384, 1024], [1, 0]) with { Operation = "Sum of columns" },
    ];

    private static OperationCase Sum(int[] sizes, int[] summed) =>
        new("Sum", $"[{string.Join(", ", sizes)}] over axes {Axes(summed)}", p =>
    {
        var shape = new Shape(sizes);
        int[] kept = [.. sizes.Zip(summed, (size, s) => s == 1 ? 1 : size)];
        int[] axes = [.. Enumerable.Range(0, sizes.Length).Where(a => summed[a] == 1)];
        foreach (var whole in s_kinds)
        {
            var x = whole ? p.DrawWhole(shape.Count) : p.Draw(shape.Count);
            Tensor input = p.Input(x, sizes), result = p.Result(kept);
            if (!p.Run(() => p.Backend.Sum(input, result))) return;
            var values = Fold(Probe.Wide(x), shape, axes, g => g.Sum());
            var magnitudes = Fold(Probe.Magnitudes(x), shape, axes, g => g.Sum());
            if (whole) p.Expect("sums of whole numbers", result, values, _ => 0);
            else p.ExpectSums("sums", result, (values, magnitudes), Math.Max(1, shape.Count / Math.Max(1, result.Count)));
        }
    })
        { Bytes = 4.0 * new Shape(sizes).Count };

    /// <summary>Groups the elements that share their indices along the other axes, and folds each group.</summary>
    public static double[] Fold(double[] x, Shape shape, int[] axes, Func<List<double>, double> fold)
    {
        var reduced = axes.Select(a => a < 0 ? a + shape.Rank : a).ToHashSet();
        var kept = 1;
        for (var axis = 0; axis < shape.Rank; axis++) kept *= reduced.Contains(axis) ? 1 : shape.Sizes[axis];
        var groups = Enumerable.Range(0, kept).Select(_ => new List<double>()).ToArray();
        for (var i = 0; i < x.Length; i++)
        {
            int rest = i, index = 0, stride = 1;
            for (var axis = shape.Rank - 1; axis >= 0; axis--)
            {
                var at = rest % shape.Sizes[axis];
                rest /= shape.Sizes[axis];
                if (reduced.Contains(axis)) continue;
                index += at * stride;
                stride *= shape.Sizes[axis];
            }

            groups[index].Add(x[i]);
        }

        return Array.ConvertAll(groups, g => fold(g));
    }

    private static void NonFinite(Probe p)
    {
        var x = p.Draw(40 * 300);
        (x[5 * 300 + 7], x[8 * 300 + 299], x[9 * 300]) = (float.NaN, float.PositiveInfinity, float.NegativeInfinity);
        var (values, magnitudes) = (new double[40], new double[40]);
        for (var i = 0; i < x.Length; i++)
        {
            values[i / 300] += x[i];
            magnitudes[i / 300] += Math.Abs(x[i]);
        }

        var result = p.Result(40, 1);
        p.Backend.Sum(p.Input(x, 40, 300), result);
        p.ExpectSums("sums", result, (values, magnitudes), 300);
    }

    // Few different values, to test for the first of equals, and a NaN in every third row.
    private static OperationCase Max(int rows, int n) => new("Max", $"[{rows}, {n}] with ties and NaN", p =>
    {
        var x = Array.ConvertAll(p.Draw(rows * n), v => MathF.Round(v * 20));
        for (var r = 2; r < rows; r += 3) x[r * n + r % n] = float.NaN;
        var (values, places) = (new float[rows], new int[rows]);
        for (var r = 0; r < rows; r++)
        {
            values[r] = x[r * n];
            for (var i = 1; i < n && !float.IsNaN(values[r]); i++)
            {
                if (x[r * n + i] > values[r] || float.IsNaN(x[r * n + i])) (values[r], places[r]) = (x[r * n + i], i);
            }
        }

        var input = p.Input(x, rows, n);
        foreach (var (wantValues, wantPlaces) in new[] { (true, true), (true, false), (false, true) })
        {
            Tensor? maxima = wantValues ? p.Result(rows) : null, indices = wantPlaces ? p.IndexResult(rows) : null;
            p.Backend.Max(input, maxima, indices);
            if (maxima is not null) p.ExpectExactly("maxima", maxima, values);
            if (indices is not null) p.ExpectExactly("places", indices, places);
        }
    });

    private static OperationCase Scatter(int rows, int n) => new("Scatter", $"[{rows}, {n}]", p =>
    {
        var (values, places) = (p.Draw(rows), p.DrawIndices(rows, n));
        var expected = new float[rows * n];
        for (var r = 0; r < rows; r++) expected[r * n + places[r]] = values[r];
        var target = p.Result(rows, n);
        p.Backend.Scatter(p.Input(values, rows), p.Indices(places, rows), target);
        p.ExpectExactly("target", target, expected);
    });

    private static string Axes(int[] summed)
    {
        var axes = Enumerable.Range(0, summed.Length).Where(a => summed[a] == 1).ToArray();
        return axes.Length == 0 ? "none" : string.Join(", ", axes);
    }
}
