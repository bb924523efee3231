using Engine.Tensors;

namespace Engine.Cli.Cases;

/// <summary>Permutations, slices and repeats, and rows by index.</summary>
internal static class LayoutCases
{
    // The source's sizes, then the result's sizes, offset and strides.
    private static readonly (string Name, int[] Source, int[] Result, int Offset, int[] Strides)[] s_copies =
    [
        ("transpose [257, 129]", [257, 129], [129, 257], 0, [1, 129]), ("transpose [1003, 3]", [1003, 3], [3, 1003], 0, [1, 3]),
        ("transpose [5, 33, 70]", [5, 33, 70], [5, 70, 33], 0, [2310, 1, 70]),
        ("permute 3, 1, 0, 2 of [3, 5, 7, 11]", [3, 5, 7, 11], [11, 5, 3, 7], 0, [1, 77, 385, 11]),
        ("permute 1, 0, 2 of [20, 30, 40]", [20, 30, 40], [30, 20, 40], 0, [40, 1200, 1]),
        ("slice 2 to 5 of axis 1 of [4, 7, 9]", [4, 7, 9], [4, 3, 9], 18, [63, 9, 1]),
        ("every third of [100]", [100], [33], 1, [3]), ("repeat a row of [65]", [65], [40, 65], 0, [0, 1]),
        ("backwards [300]", [300], [300], 299, [-1]),
        ("permute of [2, 3, 4, 5, 6, 7]", [2, 3, 4, 5, 6, 7], [7, 3, 6, 2, 5, 4], 0, [1, 840, 7, 2520, 42, 210]),
        ("one of [9]", [9], [], 4, []),
    ];

    private static readonly (int Rows, int N, int Taken)[] s_rows =
        [(1, 1, 1), (7, 33, 20), (300, 1, 1000), (3, 5000, 9), (500, 64, 700), (10, 4, 0)];

    /// <summary>The cases to check.</summary>
    public static IEnumerable<OperationCase> All { get; } =
    [
        .. s_copies.SelectMany(c =>
            new[] { Gather(c.Name, c.Source, c.Result, c.Offset, c.Strides),
                Gather(c.Name, c.Source, c.Result, c.Offset, c.Strides) with { Shifted = true } }),
        .. s_copies.Where(c => !c.Strides.Contains(0)).Select(c => Scatter(c.Name, c.Source, c.Result, c.Offset, c.Strides)),
        .. s_rows.SelectMany(s => new[] { GatherRows(s.Rows, s.N, s.Taken), ScatterAddRows(s.Rows, s.N, s.Taken) }),
    ];

    /// <summary>The case to time.</summary>
    public static IEnumerable<OperationCase> Timed { get; } =
        [Gather("[4096, 4096]", [4096, 4096], [4096, 4096], 0, [1, 4096]) with { Operation = "Transpose" }];

    private static OperationCase Gather(string name, int[] source, int[] sizes, int offset, int[] strides) =>
        new("CopyStrided", name, p =>
    {
        var x = p.Draw(new Shape(source).Count);
        Tensor input = p.Input(x, source), result = p.Result(sizes);
        if (!p.Run(() => p.Backend.CopyStrided(input, offset, strides, result))) return;
        var places = Places(sizes, offset, strides);
        p.ExpectExactly("copy", result, Array.ConvertAll(places, i => x[i]));

        var numbers = p.DrawIndices(x.Length, int.MaxValue);
        var copied = p.IndexResult(sizes);
        p.Backend.CopyStrided(p.Indices(numbers, source), offset, strides, copied);
        p.ExpectExactly("copy of int32", copied, Array.ConvertAll(places, i => numbers[i]));
    })
        { Bytes = 8.0 * new Shape(sizes).Count };

    private static OperationCase Scatter(string name, int[] target, int[] sizes, int offset, int[] strides) =>
        new("CopyToStrided", name, p =>
    {
        var places = Places(sizes, offset, strides);
        float[] x = p.Draw(places.Length), before = p.Draw(new Shape(target).Count);
        var result = p.InOut(before, target);
        p.Backend.CopyToStrided(p.Input(x, sizes), result, offset, strides);
        for (var i = 0; i < places.Length; i++) before[places[i]] = x[i];
        p.ExpectExactly("target", result, before);
    });

    private static OperationCase GatherRows(int rows, int n, int taken) => new("GatherRows", $"{taken} of [{rows}, {n}]", p =>
    {
        var (x, numbers) = (p.Draw(rows * n), p.DrawIndices(taken, rows));
        var result = p.Result(taken, n);
        p.Backend.GatherRows(p.Input(x, rows, n), p.Indices(numbers, taken), result);
        p.ExpectExactly("rows", result, [.. numbers.SelectMany(r => x.AsSpan(r * n, n).ToArray())]);
    });

    // Added in the order of the rows given, so the sums are the same everywhere, bit for bit.
    private static OperationCase ScatterAddRows(int rows, int n, int given) =>
        new("ScatterAddRows", $"{given} to [{rows}, {n}]", p =>
    {
        var (x, numbers) = (p.Draw(given * n), p.DrawIndices(given, rows));
        var expected = new float[rows * n];
        for (var i = 0; i < x.Length; i++) expected[numbers[i / n] * n + i % n] += x[i];
        var target = p.Result(rows, n);
        p.Backend.ScatterAddRows(p.Input(x, given, n), p.Indices(numbers, given), target);
        p.ExpectExactly("sums", target, expected);
    });

    private static int[] Places(int[] sizes, int offset, int[] strides)
    {
        var places = new int[new Shape(sizes).Count];
        for (var i = 0; i < places.Length; i++)
        {
            var (place, rest) = (offset, i);
            for (var axis = sizes.Length - 1; axis >= 0; axis--)
            {
                place += rest % sizes[axis] * strides[axis];
                rest /= sizes[axis];
            }

            places[i] = place;
        }

        return places;
    }
}
