using Engine.Cli.Cases;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tensors.Cpu.Kernels;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

[EveryInstructionSet]
public class DepthwiseTests
{
    public static TheoryData<int[], int[], Conv2dOptions> Shapes => new()
    {
        // Squares read from the plane: whole vectors, rows and columns that overlap, both strides.
        { [2, 3, 12, 48], [3, 1, 3, 3], Conv2dOptions.Uniform(padding: 1, groups: 3) },
        { [1, 2, 13, 37], [2, 1, 5, 5], Conv2dOptions.Uniform(padding: 2, groups: 2) },
        { [2, 2, 16, 67], [2, 1, 3, 3], Conv2dOptions.Uniform(stride: 2, padding: 1, groups: 2) },
        { [1, 3, 15, 80], [3, 1, 5, 5], Conv2dOptions.Uniform(stride: 2, padding: 2, groups: 3) },

        // The same without padding, with more of it than the kernel is wide, and where a tile is the whole plane.
        { [1, 2, 11, 90], [2, 1, 5, 5], Conv2dOptions.Uniform(groups: 2) },
        { [1, 2, 12, 70], [2, 1, 3, 3], Conv2dOptions.Uniform(stride: 2, groups: 2) },
        { [1, 2, 7, 40], [2, 1, 3, 3], Conv2dOptions.Uniform(padding: 6, groups: 2) },
        { [1, 2, 9, 41], [2, 1, 5, 5], Conv2dOptions.Uniform(stride: 2, padding: 9, groups: 2) },
        { [3, 2, 4, 16], [2, 1, 5, 5], Conv2dOptions.Uniform(padding: 2, groups: 2) },
        { [3, 2, 4, 29], [2, 1, 3, 3], Conv2dOptions.Uniform(padding: 1, groups: 2) },
        { [2, 2, 8, 32], [2, 1, 5, 5], Conv2dOptions.Uniform(stride: 2, padding: 2, groups: 2) },

        // Fewer rows than a tile has, and rows shorter than a vector.
        { [1, 2, 3, 40], [2, 1, 3, 3], Conv2dOptions.Uniform(padding: 1, groups: 2) },
        { [3, 4, 9, 7], [4, 1, 3, 3], Conv2dOptions.Uniform(padding: 1, groups: 4) },
        { [2, 5, 4, 5], [5, 1, 5, 5], Conv2dOptions.Uniform(stride: 2, padding: 2, groups: 5) },
        { [2, 3, 1, 1], [3, 1, 5, 5], Conv2dOptions.Uniform(padding: 2, groups: 3) },

        // Several filters for each channel.
        { [2, 3, 9, 33], [6, 1, 3, 3], Conv2dOptions.Uniform(padding: 1, groups: 3) },
        { [1, 2, 11, 40], [6, 1, 5, 5], Conv2dOptions.Uniform(stride: 2, padding: 2, groups: 2) },

        // Other kernels, uneven padding, dilation, strides that skip input.
        { [1, 3, 10, 50], [3, 1, 4, 2], new() { PadTop = 1, PadBottom = 2, PadLeft = 2, PadRight = 1, Groups = 3 } },
        { [2, 2, 20, 50], [2, 1, 3, 3], Conv2dOptions.Uniform(padding: 4, dilation: 3, groups: 2) },
        { [1, 2, 20, 50], [4, 1, 3, 5], new() { StrideHeight = 2, StrideWidth = 3, DilationWidth = 2, PadLeft = 3, Groups = 2 } },
        { [2, 2, 9, 40], [2, 1, 1, 1], Conv2dOptions.Uniform(stride: 3, groups: 2) },
        { [1, 2, 2, 2], [2, 1, 1, 1], Conv2dOptions.Uniform(stride: 99, padding: 3, groups: 2) },
        { [1, 2, 3, 3], [2, 1, 3, 3], Conv2dOptions.Uniform(padding: 4, groups: 2) },
        { [2, 3, 1, 300], [3, 1, 1, 27], Conv2dOptions.Line(stride: 2, padding: 5, groups: 3) },

        // Planes of several blocks, by rows and along a row.
        { [1, 2, 110, 600], [2, 1, 3, 3], Conv2dOptions.Uniform(padding: 1, groups: 2) },
        { [1, 2, 222, 602], [2, 1, 3, 3], Conv2dOptions.Uniform(stride: 2, padding: 1, groups: 2) },
        { [1, 2, 90, 600], [2, 1, 3, 4], Conv2dOptions.Uniform(padding: 1, groups: 2) },
        { [1, 2, 90, 602], [2, 1, 4, 3], Conv2dOptions.Uniform(stride: 2, padding: 1, groups: 2) },
        { [1, 2, 1, 90_000], [2, 1, 1, 5], Conv2dOptions.Line(stride: 2, padding: 2, groups: 2) },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Conv2d_Depthwise_EachValueStaysWithinTheBudgetOfItsSum(int[] input, int[] weight, Conv2dOptions options) =>
        ConvCheck.Run(new Shape(input), new Shape(weight), options, ConvAlgorithm.Depthwise);

    [Fact]
    public void Conv2d_DepthwiseOfRandomShapes_EachValueStaysWithinTheBudgetOfItsSum()
    {
        var random = new Random(7);
        var checks = 0;
        while (checks < 100)
        {
            var options = new Conv2dOptions
            {
                StrideHeight = random.Next(1, 4),
                StrideWidth = random.Next(1, 4),
                DilationHeight = random.Next(1, 3),
                DilationWidth = random.Next(1, 3),
                PadTop = random.Next(5),
                PadBottom = random.Next(5),
                PadLeft = random.Next(5),
                PadRight = random.Next(5),
                Groups = random.Next(1, 4),
            };
            var input = new Shape(random.Next(1, 3), options.Groups, random.Next(1, 14), random.Next(1, 44));
            var weight = new Shape(options.Groups * random.Next(1, 3), 1, random.Next(1, 6), random.Next(1, 6));
            var (reachDown, reachAcross) =
                (options.DilationHeight * (weight[2] - 1) + 1, options.DilationWidth * (weight[3] - 1) + 1);
            if (input[2] + options.PadTop + options.PadBottom < reachDown) continue;
            if (input[3] + options.PadLeft + options.PadRight < reachAcross) continue;
            ConvCheck.Run(input, weight, options, ConvAlgorithm.Depthwise);
            checks++;
        }
    }

    [Fact]
    public void Conv2d_DepthwiseOfConstants_RoundsWithinTheBudget() =>
        ConvCheck.Run(new Shape(2, 3, 20, 70), new Shape(3, 1, 5, 5), Conv2dOptions.Uniform(padding: 2, groups: 3),
            ConvAlgorithm.Depthwise, mean: 0.7, constant: true);

    [Theory]
    [InlineData(3, 1, 40)]
    [InlineData(5, 2, 70)]
    [InlineData(3, 1, 6)]
    [InlineData(4, 1, 40)]
    public void Conv2d_DepthwiseWithRelu_PassesNoGradientWhereItCutOff(int kernel, int stride, int width)
    {
        var random = new RandomStream(6, "depthwise with relu");
        var (x, w, b) = (new Shape(2, 3, 8, width), new Shape(3, 1, kernel, kernel), new Shape(3));
        var options = Conv2dOptions.Uniform(stride, kernel / 2, groups: 3);
        var geometry = new Conv2dGeometry(x, w, options, "Conv2d");
        GradCheck.Run(
            [(x, GradCheck.Draw(random, x.Count)), (w, GradCheck.Draw(random, w.Count)), (b, GradCheck.Draw(random, b.Count))],
            t => Tensor.Conv2d(t[0], t[1], t[2], options, relu: true),
            v => Array.ConvertAll(Conv2dCases.Convolve(v[0], v[1], v[2], geometry), y => Math.Max(0, y)),
            geometry.OutputShape.Count);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    public void Conv2d_DepthwiseOnOneAndMoreThreads_GivesTheSameBits(int stride, int multiplier) =>
        ThreadCheck.SameBits(() => ConvCheck.Values(
            new Shape(5, 7, 40, 61), new Shape(7 * multiplier, 1, 5, 5), Conv2dOptions.Uniform(stride, 2, groups: 7)));

    [Fact]
    public void Conv2d_DepthwiseOfAnEmptyBatch_GivesEmptyOutputAndZeroGradients()
    {
        using var x = Tensor.Zeros(new Shape(0, 4, 8, 8));
        using var w = Tensor.Full(new Shape(4, 1, 3, 3), 1);
        using var b = Tensor.Full(new Shape(4), 1);
        x.RequiresGrad = w.RequiresGrad = b.RequiresGrad = true;
        using (var tape = new Tape())
        {
            var y = Tensor.Conv2d(x, w, b, Conv2dOptions.Uniform(groups: 4));
            Assert.Equal(new Shape(0, 4, 6, 6), y.Shape);
            tape.Backward(y, Tensor.Zeros(y.Shape));
        }

        Assert.All(w.Grad!.ToArray(), g => Assert.Equal(0, g));
        Assert.All(b.Grad!.ToArray(), g => Assert.Equal(0, g));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Conv2d_NonFiniteInput_ReachesTheOutputsThatDependOnItAndNoOthers(float value)
    {
        var values = new float[2 * 12 * 40];
        values[480 + 5 * 40 + 6] = value;
        using var x = Tensor.From(values, new Shape(1, 2, 12, 40));
        using var w = Tensor.Full(new Shape(2, 1, 3, 3), 1);
        using var y = Tensor.Conv2d(x, w, null, Conv2dOptions.Uniform(padding: 1, groups: 2), relu: true);
        var results = y.ToArray();
        for (var i = 0; i < results.Length; i++)
        {
            var (row, column) = (i / 40 % 12, i % 40);
            var depends = i >= 480 && Math.Abs(row - 5) <= 1 && Math.Abs(column - 6) <= 1;
            Assert.Equal(depends ? value : 0, results[i]);
        }
    }

    [Fact]
    public void ConvAlgorithm_GroupsOfOneChannelWithFewFilters_AreDepthwise()
    {
        Assert.True(Uses([1, 16, 64, 500], [16, 1, 3, 3], Conv2dOptions.Uniform(padding: 1, groups: 16)));
        Assert.True(Uses([1, 16, 8, 8], [32, 1, 7, 7], Conv2dOptions.Uniform(stride: 2, padding: 3, groups: 16)));
        Assert.False(Uses([1, 1, 64, 500], [8, 1, 3, 3], Conv2dOptions.Uniform(padding: 1)));
        Assert.False(Uses([1, 2, 64, 500], [64, 1, 3, 3], Conv2dOptions.Uniform(padding: 1, groups: 2)));
        Assert.False(Uses([1, 16, 64, 500], [16, 2, 3, 3], Conv2dOptions.Uniform(padding: 1, groups: 8)));
    }

    private static bool Uses(int[] input, int[] weight, Conv2dOptions options) =>
        ConvAlgorithms.Of(new Conv2dGeometry(new Shape(input), new Shape(weight), options, "Conv2d")) == ConvAlgorithm.Depthwise;
}
