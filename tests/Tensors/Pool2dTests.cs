using Engine.Cli.Cases;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

[EveryInstructionSet]
public class Pool2dTests
{
    [Fact]
    public void MaxPool_MatchesPyTorch()
    {
        new NnOps("maxpool2d_2").Check(c => Tensor.MaxPool2d(c["x"], Pool2dOptions.Square(2)), 1);
        new NnOps("maxpool2d_3s2p1").Check(c => Tensor.MaxPool2d(c["x"], Pool2dOptions.Square(3, 2, 1)), 4);
        new NnOps("maxpool2d_2x4").Check(c => Tensor.MaxPool2d(c["x"], new Pool2dOptions(2, 4)), 1);
        new NnOps("maxpool1d_8").Check(c => Tensor.MaxPool1d(c["x"], Pool2dOptions.Line(8)), 1);
    }

    [Fact]
    public void AveragePool_MatchesPyTorch()
    {
        new NnOps("avgpool1d_4").Check(c => Tensor.AveragePool1d(c["x"], Pool2dOptions.Line(4)), 4);
        new NnOps("avgpool2d_2").Check(c => Tensor.AveragePool2d(c["x"], Pool2dOptions.Square(2)), 4);
        new NnOps("global_avgpool2d").Check(c => Tensor.GlobalAveragePool(c["x"]), 154);
    }

    public static TheoryData<int[], Pool2dOptions> Cases => new()
    {
        { [1, 1, 1, 1], new Pool2dOptions(1, 1) },
        { [2, 3, 7, 33], Pool2dOptions.Square(2) },
        { [2, 3, 7, 33], Pool2dOptions.Square(3, 1) },
        { [1, 2, 9, 20], new Pool2dOptions(3, 5) { StrideHeight = 2, StrideWidth = 3, PadHeight = 1, PadWidth = 2 } },
        { [1, 2, 4, 17], new Pool2dOptions(1, 4) { StrideHeight = 3 } },
        { [3, 1, 1, 100], Pool2dOptions.Line(8, 5, 3) },
        { [1, 2, 4, 101], Pool2dOptions.Square(2) },
        { [2, 1, 1, 700], Pool2dOptions.Line(300) },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pool_ValuesAndGradients_MatchReference(int[] input, Pool2dOptions options)
    {
        var random = new RandomStream(1, "pool");
        var shape = new Shape(input);
        var g = new Pool2dGeometry(shape, options, "Pool");

        // Distinct values far enough apart that a difference quotient does not change who wins.
        var values = Enumerable.Range(0, shape.Count).Select(i => (i + 0.5f) / shape.Count - 0.5f).ToArray();
        random.Shuffle<float>(values);
        GradCheck.Run([(shape, values)], t => Tensor.MaxPool2d(t[0], options), x => Pool2dCases.Reference(x[0], g, true), 25);
        GradCheck.Run([(shape, values)], t => Tensor.AveragePool2d(t[0], options), x => Pool2dCases.Reference(x[0], g, false),
            25);
    }

    [Fact]
    public void MaxPool_NaN_Wins_AndTiesGoToTheFirst()
    {
        using var x = Tensor.From([1, float.NaN, 3, 3, 2, 0, 3, 3], new Shape(1, 1, 2, 4));
        x.RequiresGrad = true;
        using var tape = new Engine.Tensors.Autograd.Tape();
        var y = Tensor.MaxPool2d(x, Pool2dOptions.Square(2));
        Assert.Equal([float.NaN, 3], y.ToArray());
        tape.Backward(y, Tensor.Full(y.Shape, 1));
        Assert.Equal([0, 1, 1, 0, 0, 0, 0, 0], x.Grad!.ToArray());
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 0)]
    public void MaxPool_ManyTies_GoToTheFirstRowByRow(int size, int stride)
    {
        var random = new RandomStream(2, "ties");
        var options = Pool2dOptions.Square(size, stride);
        var values = new float[12 * 75];
        for (var i = 0; i < values.Length; i++) values[i] = random.NextUInt32() % 3 == 2 ? 2 : float.NaN;
        for (var i = 0; i < values.Length; i += 2) values[i] = i / 7 % 2;
        using var x = Tensor.From(values, new Shape(1, 1, 12, 75));
        x.RequiresGrad = true;
        using var tape = new Engine.Tensors.Autograd.Tape();
        var y = Tensor.MaxPool2d(x, options);
        var expected = new float[values.Length];
        var step = stride == 0 ? size : stride;
        for (var row = 0; row < y.Shape[2]; row++)
        {
            for (var column = 0; column < y.Shape[3]; column++)
            {
                var places = Enumerable.Range(0, size * size).Select(i => (row * step + i / size) * 75 + column * step + i % size)
                    .ToArray();
                var winner = Array.Find(places, p => float.IsNaN(values[p]));
                if (!float.IsNaN(values[winner])) winner = places.MaxBy(p => values[p]);
                expected[winner]++;
            }
        }

        tape.Backward(y, Tensor.Full(y.Shape, 1));
        Assert.Equal(expected, x.Grad!.ToArray());
    }

    public static TheoryData<int[], Pool2dOptions> Windows => new()
    {
        // Rows of windows shorter and longer than a vector, every kind of stride, windows that share rows and columns or skip
        // some.
        { [2, 3, 13, 30], Pool2dOptions.Square(3, 2) },
        { [1, 2, 9, 35], Pool2dOptions.Square(3, 2, 1) },
        { [2, 3, 13, 33], Pool2dOptions.Square(3, 2) },
        { [1, 2, 11, 78], new Pool2dOptions(4, 3) { StrideHeight = 3, StrideWidth = 2, PadHeight = 2 } },
        { [1, 2, 10, 71], Pool2dOptions.Square(3) },
        { [2, 2, 8, 77], new Pool2dOptions(2, 4) },
        { [2, 2, 9, 50], new Pool2dOptions(4, 2) { PadHeight = 2, PadWidth = 1 } },
        { [1, 2, 7, 150], new Pool2dOptions(2, 5) { StrideHeight = 3, StrideWidth = 6, PadWidth = 2 } },
        { [1, 3, 1, 260], Pool2dOptions.Line(8) },
        { [1, 1, 1, 211], Pool2dOptions.Line(3, 12, 1) },
        { [1, 2, 12, 40], Pool2dOptions.Square(5, 1, 2) },
        { [1, 2, 1, 500], Pool2dOptions.Line(100, 48, 20) },
        { [1, 2, 1, 700], Pool2dOptions.Line(2, 32) },
        { [2, 1, 2, 301], new Pool2dOptions(1, 301) },
        { [1, 2, 6, 35], Pool2dOptions.Square(2) },
        { [1, 1, 40, 38], Pool2dOptions.Square(17, 2, 8) },
        { [2, 1, 5, 1], new Pool2dOptions(3, 2) { StrideWidth = 1, PadHeight = 1, PadWidth = 1 } },
    };

    [Theory]
    [MemberData(nameof(Windows))]
    public void Pool_AnyWindow_MatchesOneByOne(int[] input, Pool2dOptions options)
    {
        var g = new Pool2dGeometry(new Shape(input), options, "Pool");
        var random = new RandomStream(5, "windows");

        // Few values, so that many are equal; whole rows of -∞, which padding must not beat; some NaN.
        float[] some = [-1, 0, 2, 2, float.NegativeInfinity, float.NaN];
        var values = new float[new Shape(input).Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = i / g.Width % 4 == 3 ? some[4] : some[random.NextUInt32() % (i % 5 == 0 ? 6u : 4u)];
        var gradient = GradCheck.Draw(random, g.OutputShape.Count);
        var (maxima, gradMaxima) = Pool2dReference.Maximum(g, values, gradient);
        var finite = GradCheck.Draw(random, values.Length);
        var (means, gradMeans) = Pool2dReference.Average(g, finite, gradient);
        ThreadCheck.SameBits(() =>
        {
            var (output, gradInput) = Run(values, t => Tensor.MaxPool2d(t, options));
            Assert.Equal(maxima, output);
            Assert.Equal(gradMaxima, gradInput);
            using var x = Tensor.From(values, new Shape(input));
            using var alone = Tensor.MaxPool2d(x, options);
            Assert.Equal(maxima, alone.ToArray());
            var (average, gradAverage) = Run(finite, t => Tensor.AveragePool2d(t, options));
            var budget = 2 * Probe.U * options.KernelHeight * options.KernelWidth;
            Close.Assert(means, Probe.Wide(average), budget, what: "means");
            Close.Assert(gradMeans, Probe.Wide(gradAverage), budget, what: "gradients of means");
            return [.. average, .. gradAverage];
        });

        (float[] Output, float[] GradInput) Run(float[] x, Func<Tensor, Tensor> pool)
        {
            using var leaf = Tensor.From(x, new Shape(input));
            leaf.RequiresGrad = true;
            using var tape = new Engine.Tensors.Autograd.Tape();
            var y = pool(leaf);
            tape.Backward(y, Tensor.From(gradient, y.Shape));
            using var result = leaf.Grad!;
            return (y.ToArray(), result.ToArray());
        }
    }

    [Fact]
    public void Pool_BadShapes_NameThem()
    {
        using var x = Tensor.Zeros(new Shape(1, 1, 4, 4));
        AssertMessage("window 5×5 is larger than the padded input [1, 1, 4, 4]",
            () => Tensor.MaxPool2d(x, Pool2dOptions.Square(5)));
        AssertMessage("window 0×0", () => Tensor.AveragePool2d(x, Pool2dOptions.Square(0)));
        AssertMessage("padding 2, 2 must lie between 0 and half the window 2×2",
            () => Tensor.MaxPool2d(x, Pool2dOptions.Square(2, 2, 2)));
        AssertMessage("MaxPool1d: input [1, 1, 4, 4]", () => Tensor.MaxPool1d(x, Pool2dOptions.Line(2)));
    }

    private static void AssertMessage(string part, Func<Tensor> action) =>
        Assert.Contains(part, Assert.Throws<ArgumentException>(action).Message);
}
