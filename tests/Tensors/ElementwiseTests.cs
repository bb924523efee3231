using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

public class ElementwiseTests
{
    private static readonly Dictionary<string, (Func<Tensor, Tensor> Operation, Func<double, double> Reference)> s_unary = new()
    {
        ["relu"] = (x => x.Relu(), x => Math.Max(x, 0)),
        ["leaky_relu"] = (x => x.LeakyRelu(), x => x > 0 ? x : 0.01 * x),
        ["elu"] = (x => x.Elu(), x => x > 0 ? x : Math.Exp(x) - 1),
        ["gelu"] = (x => x.Gelu(), x => x * 0.5 * (1 + Erf(x / Math.Sqrt(2)))),
        ["sigmoid"] = (x => x.Sigmoid(), x => 1 / (1 + Math.Exp(-x))),
        ["tanh"] = (x => x.Tanh(), Math.Tanh),
        ["softplus"] = (x => x.Softplus(), x => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)))),
        ["exp"] = (x => x.Exp(), Math.Exp),
        ["scale"] = (x => x.Scale(-1.5f), x => -1.5 * x),
        ["shift"] = (x => x.Shift(0.25f), x => x + 0.25),
        ["square"] = (x => x.Power(2), x => x * x),
        ["cube"] = (x => x.Power(3), x => x * x * x),
        ["log"] = (x => x.Power(2).Shift(0.1f).Log(), x => Math.Log(x * x + 0.1f)),
        ["sqrt"] = (x => x.Power(2).Shift(0.1f).Sqrt(), x => Math.Sqrt(x * x + 0.1f)),
        ["power"] = (x => x.Power(2).Shift(0.1f).Power(1.7f), x => Math.Pow(x * x + 0.1f, 1.7f)),
        ["reciprocal"] = (x => x.Power(2).Shift(0.1f).Power(-1), x => 1 / (x * x + 0.1f)),
        ["negate"] = (x => -x, x => -x),
    };

    public static TheoryData<string> Unary => [.. s_unary.Keys];

    public static TheoryData<string> PyTorchActivations => ["relu", "elu", "leaky_relu", "sigmoid", "tanh", "gelu", "softplus", "exp"];

    [Theory]
    [MemberData(nameof(PyTorchActivations))]
    public void Activation_MatchesPyTorch(string name) => new NnOps("act_" + name).Check(c => s_unary[name].Operation(c["x"]), 4);

    [Theory]
    [MemberData(nameof(Unary))]
    public void Unary_ValuesAndGradients_MatchReference(string name)
    {
        var random = new RandomStream(1, name);
        foreach (var count in new[] { 1, 15, 16, 17, 100 })
        {
            // Clear of the kinks at 0.
            var values = Array.ConvertAll(GradCheck.Draw(random, count), v => (v + 0.05f * Math.Sign(v)) * 3);
            var (operation, reference) = s_unary[name];
            GradCheck.Run([(new Shape(count), values)], t => operation(t[0]), x => Array.ConvertAll(x[0], v => reference(v)), 64);
        }
    }

    [Theory]
    [MemberData(nameof(Unary))]
    public void Unary_NonFinite_Propagates(string name)
    {
        using var x = Tensor.From([float.NaN, 1, float.PositiveInfinity, float.NegativeInfinity], new Shape(4));
        var (operation, reference) = s_unary[name];
        var y = operation(x).ToArray();
        Assert.True(float.IsNaN(y[0]), "NaN must come out as NaN");
        if (name is "scale" or "shift" or "relu" or "leaky_relu" or "elu" or "sigmoid" or "tanh" or "softplus" or "exp" or "square" or "cube" or "negate")
        {
            Assert.Equal(Math.Sign(reference(double.PositiveInfinity)), Math.Sign(y[2]));
            Assert.Equal((float)reference(double.NegativeInfinity), y[3], 1e-6f);
        }
    }

    [Fact]
    public void Tanh_Erf_Softplus_AcrossTheRange_AreWithinAFewUlp()
    {
        var x = Enumerable.Range(-4000, 8001).Select(i => i / 400f).ToArray();
        using var tensor = Tensor.From(x, new Shape(x.Length));
        foreach (var name in new[] { "tanh", "sigmoid", "softplus", "gelu", "elu", "exp" })
        {
            var (operation, reference) = s_unary[name];
            var expected = Array.ConvertAll(x, v => reference(v));
            using var actual = operation(tensor);
            Close.Assert(expected, Array.ConvertAll(actual.ToArray(), v => (double)v), name == "gelu" ? 3e-7 : 1e-30, 6.0 / (1 << 23), name);
        }
    }

    [Fact]
    public void Exp_WholeRange_IsWithinTwoUlpAndEndsInZeroAndInfinity()
    {
        var random = new RandomStream(3, "exp");
        var x = Enumerable.Range(0, 100_000).Select(_ => (float)(-104 + 193 * random.NextDouble())).Concat([0, -0f, 1e-30f, -1e-8f, 88.72f, -87.4f, -103.9f]).ToArray();
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

        using var ends = Tensor.From([float.PositiveInfinity, 1e30f, 89, -105, -1e30f, float.NegativeInfinity, float.NaN], new Shape(7));
        Assert.Equal([float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity, 0, 0, 0, float.NaN], ends.Exp().ToArray());
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
        { [], [] }, { [5], [] }, { [], [5] }, { [3, 40], [40] }, { [3, 40], [3, 1] }, { [2, 3, 4, 20], [3, 1, 1] }, { [2, 1, 4], [1, 3, 1] },
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
                [(a, GradCheck.Draw(random, a.Count)), (b, Array.ConvertAll(GradCheck.Draw(random, b.Count), v => v + 2 * Math.Sign(v) + 0.001f))],
                t => Apply(name, t[0], t[1]),
                x =>
                {
                    var y = new double[shape.Count];
                    for (var i = 0; i < y.Length; i++)
                    {
                        var (p, q) = (x[0][Index(i, shape, a)], x[1][Index(i, shape, b)]);
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
        Assert.Equal("Add: [4, 3] and [4] do not broadcast: sizes 3 and 4 differ and neither is 1.", Assert.Throws<ArgumentException>(() => a + b).Message);
        Assert.Equal("Multiply: [2] holds Int32; it must be Float32.", Assert.Throws<InvalidOperationException>(() => b * indices).Message);
        Assert.Contains("Relu: [2] holds Int32", Assert.Throws<InvalidOperationException>(indices.Relu).Message);
    }

    private static Tensor Apply(string name, Tensor a, Tensor b) => name switch { "add" => a + b, "sub" => a - b, "mul" => a * b, _ => a / b };

    // Where element i of the broadcast shape lies in an operand.
    private static int Index(int i, Shape shape, Shape operand)
    {
        int index = 0, stride = 1;
        for (var axis = 1; axis <= shape.Rank; axis++)
        {
            var at = i % shape.Sizes[^axis];
            i /= shape.Sizes[^axis];
            if (axis > operand.Rank) continue;
            if (operand.Sizes[^axis] != 1) index += at * stride;
            stride *= operand.Sizes[^axis];
        }

        return index;
    }

    // The series of the error function, and its continued fraction for large arguments; double precision.
    private static double Erf(double x)
    {
        if (Math.Abs(x) < 3)
        {
            double sum = x, term = x;
            for (var n = 1; n < 100; n++)
            {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }

            return sum * 2 / Math.Sqrt(Math.PI);
        }

        var (t, fraction) = (Math.Abs(x), 0.0);
        for (var k = 60; k > 0; k--) fraction = k / 2.0 / (t + fraction);
        return Math.Sign(x) * (1 - Math.Exp(-t * t) / Math.Sqrt(Math.PI) / (t + fraction));
    }
}
