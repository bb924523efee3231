using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>
/// Pooling on a GPU against the processor, where windows overlap, leave a rest, or are more than one pass of the grid.
/// </summary>
[Collection(nameof(OpenClTests))]
public class GpuPool2dTests
{
    public static TheoryData<int[], Pool2dOptions> Cases => new()
    {
        { [3, 5, 37, 41], Pool2dOptions.Square(2) },
        { [2, 3, 29, 31], Pool2dOptions.Square(3, 2, 1) },
        { [1, 4, 23, 300], new Pool2dOptions(5, 4) { StrideHeight = 2, StrideWidth = 3, PadHeight = 2, PadWidth = 1 } },
        { [2, 1, 50, 17], new Pool2dOptions(2, 3) { StrideHeight = 5, StrideWidth = 4 } },
        { [1, 2, 1, 1000], Pool2dOptions.Line(300, 7, 150) },
        { [4, 16, 130, 140], Pool2dOptions.Square(2, 1) },
        { [0, 3, 8, 8], Pool2dOptions.Square(2) },
    };

    [GpuTheory]
    [MemberData(nameof(Cases))]
    public void MaxPool2d_RaggedShapes_MatchesTheCpu(int[] sizes, Pool2dOptions options)
    {
        var values = Values(new Shape(sizes));

        // Many equal values, and a few that are not numbers.
        for (var i = 0; i < values.Length; i++)
            values[i] = i % 397 == 5 ? float.NaN : i % 211 == 3 ? float.NegativeInfinity : MathF.Round(values[i] * 8);
        var expected = Pool(Tensor.MaxPool2d, values, sizes, options, "cpu");
        var actual = Pool(Tensor.MaxPool2d, values, sizes, options, TestDevice.Gpu);
        Assert.Equal(expected.Output, actual.Output);
        CloseTo(expected.Gradient, actual.Gradient, options, options.KernelHeight * options.KernelWidth);
        Assert.Equal(actual, Pool(Tensor.MaxPool2d, values, sizes, options, TestDevice.Gpu), SameBits);
    }

    [GpuTheory]
    [MemberData(nameof(Cases))]
    public void AveragePool2d_RaggedShapes_MatchesTheCpu(int[] sizes, Pool2dOptions options)
    {
        var values = Values(new Shape(sizes));
        var expected = Pool(Tensor.AveragePool2d, values, sizes, options, "cpu");
        var actual = Pool(Tensor.AveragePool2d, values, sizes, options, TestDevice.Gpu);
        CloseTo(expected.Output, actual.Output, options, 1);
        CloseTo(expected.Gradient, actual.Gradient, options, 1);
        Assert.Equal(actual, Pool(Tensor.AveragePool2d, values, sizes, options, TestDevice.Gpu), SameBits);
    }

    [GpuFact]
    public void MaxPool2d_Slice_ReadsFromItsOffset()
    {
        var device = Device.Get(TestDevice.Gpu);
        var values = Values(new Shape(3, 2, 7, 9));
        using var x = Tensor.From(values, new Shape(3, 2, 7, 9), device);
        using var part = x.Slice(0, 1, 1);
        using var pooled = Tensor.MaxPool2d(part, Pool2dOptions.Square(3));
        var expected = Pool(Tensor.MaxPool2d, values[(2 * 7 * 9)..(2 * 2 * 7 * 9)], [1, 2, 7, 9], Pool2dOptions.Square(3), "cpu");
        Assert.Equal(expected.Output, pooled.ToArray());
    }

    private static float[] Values(Shape shape) => GradCheck.Draw(new RandomStream(1, "pool"), shape.Count);

    private static (float[] Output, float[] Gradient) Pool(
        Func<Tensor, Pool2dOptions, Tensor> pool, float[] values, int[] sizes, Pool2dOptions options, string device)
    {
        using var x = Tensor.From(values, new Shape(sizes), Device.Get(device));
        x.RequiresGrad = true;
        using var tape = new Tape();
        var y = pool(x, options);
        tape.Backward(y, Tensor.From(GradCheck.Draw(new RandomStream(2, "gradient"), y.Count), y.Shape, x.Device));
        return (y.ToArray(), x.Grad!.ToArray());
    }

    // 4u√K of the sum of magnitudes; at most K values meet in an element, K the window's size.
    private static void CloseTo(float[] expected, float[] actual, Pool2dOptions options, double magnitudes) =>
        Close.Assert(expected, actual, 4 * Math.Pow(2, -24) * Math.Sqrt(options.KernelHeight * options.KernelWidth) * magnitudes);

    private static bool SameBits((float[] Output, float[] Gradient) a, (float[] Output, float[] Gradient) b) =>
        Bits(a.Output).SequenceEqual(Bits(b.Output)) && Bits(a.Gradient).SequenceEqual(Bits(b.Gradient));

    private static IEnumerable<uint> Bits(float[] values) => values.Select(BitConverter.SingleToUInt32Bits);
}
