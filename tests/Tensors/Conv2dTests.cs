using Engine.Cli.Cases;
using Engine.Tensors;
using Engine.Tensors.Cpu.Kernels;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

[EveryInstructionSet]
public class Conv2dTests
{
    public static TheoryData<string, Conv2dOptions, int> PyTorchCases => new()
    {
        { "conv2d_k3s1p0", Conv2dOptions.Uniform(), 400 },
        { "conv2d_k3s1p1", Conv2dOptions.Uniform(padding: 1), 400 },
        { "conv2d_k3s2p1", Conv2dOptions.Uniform(stride: 2, padding: 1), 400 },
        { "conv2d_k3d2", Conv2dOptions.Uniform(dilation: 2), 400 },
        { "conv2d_k5x3s2x1p2x0", new Conv2dOptions { StrideHeight = 2, PadTop = 2, PadBottom = 2 }, 400 },
        { "conv2d_groups2", Conv2dOptions.Uniform(padding: 1, groups: 2), 450 },
        { "conv2d_1x1", Conv2dOptions.Uniform(), 200 },
        { "conv1d_raw1", Conv2dOptions.Line(stride: 2), 500 },
        { "conv1d_raw3", Conv2dOptions.Line(stride: 2), 1600 },
        { "conv1d_k3p1d2", Conv2dOptions.Line(padding: 1, dilation: 2), 100 },
    };

    [Theory]
    [MemberData(nameof(PyTorchCases))]
    public void Convolution_MatchesPyTorch(string name, Conv2dOptions options, int terms) =>
        new NnOps(name).Check(
            c => name.StartsWith("conv1d", StringComparison.Ordinal)
                ? Tensor.Conv1d(c["x"], c["w"], c["b"], options) : Tensor.Conv2d(c["x"], c["w"], c["b"], options),
            terms);

    public static TheoryData<int[], int[], Conv2dOptions> Shapes => new()
    {
        { [1, 1, 1, 1], [1, 1, 1, 1], Conv2dOptions.Uniform() },
        { [2, 3, 9, 11], [5, 3, 3, 3], Conv2dOptions.Uniform(stride: 3) },
        { [2, 3, 9, 11], [5, 3, 3, 2], Conv2dOptions.Uniform(stride: 2, dilation: 3) },
        { [1, 2, 12, 10], [3, 2, 4, 4], new Conv2dOptions { PadTop = 1, PadBottom = 2, PadLeft = 2, PadRight = 1 } },
        { [1, 2, 12, 10], [3, 2, 2, 2], new Conv2dOptions { StrideHeight = 3, StrideWidth = 2, PadTop = 1, PadRight = 3 } },
        { [1, 2, 7, 7], [4, 2, 1, 1], Conv2dOptions.Uniform(stride: 3) },
        { [2, 6, 5, 40], [9, 2, 3, 3], Conv2dOptions.Uniform(stride: 2, padding: 1, groups: 3) },
        { [1, 4, 6, 70], [4, 1, 3, 5], Conv2dOptions.Uniform(padding: 2, groups: 4) },
        { [3, 1, 1, 300], [7, 1, 1, 27], Conv2dOptions.Line(stride: 2, padding: 5) },
        { [1, 2, 1, 1700], [3, 2, 1, 3], Conv2dOptions.Line(stride: 4, dilation: 2) },
        { [1, 1, 3, 3], [1, 1, 3, 3], Conv2dOptions.Uniform(padding: 4) },

        // Taps that see only padding, at both ends, between, or all of them.
        { [2, 4, 3, 5], [6, 2, 9, 31], Conv2dOptions.Uniform(stride: 2, padding: 15, groups: 2) },
        { [1, 2, 4, 6], [3, 2, 3, 3], Conv2dOptions.Uniform(padding: 9, dilation: 9) },
        { [1, 1, 2, 2], [2, 1, 2, 2], Conv2dOptions.Uniform(stride: 20, padding: 7, dilation: 3) },
        { [1, 1, 2, 2], [2, 1, 1, 1], Conv2dOptions.Uniform(stride: 99, padding: 3) },

        // Rows much shorter than the pitch: a kernel nearly as wide as the image, as of networks that read a whole spectrum.
        { [2, 2, 21, 40], [5, 2, 3, 37], Conv2dOptions.Uniform() },
        { [1, 3, 19, 70], [4, 3, 1, 70], Conv2dOptions.Uniform() },
        { [2, 1, 90, 48], [5, 1, 7, 46], new Conv2dOptions { PadTop = 3, PadBottom = 3, StrideWidth = 2 } },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Conv2d_ValuesAndGradients_MatchReference(int[] input, int[] weight, Conv2dOptions options)
    {
        var random = new RandomStream(5, "convolution");
        var (x, w, b) = (new Shape(input), new Shape(weight), new Shape(weight[0]));
        var geometry = new Conv2dGeometry(x, w, options, "Conv2d");
        GradCheck.Run(
            [(x, GradCheck.Draw(random, x.Count)), (w, GradCheck.Draw(random, w.Count)), (b, GradCheck.Draw(random, b.Count))],
            t => Tensor.Conv2d(t[0], t[1], t[2], options),
            v => Conv2dCases.Convolve(v[0], v[1], v[2], geometry),
            Math.Max(w.Count, geometry.OutputShape.Count));
    }

    [Fact]
    public void Conv2d_Relu_PassesNoGradientWhereItCutOff()
    {
        var random = new RandomStream(6, "convolution with relu");
        var (x, w, b) = (new Shape(2, 3, 8, 40), new Shape(5, 3, 3, 3), new Shape(5));
        var options = Conv2dOptions.Uniform(padding: 1);
        var geometry = new Conv2dGeometry(x, w, options, "Conv2d");
        GradCheck.Run(
            [(x, GradCheck.Draw(random, x.Count)), (w, GradCheck.Draw(random, w.Count)), (b, GradCheck.Draw(random, b.Count))],
            t => Tensor.Conv2d(t[0], t[1], t[2], options, relu: true),
            v => Array.ConvertAll(Conv2dCases.Convolve(v[0], v[1], v[2], geometry), y => Math.Max(0, y)),
            geometry.OutputShape.Count);
    }

    [Fact]
    public void Conv2d_EmptyBatch_GivesEmptyOutputAndZeroGradients()
    {
        using var x = Tensor.Zeros(new Shape(0, 3, 8, 8));
        using var w = Tensor.Full(new Shape(2, 3, 3, 3), 1);
        w.RequiresGrad = true;
        using (var tape = new Engine.Tensors.Autograd.Tape())
        {
            var y = Tensor.Conv2d(x, w);
            Assert.Equal(new Shape(0, 2, 6, 6), y.Shape);
            tape.Backward(y, Tensor.Zeros(y.Shape));
        }

        Assert.All(w.Grad!.ToArray(), g => Assert.Equal(0, g));
    }

    [Fact]
    public void Conv2d_OneAndMoreThreads_GiveTheSameBits() =>
        ThreadCheck.SameBits(() => ConvCheck.Values(new Shape(5, 3, 40, 50), new Shape(7, 3, 3, 3), new()));

    [Fact]
    public void Conv2d_BadShapes_NameThem()
    {
        using var x = Tensor.Zeros(new Shape(1, 3, 8, 8));
        using var w = Tensor.Zeros(new Shape(4, 2, 3, 3));
        using var big = Tensor.Zeros(new Shape(4, 3, 9, 3));
        using var good = Tensor.Zeros(new Shape(4, 3, 3, 3));
        using var bias = Tensor.Zeros(new Shape(3));
        AssertMessage("input [1, 3, 8, 8] has 3 channels in 1 groups but weight [4, 2, 3, 3] takes 2", () => Tensor.Conv2d(x, w));
        AssertMessage("is larger than the padded input [1, 3, 8, 8]", () => Tensor.Conv2d(x, big));
        AssertMessage("bias [3] must be [4]", () => Tensor.Conv2d(x, good, bias));
        AssertMessage("strides 0, 0", () => Tensor.Conv2d(x, good, null, Conv2dOptions.Uniform(stride: 0)));
        AssertMessage("padding -1", () => Tensor.Conv2d(x, good, null, Conv2dOptions.Uniform(padding: -1)));
        AssertMessage("2 groups do not divide", () => Tensor.Conv2d(x, good, null, Conv2dOptions.Uniform(groups: 2)));
        AssertMessage("Conv1d: input [1, 3, 8, 8]", () => Tensor.Conv1d(x, good));
        AssertMessage("[1, 3, 8, 8] has 192 elements", () => x.Reshape(5, -1));
    }

    private static void AssertMessage(string part, Func<Tensor> action) =>
        Assert.Contains(part, Assert.Throws<ArgumentException>(action).Message);

    // One image has enough work to be divided: by rows, by filters, by both, by columns; read in place and from a window.
    public static TheoryData<int[], int[], int> Divided => new()
    {
        { [1, 16, 7, 40], [20, 16, 3, 3], 0 }, { [1, 64, 3, 20], [40, 64, 2, 3], 0 }, { [1, 20, 6, 33], [50, 20, 3, 3], 0 },
        { [2, 30, 1, 150], [9, 30, 1, 16], 0 }, { [1, 8, 30, 30], [16, 8, 5, 5], 2 }, { [1, 70, 2, 17], [60, 70, 2, 2], 0 },
    };

    [Theory]
    [MemberData(nameof(Divided))]
    public void Conv2d_DividedImage_StaysWithinTheBudget(int[] input, int[] weight, int padding) => ConvCheck.Run(
        new Shape(input), new Shape(weight), Conv2dOptions.Uniform(padding: padding), ConvAlgorithm.Direct);

    [Theory]
    [MemberData(nameof(Divided))]
    public void Conv2d_DividedImage_GivesTheSameBitsOnAnyNumberOfThreads(int[] input, int[] weight, int padding)
    {
        using var forced = new ConvCheck.Force(ConvAlgorithm.Direct);
        ThreadCheck.SameBits(() => ConvCheck.Values(
            new Shape(input), new Shape(weight), Conv2dOptions.Uniform(padding: padding)));
    }
}
