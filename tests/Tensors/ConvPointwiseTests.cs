using Engine.Tensors;
using Engine.Tensors.Cpu.Kernels;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

[EveryInstructionSet]
public class ConvPointwiseTests
{
    public static TheoryData<int[], int> Shapes => new()
    {
        { [1, 1, 1, 1], 1 },
        { [3, 5, 1, 7], 9 },
        { [2, 24, 6, 11], 40 },
        { [1, 70, 3, 33], 13 },
        { [4, 13, 4, 32], 70 },

        // Large enough that the threads divide each image.
        { [2, 128, 17, 64], 72 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Conv2d_OneByOne_EachValueStaysWithinTheBudgetOfItsSum(int[] input, int filters) =>
        ConvCheck.Run(new Shape(input), new Shape(filters, input[1], 1, 1), new(), ConvAlgorithm.Pointwise);

    [Theory]
    [InlineData(3)]
    [InlineData(64)]
    public void Conv2d_OneByOneOnOneAndMoreThreads_GivesTheSameBits(int width) =>
        ThreadCheck.SameBits(() => ConvCheck.Values(new Shape(3, 128, 17, width), new Shape(64, 128, 1, 1), new()));

    [Fact]
    public void ConvAlgorithm_OneByOneWithoutStridePaddingAndGroups_IsPointwise()
    {
        Assert.True(Uses([1, 8, 4, 32], [16, 8, 1, 1], new()));
        Assert.False(Uses([1, 8, 1, 1], [16, 8, 1, 1], new()));
        Assert.False(Uses([1, 8, 8, 32], [16, 8, 1, 1], Conv2dOptions.Uniform(stride: 2)));
        Assert.False(Uses([1, 8, 4, 32], [16, 8, 1, 1], Conv2dOptions.Uniform(padding: 1)));
        Assert.False(Uses([1, 8, 4, 32], [16, 4, 1, 1], Conv2dOptions.Uniform(groups: 2)));
        Assert.False(Uses([1, 8, 4, 32], [16, 8, 1, 3], new()));
    }

    private static bool Uses(int[] input, int[] weight, Conv2dOptions options) =>
        ConvAlgorithms.Of(new Conv2dGeometry(new Shape(input), new Shape(weight), options, "Conv2d")) == ConvAlgorithm.Pointwise;
}
