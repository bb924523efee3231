using Engine.Cli.Cases;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

[EveryInstructionSet]
public class ElementwiseTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> s_activations = new()
    {
        ["relu"] = x => x.Relu(),
        ["elu"] = x => x.Elu(),
        ["leaky_relu"] = x => x.LeakyRelu(),
        ["sigmoid"] = x => x.Sigmoid(),
        ["tanh"] = x => x.Tanh(),
        ["gelu"] = x => x.Gelu(),
        ["softplus"] = x => x.Softplus(),
        ["exp"] = x => x.Exp(),
    };

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, ElementwiseCases.Unary.Length)];

    public static TheoryData<string> PyTorchActivations => [.. s_activations.Keys];

    [Theory]
    [MemberData(nameof(PyTorchActivations))]
    public void Activation_MatchesPyTorch(string name) => new NnOps("act_" + name).Check(c => s_activations[name](c["x"]), 4);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Unary_ValuesAndGradients_MatchReference(int index)
    {
        var row = ElementwiseCases.Unary[index];
        var random = new RandomStream(1, $"{row.Name} {row.P}");
        // What takes no negative number is given x² + 0.1.
        var positive = row.Low >= 0;
        foreach (var count in new[] { 1, 15, 16, 17, 100 })
        {
            // Clear of the kinks at 0.
            var values = Array.ConvertAll(GradCheck.Draw(random, count), v => (v + 0.05f * Math.Sign(v)) * 3);
            GradCheck.Run(
                [(new Shape(count), values)], t => row.Call(positive ? t[0].Power(2).Shift(0.1f) : t[0]),
                x => Array.ConvertAll(x[0], v => row.F(positive ? v * v + 0.1f : v)), 64);
        }
    }

    [Fact]
    public void Negate_ValuesAndGradients_MatchReference()
    {
        var values = GradCheck.Draw(new RandomStream(1, "negate"), 17);
        GradCheck.Run([(new Shape(17), values)], t => -t[0], x => Array.ConvertAll(x[0], v => -v), 64);
    }

    // The forms that a GPU and the processor take are one function.
    [Theory]
    [MemberData(nameof(Rows))]
    public void Unary_ScalarAndVectorForm_AgreeWithinTheBudget(int index)
    {
        var row = ElementwiseCases.Unary[index];
        var random = new RandomStream(4, $"{row.Name} {row.P}");
        for (var i = 0; i < 2000; i++)
        {
            var x = Between(row.Low, row.High);
            AssertClose(row.Vector(x), row.Scalar(x), row.Budget(x), $"{row.Name} of {x:R}");
            if (row.Gradient is not { } gradient) continue;
            var (saved, g) = (Between(gradient.Low, gradient.High), Between(-1, 1));
            var budget = Math.Abs(g) * gradient.Budget(saved) + UnaryRow.Smallest;
            AssertClose(gradient.Vector(saved, g), gradient.Scalar(saved, g), budget, $"gradient of {row.Name} at {saved:R}");
        }

        Assert.All(
            [float.NaN, float.PositiveInfinity, float.NegativeInfinity],
            x => Assert.Equal(row.Vector(x), row.Scalar(x), 1e-12f));

        float Between(double low, double high) => (float)(low + (high - low) * random.NextDouble());
    }

    [Fact]
    public void Binary_ScalarAndVectorForm_AreTheSame()
    {
        var random = new RandomStream(4, "pairs");
        foreach (var row in ElementwiseCases.Binary)
        {
            var (a, b) = (GradCheck.Draw(random, 1000), GradCheck.Draw(random, 1000));
            Assert.Equal(a.Zip(b, row.Vector), a.Zip(b, row.Scalar));
            double[] expected = [.. a.Zip(b, (x, y) => row.F(x, y))], actual = [.. a.Zip(b, (x, y) => (double)row.Scalar(x, y))];
            Close.Assert(expected, actual, 0, row.Units * Probe.U, row.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Unary_NonFinite_Propagates(int index)
    {
        var row = ElementwiseCases.Unary[index];
        using var x = Tensor.From([float.NaN, 1, float.PositiveInfinity, float.NegativeInfinity], new Shape(4));
        var y = row.Call(x).ToArray();
        Assert.True(float.IsNaN(y[0]), "NaN must come out as NaN");
        if (row.Low >= 0 || row.Name == "Gelu") return;
        Assert.Equal(Math.Sign(row.F(double.PositiveInfinity)), Math.Sign(y[2]));
        Assert.Equal((float)row.F(double.NegativeInfinity), y[3], 1e-6f);
    }

    [Fact]
    public void Tanh_Gelu_Softplus_AcrossTheRange_AreWithinAFewUlp()
    {
        var x = Enumerable.Range(-4000, 8001).Select(i => i / 400f).ToArray();
        using var tensor = Tensor.From(x, new Shape(x.Length));
        foreach (var name in new[] { "Tanh", "Sigmoid", "Softplus", "Gelu", "Elu", "Exp" })
        {
            var row = ElementwiseCases.Unary.First(r => r.Name == name);
            var expected = Array.ConvertAll(x, v => row.F(v));
            using var actual = row.Call(tensor);
            Close.Assert(expected, Probe.Wide(actual.ToArray()), name == "Gelu" ? 3e-7 : 1e-30, 6.0 / (1 << 23), name);
        }
    }

    [Fact]
    public void Exp_WholeRange_IsWithinTwoUlpAndEndsInZeroAndInfinity()
    {
        var random = new RandomStream(3, "exp");
        var x = Enumerable.Range(0, 100_000).Select(_ => (float)(-104 + 193 * random.NextDouble()))
            .Concat([0, -0f, 1e-30f, -1e-8f, 88.72f, -87.4f, -103.9f]).ToArray();
        using var tensor = Tensor.From(x, new Shape(x.Length));
        var y = tensor.Exp().ToArray();
        for (var i = 0; i < x.Length; i++)
        {
            var exact = Math.Exp(x[i]);
            if (exact > float.MaxValue)
            {
                Assert.True(float.IsPositiveInfinity(y[i]), $"exp({x[i]:R}) is {y[i]:R}, which no float holds.");
                continue;
            }

            // What would be subnormal is 0 on the processor; a GPU may return either.
            if ((float)exact < 1.17549435E-38f && (y[i] == 0 || tensor.Device == Device.Cpu))
            {
                Assert.Equal(0, y[i]);
                continue;
            }

            var ulp = MathF.BitIncrement((float)exact) - (float)exact;
            Assert.True(Math.Abs(y[i] - exact) <= 2 * (double)ulp, $"exp({x[i]:R}) is {y[i]:R}, not {exact:R}.");
        }

        using var ends = Tensor.From([float.PositiveInfinity, 1e30f, 89, -105, -1e30f, float.NegativeInfinity, float.NaN],
            new Shape(7));
        Assert.Equal([float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity, 0, 0, 0, float.NaN], ends.Exp()
            .ToArray());
    }

    [Theory]
    [InlineData("add")]
    [InlineData("sub")]
    [InlineData("mul")]
    public void Broadcast_MatchesPyTorch(string name) =>
        new NnOps("broadcast_" + name).Check(c => Apply(name, c["a"], c["b"]), 12);

    // The reference divides by |b| + 1, to stay clear of zero; every b of the case is negative.
    [Fact]
    public void Divide_MatchesPyTorch() => new NnOps("broadcast_div").Check(c => c["a"] / (-c["b"]).Shift(1), 12);

    public static TheoryData<int[], int[]> BroadcastShapes => new()
    {
        { [], [] }, { [5], [] }, { [], [5] }, { [3, 40], [40] }, { [3, 40], [3, 1] }, { [2, 3, 4, 20], [3, 1, 1] },
        { [2, 1, 4], [1, 3, 1] },
        { [4, 1], [1, 33] }, { [1], [7] }, { [0, 3], [3] }, { [2, 3, 17], [2, 3, 17] }, { [6, 1, 17], [1, 1, 17] },
    };

    [Theory]
    [MemberData(nameof(BroadcastShapes))]
    public void Binary_EveryBroadcast_MatchesReference(int[] left, int[] right)
    {
        var random = new RandomStream(2, "broadcast");
        var (a, b) = (new Shape(left), new Shape(right));
        var shape = Shape.Broadcast(a, b, "test");
        foreach (var name in new[] { "add", "sub", "mul", "div" })
        {
            GradCheck.Run(
                [(a, GradCheck.Draw(random, a.Count)),
                    (b, Array.ConvertAll(GradCheck.Draw(random, b.Count), v => v + 2 * Math.Sign(v) + 0.001f))],
                t => Apply(name, t[0], t[1]),
                x =>
                {
                    var y = new double[shape.Count];
                    for (var i = 0; i < y.Length; i++)
                    {
                        var (p, q) = (x[0][ElementwiseCases.Place(i, shape, a)], x[1][ElementwiseCases.Place(i, shape, b)]);
                        y[i] = name switch { "add" => p + q, "sub" => p - q, "mul" => p * q, _ => p / q };
                    }

                    return y;
                },
                Math.Max(4, shape.Count));
        }
    }

    [Fact]
    public void Binary_LongRuns_MatchReference()
    {
        var random = new RandomStream(3, "long");
        var (x, y) = (GradCheck.Draw(random, 100_003), GradCheck.Draw(random, 100_003));
        using var a = Tensor.From(x, new Shape(x.Length));
        using var b = Tensor.From(y, new Shape(y.Length));
        using var sum = a + b;
        Assert.Equal(x.Zip(y, (p, q) => p + q), sum.ToArray());
    }

    [Fact]
    public void Relu_Gradient_EveryLength_PassesWhereTheOutputIsNotZero()
    {
        var random = new RandomStream(9, "relu");
        for (var n = 0; n < 100; n++)
        {
            var values = GradCheck.Draw(random, n);
            if (n > 40) values[n / 2] = float.NaN;
            using var x = Tensor.From(values, new Shape(n));
            x.RequiresGrad = true;
            using (var tape = new Tape())
            {
                // The sum hands one gradient to both operands, so the ReLU may not work in place.
                var sum = x.Relu() + x;
                tape.Backward(sum, Tensor.Full(sum.Shape, 1));
            }

            Assert.Equal(Array.ConvertAll(values, v => v <= 0 ? 1f : 2f), x.Grad!.ToArray());
        }
    }

    [Fact]
    public void Binary_BadOperands_AreNamed()
    {
        using var a = Tensor.Zeros(new Shape(4, 3));
        using var b = Tensor.Zeros(new Shape(4));
        using var indices = Tensor.FromIndices([1, 2], new Shape(2));
        Assert.Equal("Add: [4, 3] and [4] do not broadcast: sizes 3 and 4 differ and neither is 1.",
            Assert.Throws<ArgumentException>(() => a + b).Message);
        Assert.Equal("Multiply: [2] holds Int32; it must be Float32.", Assert.Throws<InvalidOperationException>(() => b * indices)
            .Message);
        Assert.Contains("Relu: [2] holds Int32", Assert.Throws<InvalidOperationException>(indices.Relu).Message);
    }

    private static Tensor Apply(string name, Tensor a, Tensor b) => name switch
    {
        "add" => a + b,
        "sub" => a - b,
        "mul" =>
        a * b,
        _ => a / b
    };

    private static void AssertClose(float expected, float actual, double budget, string what) =>
        Assert.True(
            expected == actual || Math.Abs((double)expected - actual) <= budget,
            $"{what}: {expected:R} and {actual:R} differ by more than {budget:G3}");
}
