using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tensors.Cpu.Kernels;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

/// <summary>Convolutions that pool their own output, beside the two operations one after the other.</summary>
[EveryInstructionSet]
public class ConvMaxPoolTests
{
    // Input [N, C, H, W], filters, kernel, options, windows: one tile and many, blocks of rows and of columns, remainders that no
    // window has, images read in place and not, kernels that see padding alone.
    public static TheoryData<int[], int, int[], Conv2dOptions, int[]> Shapes => new()
    {
        { [1, 1, 18, 130], 32, [3, 3], Conv2dOptions.Uniform(1, 1), [2, 2] },
        { [2, 3, 21, 19], 5, [3, 3], default, [2, 2] },
        { [1, 1, 300, 90], 16, [3, 3], default, [4, 2] },
        { [1, 2, 9, 700], 13, [3, 5], Conv2dOptions.Uniform(1, 2), [2, 4] },
        { [2, 4, 15, 16], 6, [3, 3], Conv2dOptions.Uniform(2, 1, groups: 2), [3, 2] },
        { [1, 8, 24, 40], 20, [3, 3], default, [1, 2] },
        { [1, 8, 24, 40], 20, [3, 3], default, [2, 1] },
        { [2, 8, 9, 65], 8, [3, 3], Conv2dOptions.Uniform(1, 1), [2, 2] },
        { [1, 9, 33, 21], 11, [3, 3], Conv2dOptions.Uniform(1, 1), [4, 4] },
        { [1, 5, 1, 3000], 7, [1, 9], default, [1, 4] },
        { [3, 6, 1, 8], 9, [3, 3], Conv2dOptions.Uniform(1, 1), [1, 2] },
        { [1, 2, 6, 6], 3, [5, 5], default, [2, 2] },
        { [1, 2, 9, 9], 3, [3, 3], default, [3, 3] },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ConvMaxPool_EveryKernel_GivesThePoolOfTheConvolution(
        int[] input, int filters, int[] kernel, Conv2dOptions options, int[] window)
    {
        var random = new RandomStream(1, $"pools {input[^1]}");
        var groups = Math.Max(1, options.Groups);
        options = options == default ? new Conv2dOptions() : options;
        using var scope = new TensorScope();
        var x = Draw(random, new Shape(input));
        var weight = Draw(random, new Shape(filters, input[1] / groups, kernel[0], kernel[1]));
        var bias = Draw(random, new Shape(filters));
        var windows = new Pool2dOptions(window[0], window[1]);
        foreach (var algorithm in new[] { ConvAlgorithm.Direct, ConvAlgorithm.Winograd, ConvAlgorithm.Depthwise })
        {
            using var forced = new ConvCheck.Force(algorithm);
            foreach (var relu in new[] { false, true })
            {
                Assert.Equal(
                    Tensor.MaxPool2d(Tensor.Conv2d(x, weight, bias, options, relu), windows).ToArray(),
                    Tensor.ConvMaxPool2d(x, weight, bias, options, relu, windows).ToArray());
            }

            Assert.Equal(
                Tensor.MaxPool2d(Tensor.Conv2d(x, weight, null, options), windows).ToArray(),
                Tensor.ConvMaxPool2d(x, weight, null, options, false, windows).ToArray());
        }
    }

    [Theory]
    [InlineData(nameof(ConvAlgorithm.Direct))]
    [InlineData(nameof(ConvAlgorithm.Winograd))]
    public void ConvMaxPool_NaN_ReachesItsWindows(string algorithm)
    {
        using var scope = new TensorScope();
        var values = new float[2 * 12 * 40];
        values[40 * 5 + 17] = float.NaN;
        var x = Tensor.From(values, new Shape(1, 2, 12, 40));
        var weight = Tensor.Full(new Shape(3, 2, 3, 3), 1);
        using var forced = new ConvCheck.Force(Enum.Parse<ConvAlgorithm>(algorithm));
        Assert.Equal(
            Tensor.MaxPool2d(Tensor.Conv2d(x, weight, relu: true), Pool2dOptions.Square(2)).ToArray(),
            Tensor.ConvMaxPool2d(x, weight, null, new Conv2dOptions(), true, Pool2dOptions.Square(2)).ToArray());
    }

    [Fact]
    public void ConvMaxPool_OneAndMoreThreads_GiveTheSameBits()
    {
        using var scope = new TensorScope();
        var random = new RandomStream(2, "threads");
        Tensor x = Draw(random, new Shape(1, 1, 500, 128)), weight = Draw(random, new Shape(24, 1, 3, 3));
        ThreadCheck.SameBits(
            () => Tensor.ConvMaxPool2d(x, weight, null, new Conv2dOptions(), true, new Pool2dOptions(4, 2)).ToArray());
    }

    [Fact]
    public void ConvMaxPool_Recorded_HasGradients()
    {
        using var scope = new TensorScope();
        var random = new RandomStream(3, "gradients");
        Tensor x = Draw(random, new Shape(2, 3, 12, 20)), weight = Draw(random, new Shape(4, 3, 3, 3));
        weight.RequiresGrad = true;
        var expected = Gradient(() => Tensor.MaxPool2d(Tensor.Conv2d(x, weight, relu: true), Pool2dOptions.Square(2)));
        Assert.Equal(expected, Gradient(
            () => Tensor.ConvMaxPool2d(x, weight, null, new Conv2dOptions(), true, Pool2dOptions.Square(2))));

        float[] Gradient(Func<Tensor> forward)
        {
            using var tape = new Tape();
            tape.Backward(forward().Sum());
            var gradient = weight.Grad!.ToArray();
            weight.Grad = null;
            return gradient;
        }
    }

    // A kernel that sees padding with some taps keeps weights packed without them: those of another size are others.
    [Fact]
    public void Conv2d_ImagesThatHideTaps_KeepPackedWeightsApart()
    {
        using var scope = new TensorScope();
        var random = new RandomStream(4, "hidden taps");
        var weight = Draw(random, new Shape(5, 3, 3, 3));
        var options = Conv2dOptions.Uniform(1, 1);
        Tensor[] images =
        [
            .. new[] { (1, 8), (8, 1), (1, 1), (2, 9), (9, 9) }.Select(s => Draw(random, new Shape(1, 3, s.Item1, s.Item2))),
        ];
        using var forced = new ConvCheck.Force(ConvAlgorithm.Direct);
        for (var pass = 0; pass < 2; pass++)
        {
            foreach (var image in images)
            {
                using var tape = pass == 0 ? new Tape() : null;
                Assert.Equal(Recorded(image), Tensor.Conv2d(image, weight, null, options).ToArray());
            }
        }

        float[] Recorded(Tensor image)
        {
            using var tape = new Tape();
            return Tensor.Conv2d(image, weight, null, options).ToArray();
        }
    }

    // One block of tiles, whose filters threads share.
    [Fact]
    public void Conv2d_FewTilesOfManyFilters_MatchesTheDirectKernel()
    {
        using var scope = new TensorScope();
        var random = new RandomStream(5, "few tiles");
        Tensor x = Draw(random, new Shape(1, 9, 8, 15)), weight = Draw(random, new Shape(139, 9, 3, 3));
        float[] expected;
        using (new ConvCheck.Force(ConvAlgorithm.Direct)) expected = Pooled();
        using var forced = new ConvCheck.Force(ConvAlgorithm.Winograd);
        Close.Assert(expected, Pooled(), 1e-4, what: "few tiles");
        ThreadCheck.SameBits(Pooled);

        float[] Pooled() => Tensor.ConvMaxPool2d(
            x, weight, null, Conv2dOptions.Uniform(1, 1), false, Pool2dOptions.Square(2)).ToArray();
    }

    private static Tensor Draw(RandomStream random, Shape shape) => Tensor.From(GradCheck.Draw(random, shape.Count), shape);
}
