using Engine.Cli.Cases;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

[EveryInstructionSet]
public class LstmTests
{
    [Theory]
    [InlineData("lstm_l1", false)]
    [InlineData("lstm_l2", false)]
    [InlineData("lstm_l1_bi", true)]
    public void Lstm_MatchesPyTorch(string name, bool bidirectional)
    {
        var reference = new NnOps(name);
        reference.Check(
            c =>
            {
                var result = Tensor.Lstm(c["x"], Weights(c), bidirectional);
                c.Compare("hn", result.Hidden, 300);
                c.Compare("cn", result.Cell!, 300);
                return result.Output;
            },
            300);
    }

    [Fact]
    public void Gru_MatchesPyTorch() => new NnOps("gru_l1").Check(c => Tensor.Gru(c["x"], Weights(c)).Output, 300);

    public static TheoryData<int, int, int, int> Sizes =>
        new() { { 1, 1, 1, 1 }, { 3, 4, 5, 7 }, { 13, 2, 3, 16 }, { 5, 3, 4, 33 }, { 40, 2, 2, 20 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void LstmAndGru_Gradients_MatchReference(int n, int t, int f, int h)
    {
        foreach (var gates in new[] { 4, 3 })
        {
            foreach (var bidirectional in new[] { false, true })
            {
                var random = new RandomStream(1, "recurrent");
                var shapes = new List<Shape> { new(n, t, f) };
                for (var direction = 0; direction < (bidirectional ? 2 : 1); direction++)
                    shapes.AddRange([new Shape(gates * h, f), new Shape(gates * h, h), new Shape(gates * h),
                        new Shape(gates * h)]);
                GradCheck.Run(
                    [.. shapes.Select(s => (s, GradCheck.Draw(random, s.Count)))],
                    x =>
                    {
                        var weights = Enumerable.Range(0, x.Length / 4)
                            .Select(i => new RecurrentWeights(x[1 + 4 * i], x[2 + 4 * i], x[3 + 4 * i], x[4 + 4 * i])).ToArray();
                        var result = gates == 4
                            ? Tensor.Lstm(x[0], weights, bidirectional) : Tensor.Gru(x[0], weights, bidirectional);
                        return gates == 4 ? Tensor.Concat(0, result.Output.Reshape(-1), result.Cell!.Reshape(-1)) : result.Output;
                    },
                    x => RecurrentReference.Layer(x, n, t, f, h, gates, bidirectional),
                    4 * t * (f + h));
            }
        }
    }

    [Fact]
    public void Lstm_OneAndMoreThreads_GiveTheSameBits() => ThreadCheck.SameBits(() =>
    {
        var random = new RandomStream(2, "threads");
        using var x = Tensor.From(GradCheck.Draw(random, 50 * 6 * 20), new Shape(50, 6, 20));
        Tensor[] w = [.. new[] { new Shape(160, 20), new Shape(160, 40), new Shape(160),
            new Shape(160) }.Select(s => Tensor.From(GradCheck.Draw(random, s.Count), s))];
        foreach (var tensor in w) tensor.RequiresGrad = true;
        using var tape = new Tape();
        var y = Tensor.Lstm(x, [new RecurrentWeights(w[0], w[1], w[2], w[3])]).Output;
        tape.Backward(y, y.Detach());
        return [.. y.ToArray(), .. w.SelectMany(v => v.Grad!.ToArray())];
    });

    // A single sequence has kernels of its own, whose sums run in the same order.
    [Fact]
    public void Lstm_OneSequence_HasTheBitsThatItHasAmongOthers()
    {
        const int Batch = 5, Steps = 4, Features = 7, Units = 171;
        var random = new RandomStream(3, "alone");
        var values = GradCheck.Draw(random, Batch * Steps * Features);
        Tensor[] w = [.. new[] { new Shape(4 * Units, Features), new Shape(4 * Units, Units), new Shape(4 * Units),
            new Shape(4 * Units) }.Select(s => Tensor.From(GradCheck.Draw(random, s.Count), s))];
        float[] Run(ReadOnlySpan<float> x, int batch) => Tensor.Lstm(
            Tensor.From(x, new Shape(batch, Steps, Features)), [new RecurrentWeights(w[0], w[1], w[2], w[3])]).Output.ToArray();
        using var scope = new TensorScope();
        var together = Run(values, Batch);
        var last = values.AsSpan((Batch - 1) * Steps * Features).ToArray();
        ThreadCheck.SameBits(() => Run(last, 1));
        Assert.Equal(together[^(Steps * Units)..], Run(last, 1));
    }

    [Fact]
    public void Lstm_BadShapes_NameThem()
    {
        using var x = Tensor.Zeros(new Shape(2, 3, 4));
        using var hidden = Tensor.Zeros(new Shape(8, 2));
        using var input = Tensor.Zeros(new Shape(8, 5));
        using var bias = Tensor.Zeros(new Shape(8));
        using var none = Tensor.Zeros(new Shape(2, 0, 5));
        AssertMessage("input weight [8, 5] must be [8, 4] for input [2, 3, 4]",
            () => Tensor.Lstm(x, [new RecurrentWeights(input, hidden, bias, bias)]));
        AssertMessage("hidden weight [8, 2] must be [3·H, H]",
            () => Tensor.Gru(x, [new RecurrentWeights(input, hidden, bias, bias)]));
        AssertMessage("1 sets of weights do not make layers of 2",
            () => Tensor.Lstm(x, [new RecurrentWeights(input, hidden, bias, bias)], bidirectional: true));
        AssertMessage("[2, 0, 5] has no steps", () => Tensor.Lstm(none, [new RecurrentWeights(input, hidden, bias, bias)]));
    }

    private static RecurrentWeights[] Weights(NnOps c)
    {
        var weights = new List<RecurrentWeights>();
        for (var layer = 0; c.Has($"weight_ih_l{layer}"); layer++)
        {
            foreach (var suffix in new[] { $"l{layer}", $"l{layer}_reverse" })
            {
                if (c.Has("weight_ih_" + suffix))
                    weights.Add(new RecurrentWeights(c["weight_ih_" + suffix], c["weight_hh_" + suffix], c["bias_ih_" + suffix],
                        c["bias_hh_" + suffix]));
            }
        }

        return [.. weights];
    }

    private static void AssertMessage(string part, Func<object> action) =>
        Assert.Contains(part, Assert.Throws<ArgumentException>(action).Message);
}
