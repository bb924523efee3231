using Engine.Cli.Cases;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tensors.Cpu.Kernels;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

[EveryInstructionSet]
public class ConvFftTests
{
    // Batch, channels, length, filters, taps, stride, zeros on the left and right; whether all sums have many terms, or each
    // value may round as the average does.
    public static TheoryData<int, int, int, int, int, int, int, int, bool> Shapes => new()
    {
        { 1, 1, 1, 1, 1, 1, 0, 0, true },
        { 1, 3, 40, 2, 40, 1, 0, 0, true },
        { 2, 1, 70, 3, 27, 2, 0, 0, true },
        { 3, 3, 301, 5, 20, 1, 3, 9, true },
        { 1, 16, 777, 16, 65, 1, 0, 0, false },
        { 2, 5, 400, 7, 31, 3, 2, 0, true },
        { 2, 17, 261, 9, 52, 1, 26, 25, false },
        { 1, 12, 600, 20, 97, 2, 48, 49, false },
        { 4, 4, 300, 20, 127, 1, 0, 0, false },
        { 2, 2, 30, 3, 5, 7, 1, 0, true },
        { 1, 2, 9, 1, 3, 8, 6, 0, true },
        { 8, 1, 7000, 2, 27, 1, 0, 0, true },
        { 3, 1, 2801, 512, 9, 1, 0, 0, false },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Conv1d_EachValue_StaysWithinItsBudget(
        int n, int c, int length, int k, int taps, int stride, int left, int right, bool shared) =>
        ConvCheck.Run(new Shape(n, c, 1, length), new Shape(k, c, 1, taps), Options(stride, left, right), ConvAlgorithm.Fft,
            shared: shared);

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(5, false)]
    public void Conv1d_ValuesWithAMean_StayWithinTheBudgetOfTheirSums(double mean, bool constant) =>
        ConvCheck.Run(new Shape(2, 6, 1, 500), new Shape(10, 6, 1, 45), Options(2, 4, 0), ConvAlgorithm.Fft, mean, constant);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Conv1d_BiasAndRelu_MatchReference(bool relu)
    {
        var random = new RandomStream(12, "relu");
        var (x, w, b) = (new Shape(2, 3, 1, 150), new Shape(5, 3, 1, 19), new Shape(5));
        var options = Options(2, 3, 8);
        var geometry = new Conv2dGeometry(x, w, options, "Conv2d");
        using var forced = new ConvCheck.Force(ConvAlgorithm.Fft);
        GradCheck.Run(
            [(x, GradCheck.Draw(random, x.Count)), (w, GradCheck.Draw(random, w.Count)), (b, GradCheck.Draw(random, b.Count))],
            t => Tensor.Conv2d(t[0], t[1], t[2], options, relu),
            v => Array.ConvertAll(Conv2dCases.Convolve(v[0], v[1], v[2], geometry), y => relu ? Math.Max(0, y) : y),
            geometry.OutputShape.Count);
    }

    [Fact]
    public void Conv1d_OneAndMoreThreads_GiveTheSameBits() =>
        ThreadCheck.SameBits(() => [.. Bits(7, 5, 900, 11, 60, 2), .. Bits(4, 1, 5000, 3, 20, 1)]);

    [Fact]
    public void Conv1d_PermutedBatch_PermutesTheBitsOfOutputAndInputGradient()
    {
        const int n = 5, c = 3, length = 400, k = 6, taps = 33;
        var values = GradCheck.Draw(new RandomStream(13, "batch"), n * c * length);
        var reversed = Enumerable.Range(0, n).Reverse().SelectMany(i => values[(i * c * length)..((i + 1) * c * length)])
            .ToArray();
        var (straight, turned) = (Run(values), Run(reversed));
        for (var i = 0; i < n; i++)
        {
            Assert.Equal(straight.Output.Chunk(k * (length - taps + 1)).ElementAt(i), turned.Output.Chunk(k * (length - taps + 1))
                .ElementAt(n - 1 - i));
            Assert.Equal(straight.GradInput.Chunk(c * length).ElementAt(i), turned.GradInput.Chunk(c * length)
                .ElementAt(n - 1 - i));
        }

        (float[] Output, float[] GradInput) Run(float[] batch)
        {
            using var forced = new ConvCheck.Force(ConvAlgorithm.Fft);
            using var x = Tensor.From(batch, new Shape(n, c, length));
            using var w = Tensor.From(GradCheck.Draw(new RandomStream(14, "weights"), k * c * taps), new Shape(k, c, taps));
            x.RequiresGrad = true;
            using var tape = new Tape();
            var y = Tensor.Conv1d(x, w);
            tape.Backward(y, y.Detach());
            var result = (y.ToArray(), x.Grad!.ToArray());
            x.Grad!.Dispose();
            return result;
        }
    }

    [Fact]
    public void Conv1d_EmptyBatch_GivesEmptyOutputAndZeroGradients()
    {
        using var forced = new ConvCheck.Force(ConvAlgorithm.Fft);
        using var x = Tensor.Zeros(new Shape(0, 4, 100));
        using var w = Tensor.Full(new Shape(3, 4, 30), 1);
        using var b = Tensor.Full(new Shape(3), 1);
        x.RequiresGrad = w.RequiresGrad = b.RequiresGrad = true;
        using (var tape = new Tape())
        {
            var y = Tensor.Conv1d(x, w, b);
            Assert.Equal(new Shape(0, 3, 71), y.Shape);
            tape.Backward(y, Tensor.Zeros(y.Shape));
        }

        Assert.All(w.Grad!.ToArray(), g => Assert.Equal(0, g));
        Assert.All(b.Grad!.ToArray(), g => Assert.Equal(0, g));
    }

    // It may spread over blocks of its own series, but reaches all that depend on it, and nothing of another series.
    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Conv1d_NonFiniteValue_ReachesAllThatDependsOnIt(float value)
    {
        const int c = 3, k = 4, length = 700, taps = 40, outputs = length - taps + 1, at = 333;
        using var forced = new ConvCheck.Force(ConvAlgorithm.Fft);
        var (values, seeds) = (new float[2 * c * length], new float[2 * k * outputs]);
        values[c * length + 2 * length + at] = value;
        seeds[k * outputs + outputs + at] = value;
        using var x = Tensor.From(values, new Shape(2, c, length));
        using var w = Tensor.Full(new Shape(k, c, taps), 1);
        x.RequiresGrad = w.RequiresGrad = true;
        using var tape = new Tape();
        var y = Tensor.Conv1d(x, w, null, relu: false);
        tape.Backward(y, Tensor.From(seeds, y.Shape));
        var cut = Tensor.Conv1d(x.Detach(), w.Detach(), null, relu: true).ToArray();
        var (output, gradInput, gradWeight) = (y.ToArray(), x.Grad!.ToArray(), w.Grad!.ToArray());
        for (var filter = 0; filter < k; filter++)
        {
            for (var i = 0; i < outputs; i++)
            {
                Assert.Equal(0, output[filter * outputs + i]);
                if (i > at || i + taps <= at) continue;
                Assert.False(float.IsFinite(output[(k + filter) * outputs + i]));
                Assert.False(float.IsFinite(cut[(k + filter) * outputs + i]));
            }

            // Every tap of a filter sums over its gradients' products with every channel.
            for (var i = 0; i < c * taps; i++)
                Assert.False((filter == 1 || i / taps == 2) && float.IsFinite(gradWeight[filter * c * taps + i]));
        }

        for (var channel = 0; channel < c; channel++)
        {
            for (var i = 0; i < length; i++)
            {
                Assert.Equal(0, gradInput[channel * length + i]);
                if (i >= at && i < at + taps) Assert.False(float.IsFinite(gradInput[(c + channel) * length + i]));
            }
        }
    }

    [Fact]
    public void Of_DependsOnTheShape()
    {
        if (!System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated) return;
        Assert.Equal(ConvAlgorithm.Fft, Of(10, 8, 68903, 16, 52, new()));
        Assert.Equal(ConvAlgorithm.Fft, Of(10, 16, 8606, 48, 97, new() { StrideWidth = 2 }));
        Assert.Equal(ConvAlgorithm.Fft, Of(10, 48, 1063, 128, 127, new()));
        Assert.Equal(ConvAlgorithm.Direct, Of(10, 1, 551250, 8, 27, new() { StrideWidth = 2 }));
        Assert.Equal(ConvAlgorithm.Direct, Of(10, 32, 1000, 32, 3, new()));
        Assert.Equal(ConvAlgorithm.Direct, Of(10, 48, 1063, 128, 127, new() { DilationWidth = 2 }));
        Assert.Equal(ConvAlgorithm.Depthwise, Of(10, 48, 1063, 48, 127, new() { Groups = 48 }));
        Assert.Equal(ConvAlgorithm.Direct, Of(10, 2048, 1063, 2048, 127, new()));
        using var forced = new ConvCheck.Force(ConvAlgorithm.Fft);
        Assert.Equal(ConvAlgorithm.Fft, Of(1, 1, 10, 1, 3, new()));
        Assert.Equal(ConvAlgorithm.Direct, Of(1, 2, 10, 2, 3, new() { Groups = 2 }));
        Assert.Equal(ConvAlgorithm.Direct, Of(1, 1, 10, 1, 3, new() { DilationWidth = 2 }));
    }

    private static ConvAlgorithm Of(int n, int c, int length, int k, int taps, Conv2dOptions options) =>
        ConvAlgorithms.Of(new Conv2dGeometry(new Shape(n, c, 1, length), new Shape(k, c / options.Groups, 1, taps), options,
            "Conv1d"));

    private static Conv2dOptions Options(int stride, int left, int right) =>
        new() { StrideWidth = stride, PadLeft = left, PadRight = right };

    private static float[] Bits(int n, int c, int length, int k, int taps, int stride)
    {
        using var forced = new ConvCheck.Force(ConvAlgorithm.Fft);
        var random = new RandomStream(11, "threads");
        using var x = Tensor.From(GradCheck.Draw(random, n * c * length), new Shape(n, c, length));
        using var w = Tensor.From(GradCheck.Draw(random, k * c * taps), new Shape(k, c, taps));
        using var b = Tensor.From(GradCheck.Draw(random, k), new Shape(k));
        x.RequiresGrad = w.RequiresGrad = b.RequiresGrad = true;
        using var tape = new Tape();
        var y = Tensor.Conv1d(x, w, b, Options(stride, 2, 1), relu: true);
        tape.Backward(y, y.Detach());
        float[] bits = [.. y.ToArray(), .. x.Grad!.ToArray(), .. w.Grad!.ToArray(), .. b.Grad!.ToArray()];
        foreach (var leaf in new[] { x, w, b }) leaf.Grad!.Dispose();
        return bits;
    }
}
