using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>
/// LSTM and GRU on a GPU against the processor at sizes that <see cref="LstmTests"/> do not reach: many groups of low tiles
/// and of tall ones, units that fill no tile, and sums over several tiles.
/// </summary>
[Collection(nameof(OpenClTests))]
public class GpuLstmTests
{
    public static TheoryData<int, int, int, int> Sizes => new()
    {
        { 1, 3, 2, 1 },
        { 17, 4, 5, 33 },
        { 16, 3, 7, 32 },
        { 33, 2, 3, 100 },
        { 5, 1, 4, 130 },

        // 172 × 3 groups of low tiles are enough for tall ones; the rows are no whole number of either.
        { 2741, 2, 3, 33 },
        { 0, 3, 4, 20 },
    };

    [GpuTheory]
    [MemberData(nameof(Sizes))]
    public void Lstm_RaggedShapes_MatchesTheCpu(int n, int t, int f, int h) => Compare(4, n, t, f, h);

    [GpuTheory]
    [MemberData(nameof(Sizes))]
    public void Gru_RaggedShapes_MatchesTheCpu(int n, int t, int f, int h) => Compare(3, n, t, f, h);

    [GpuTheory]
    [InlineData(4)]
    [InlineData(3)]
    public void Recurrent_Slice_ReadsFromItsOffset(int gates)
    {
        var device = Device.Get(TestDevice.Gpu);
        var random = new RandomStream(4, "slice");
        var values = GradCheck.Draw(random, 3 * 4 * 5);
        Tensor[] w = [.. Shapes(gates, 5, 7).Select(s => Tensor.From(GradCheck.Draw(random, s.Count), s, device))];
        using var all = Tensor.From(values, new Shape(3, 4, 5), device);
        using var slice = all.Slice(0, 1, 1);
        using var alone = Tensor.From(values.AsSpan(4 * 5, 4 * 5), new Shape(1, 4, 5), device);
        Assert.Equal(Layer(gates, alone, w).Output.ToArray(), Layer(gates, slice, w).Output.ToArray());
    }

    [GpuTheory]
    [InlineData(4)]
    [InlineData(3)]
    public void Recurrent_InfiniteWeight_ReachesWhatTheCpuReaches(int gates)
    {
        var random = new RandomStream(5, "infinity");
        float[][] values = [GradCheck.Draw(random, 3 * 4 * 5), .. Shapes(gates, 5, 20)
            .Select(s => GradCheck.Draw(random, s.Count))];

        // For the candidate of unit 17, from the state of unit 3. An input that is not a number for one sequence of three.
        values[2][((2 * 20) + 17) * 20 + 3] = float.PositiveInfinity;
        values[0][4 * 5 + 7] = float.NaN;
        var (expected, actual) = (Run("cpu"), Run(TestDevice.Gpu));
        Close.Assert(expected, actual, Budget(25, 25, 4));
        Assert.Contains(actual, float.IsNaN);
        Assert.Contains(actual, float.IsFinite);

        float[] Run(string name)
        {
            var device = Device.Get(name);
            Tensor[] w = [.. Shapes(gates, 5, 20).Zip(values[1..], (s, v) => Tensor.From(v, s, device))];
            return Layer(gates, Tensor.From(values[0], new Shape(3, 4, 5), device), w).Output.ToArray();
        }
    }

    private static void Compare(int gates, int n, int t, int f, int h)
    {
        foreach (var bidirectional in new[] { false, true })
        {
            var expected = Run("cpu", gates, n, t, f, h, bidirectional);
            var actual = Run(TestDevice.Gpu, gates, n, t, f, h, bidirectional);
            for (var i = 0; i < expected.Count; i++)
            {
                // Parameters' gradients sum over all rows; all else over features or gates, times weights of at most 1/√h.
                var terms = expected[i].OfParameter ? n * t : f + gates * h;
                var magnitude = expected[i].OfParameter ? terms : terms / Math.Sqrt(h);
                Close.Assert(expected[i].Values, actual[i].Values, Budget(terms, magnitude, t), what: $"{i}");
            }

            var again = Run(TestDevice.Gpu, gates, n, t, f, h, bidirectional);
            for (var i = 0; i < actual.Count; i++)
                Assert.Equal(actual[i].Values.Select(BitConverter.SingleToUInt32Bits),
                    again[i].Values.Select(BitConverter.SingleToUInt32Bits));
        }
    }

    // 4u√K·Σ|ab| for a sum of K terms, which t steps have rounded already.
    private static double Budget(int terms, double magnitude, int steps) =>
        4 * Math.Pow(2, -24) * Math.Sqrt(terms) * magnitude * steps;

    // Output, last state, the input's gradient, the parameters' gradients.
    private static List<(bool OfParameter, float[] Values)> Run(
        string name, int gates, int n, int t, int f, int h, bool bidirectional)
    {
        var device = Device.Get(name);
        var random = new RandomStream(3, "recurrent");
        var scale = 1 / MathF.Sqrt(h);
        using var x = Tensor.From(GradCheck.Draw(random, n * t * f), new Shape(n, t, f), device);
        Tensor[] w =
        [
            .. Enumerable.Repeat(Shapes(gates, f, h), bidirectional ? 2 : 1).SelectMany(s => s)
                .Select(s => Tensor.From([.. GradCheck.Draw(random, s.Count).Select(v => v * scale)], s, device)),
        ];
        x.RequiresGrad = true;
        foreach (var tensor in w) tensor.RequiresGrad = true;
        using var tape = new Tape();
        var result = Layer(gates, x, w, bidirectional);
        var (y, last) = (result.Output, result.Cell ?? result.Hidden);
        var both = Tensor.Concat(0, y.Reshape(y.Count), last.Reshape(last.Count));
        tape.Backward(both, Tensor.From(GradCheck.Draw(random, both.Count), both.Shape, device));
        return
        [
            (false, y.ToArray()), (false, last.ToArray()), (false, x.Grad!.ToArray()),
            .. w.Select(v => (true, v.Grad!.ToArray())),
        ];
    }

    private static RecurrentResult Layer(int gates, Tensor x, Tensor[] w, bool bidirectional = false)
    {
        RecurrentWeights[] weights = [.. w.Chunk(4).Select(c => new RecurrentWeights(c[0], c[1], c[2], c[3]))];
        return gates == 4 ? Tensor.Lstm(x, weights, bidirectional) : Tensor.Gru(x, weights, bidirectional);
    }

    private static Shape[] Shapes(int gates, int f, int h) =>
        [new(gates * h, f), new(gates * h, h), new(gates * h), new(gates * h)];
}
