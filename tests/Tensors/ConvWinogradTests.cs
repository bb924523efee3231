using Engine.Cli.Cases;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tensors.Cpu.Kernels;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

[EveryInstructionSet]
public class ConvWinogradTests
{
    // Input, weight, padding at the top, bottom, left and right, groups.
    private static readonly (int[] Input, int[] Weight, int[] Padding, int Groups)[] s_cases =
    [
        ([1, 1, 3, 3], [1, 1, 3, 3], [0, 0, 0, 0], 1),
        ([1, 16, 6, 6], [16, 16, 3, 3], [0, 0, 0, 0], 1),
        ([1, 16, 7, 5], [16, 16, 3, 3], [1, 1, 1, 1], 1),
        ([3, 5, 9, 11], [7, 5, 3, 3], [1, 2, 2, 1], 1),
        ([1, 3, 13, 30], [33, 3, 3, 3], [0, 3, 1, 0], 1),
        ([2, 17, 12, 10], [9, 17, 3, 3], [2, 2, 2, 2], 1),
        ([1, 2, 4, 5], [3, 2, 3, 3], [4, 0, 0, 5], 1),
        ([2, 24, 8, 9], [36, 8, 3, 3], [1, 0, 0, 1], 3),
        ([1, 4, 3, 110], [20, 4, 3, 3], [0, 0, 1, 1], 1),
        ([1, 20, 2, 1], [70, 20, 3, 3], [1, 1, 1, 1], 1),
        ([3, 9, 10, 33], [10, 9, 3, 3], [1, 1, 1, 0], 1),
        ([2, 3, 6, 63], [9, 3, 3, 3], [0, 0, 0, 0], 1),
    ];

    public static TheoryData<int, bool, bool> Cases
    {
        get
        {
            var data = new TheoryData<int, bool, bool>();
            for (var i = 0; i < s_cases.Length; i++)
            {
                foreach (var relu in new[] { false, true })
                {
                    data.Add(i, relu, false);
                    data.Add(i, relu, true);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Conv2d_EitherAlgorithm_MatchesReference(int index, bool relu, bool winograd)
    {
        var (input, weight, padding, groups) = s_cases[index];
        var random = new RandomStream(9, "winograd");
        var (x, w, b) = (new Shape(input), new Shape(weight), new Shape(weight[0]));
        var options = new Conv2dOptions
        {
            PadTop = padding[0],
            PadBottom = padding[1],
            PadLeft = padding[2],
            PadRight = padding[3],
            Groups = groups
        };
        var geometry = new Conv2dGeometry(x, w, options, "Conv2d");
        using var forced = new ConvCheck.Force(Kernels(winograd));
        GradCheck.Run(
            [(x, GradCheck.Draw(random, x.Count)), (w, GradCheck.Draw(random, w.Count)), (b, GradCheck.Draw(random, b.Count))],
            t => Tensor.Conv2d(t[0], t[1], t[2], options, relu),
            v => Array.ConvertAll(Conv2dCases.Convolve(v[0], v[1], v[2], geometry), y => relu ? Math.Max(0, y) : y),
            Math.Max(9 * geometry.GroupChannels, 9 * geometry.GroupFilters));
    }

    // The budget of a sum of products, 4u√K·Σ|aᵢbᵢ|, at every single value, also where a mean leaves little to cancel.
    [Theory]
    [InlineData(16, 16, 0, false)]
    [InlineData(16, 16, 1, false)]
    [InlineData(16, 16, 5, false)]
    [InlineData(16, 16, 0, true)]
    [InlineData(16, 16, 1, true)]
    [InlineData(16, 16, 5, true)]
    [InlineData(8, 8, 0, true)]
    [InlineData(8, 8, 1, true)]
    [InlineData(8, 8, 5, true)]
    [InlineData(8, 24, 1, true)]
    [InlineData(64, 24, 0, true)]
    [InlineData(64, 24, 2, true)]
    public void Conv2d_EachValue_StaysWithinTheBudgetOfItsSum(int channels, int filters, double mean, bool winograd) =>
        ConvCheck.Run(new Shape(2, channels, 15, 18), new Shape(filters, channels, 3, 3), Conv2dOptions.Uniform(padding: 1),
            Kernels(winograd), mean);

    // The last is so narrow that its tiles are scattered.
    [Theory]
    [InlineData(true, 41)]
    [InlineData(false, 41)]
    [InlineData(true, 7)]
    public void Conv2d_OneAndMoreThreads_GiveTheSameBits(bool winograd, int width)
    {
        using var forced = new ConvCheck.Force(Kernels(winograd));
        ThreadCheck.SameBits(() => ConvCheck.Values(
            new Shape(3, 20, 30, width), new Shape(40, 10, 3, 3), Conv2dOptions.Uniform(padding: 1, groups: 2)));
    }

    [Fact]
    public void Conv2d_EmptyBatch_GivesEmptyOutputAndZeroGradients()
    {
        using var forced = new ConvCheck.Force(ConvAlgorithm.Winograd);
        using var x = Tensor.Zeros(new Shape(0, 16, 8, 8));
        using var w = Tensor.Full(new Shape(16, 16, 3, 3), 1);
        using var b = Tensor.Full(new Shape(16), 1);
        w.RequiresGrad = b.RequiresGrad = true;
        using (var tape = new Tape())
        {
            var y = Tensor.Conv2d(x, w, b);
            Assert.Equal(new Shape(0, 16, 6, 6), y.Shape);
            tape.Backward(y, Tensor.Zeros(y.Shape));
        }

        Assert.All(w.Grad!.ToArray(), g => Assert.Equal(0, g));
        Assert.All(b.Grad!.ToArray(), g => Assert.Equal(0, g));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Conv2d_NonFiniteInput_ReachesEveryOutputThatDependsOnIt(float value)
    {
        using var forced = new ConvCheck.Force(ConvAlgorithm.Winograd);
        var values = new float[16 * 12 * 12];
        values[3 * 144 + 5 * 12 + 6] = value;
        using var x = Tensor.From(values, new Shape(1, 16, 12, 12));
        using var w = Tensor.Full(new Shape(16, 16, 3, 3), 1);
        using var y = Tensor.Conv2d(x, w, null, Conv2dOptions.Uniform(padding: 1), relu: true);
        var results = y.ToArray();
        for (var i = 0; i < results.Length; i++)
        {
            var (row, column) = (i / 12 % 12, i % 12);
            if (Math.Abs(row - 5) <= 1 && Math.Abs(column - 6) <= 1)
                Assert.False(float.IsFinite(results[i]), $"output[{i}] is {results[i]}.");
            if (row >= 8) Assert.Equal(0, results[i]);
        }
    }

    [Fact]
    public void UsesWinograd_DependsOnTheShape()
    {
        if (!System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated) return;
        Assert.True(Uses([4, 32, 30, 30], [64, 32, 3, 3], Conv2dOptions.Uniform(padding: 1)));
        Assert.True(Uses([4, 8, 30, 30], [8, 8, 3, 3], Conv2dOptions.Uniform()));
        Assert.False(Uses([4, 3, 30, 30], [64, 3, 3, 3], Conv2dOptions.Uniform()));
        Assert.False(Uses([4, 32, 30, 30], [32, 1, 3, 3], Conv2dOptions.Uniform(groups: 32)));
        Assert.False(Uses([1, 64, 4, 4], [64, 64, 3, 3], Conv2dOptions.Uniform(padding: 1)));
        using var forced = new ConvCheck.Force(ConvAlgorithm.Winograd);
        Assert.True(Uses([1, 1, 4, 4], [1, 1, 3, 3], Conv2dOptions.Uniform()));
        Assert.False(Uses([4, 32, 30, 30], [64, 32, 3, 3], Conv2dOptions.Uniform(stride: 2)));
        Assert.False(Uses([4, 32, 30, 30], [64, 32, 3, 3], Conv2dOptions.Uniform(dilation: 2)));
        Assert.False(Uses([4, 32, 30, 30], [64, 32, 3, 1], Conv2dOptions.Uniform()));
    }

    private static bool Uses(int[] input, int[] weight, Conv2dOptions options) =>
        ConvAlgorithms.Of(new Conv2dGeometry(new Shape(input), new Shape(weight), options, "Conv2d")) == ConvAlgorithm.Winograd;

    private static ConvAlgorithm Kernels(bool winograd) => winograd ? ConvAlgorithm.Winograd : ConvAlgorithm.Direct;
}
