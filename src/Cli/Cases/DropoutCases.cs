using Engine.Tensors;

namespace Engine.Cli.Cases;

/// <summary>Dropout drops the same elements on every device: those that the Philox stream determines.</summary>
internal static class DropoutCases
{
    /// <summary>The cases to check.</summary>
    public static IEnumerable<OperationCase> All { get; } =
    [
        .. new[] { 0, 1, 63, 64, 65, 1000, 100_003 }.Select(count => Dropout(count, 0.4f, 12)), Dropout(5000, 0, 3),
        Dropout(5000, 0.99f, 3),
        Dropout(5000, 0.5f, uint.MaxValue - 20), Dropout(777, 0.25f, 5) with { Shifted = true },
    ];

    /// <summary>The case to time.</summary>
    public static IEnumerable<OperationCase> Timed { get; } =
        [Dropout(CaseTable.Long, 0.5f, 3) with { Sizes = $"[{CaseTable.Long}]" }];

    private static OperationCase Dropout(int count, float rate, ulong counter) =>
        new("Dropout", $"[{count}] rate {rate}, block {counter}, in place too", p =>
    {
        const ulong key = 0x1234_5678_9ABC_DEF0, stream = 0xFEDC_BA98_7654_3210;
        var x = p.Draw(count);
        foreach (var inPlace in Probe.Placements)
        {
            var result = inPlace ? p.InOut(x, count) : p.Result(count);
            var input = inPlace ? result : p.Input(x, count);
            if (!p.Run(() => p.Backend.Dropout(input, rate, key, stream, counter, result))) return;
            var expected = Reference(x, rate, key, stream, counter);
            p.Expect("result", result, expected, i => 8 * Probe.U * Math.Abs(expected[i]));
        }
    })
        { Bytes = 8.0 * count };

    private static double[] Reference(float[] x, float rate, ulong key, ulong stream, ulong counter)
    {
        var expected = new double[x.Length];
        var block = new uint[4];
        for (var i = 0; i < x.Length; i++)
        {
            RandomStream.Philox(key, stream, counter + (ulong)(i / 64 * 16 + i % 16), block);
            expected[i] = block[i % 64 / 16] < rate * 4294967296.0 ? 0 : x[i] / (1 - (double)rate);
        }

        return expected;
    }
}
