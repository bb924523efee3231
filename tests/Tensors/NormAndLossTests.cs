using Engine.Cli.Cases;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

[EveryInstructionSet]
public class NormAndLossTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BatchNorm_MatchesPyTorch(bool training)
    {
        var reference = new NnOps(training ? "batchnorm2d_train" : "batchnorm2d_eval");

        // PyTorch's layer starts at 0 and 1; the case holds the statistics after one training step.
        using var mean = training ? Tensor.Zeros(new Shape(4)) : reference["running_mean"];
        using var variance = training ? Tensor.Full(new Shape(4), 1) : reference["running_var"];
        reference.Check(c => Tensor.BatchNorm(c["x"], c["w"], c["b"], mean, variance, training), 210);
        reference.Compare("running_mean", mean, 210);
        reference.Compare("running_var", variance, 210);
    }

    [Fact]
    public void LayerNorm_MatchesPyTorch() => new NnOps("layernorm").Check(c => Tensor.LayerNorm(c["x"], c["w"], c["b"]), 24);

    [Theory]
    [InlineData(6, 3, 1)]
    [InlineData(2, 5, 40)]
    [InlineData(3, 1, 20000)]
    public void BatchNorm_Gradients_MatchReference(int n, int channels, int length)
    {
        var random = new RandomStream(1, "batch norm");
        var shape = new Shape(n, channels, length);
        foreach (var training in length > 1000 ? new[] { false } : [true, false])
        {
            using var mean = Tensor.Full(new Shape(channels), 0.1f);
            using var variance = Tensor.Full(new Shape(channels), 0.7f);
            GradCheck.Run(
                [(shape, GradCheck.Draw(random, shape.Count)), (new Shape(channels), GradCheck.Draw(random, channels)),
                    (new Shape(channels), GradCheck.Draw(random, channels))],
                t => Tensor.BatchNorm(t[0], t[1], t[2], mean, variance, training),
                x => NormCases.BatchNorm(x[0], x[1], x[2], n, channels, length, training ? null : (0.1f, 0.7f)),
                n * length);
        }
    }

    [Fact]
    public void ChannelStatistics_FarFromZero_KeepTheirVariance()
    {
        var random = new RandomStream(2, "offset");
        var values = Array.ConvertAll(GradCheck.Draw(random, 2 * 40000), v => v + 1000);
        using var x = Tensor.From(values, new Shape(2, 1, 40000));
        using var mean = Tensor.Zeros(new Shape(1));
        using var variance = Tensor.Zeros(new Shape(1));
        x.Device.Backend.ChannelStatistics(x, mean, variance);
        var expected = values.Average(v => (double)v);
        Close.Assert([expected], new[] { (double)mean.Item() }, 0, 1e-7, "mean");
        Close.Assert([values.Average(v => (v - expected) * (v - expected))], new[] { (double)variance.Item() }, 0, 1e-5,
            "variance");
    }

    [Fact]
    public void LayerNorm_Gradients_MatchReference()
    {
        var random = new RandomStream(3, "layer norm");
        var shape = new Shape(3, 2, 37);
        GradCheck.Run(
            [(shape, GradCheck.Draw(random, shape.Count)), (new Shape(37), GradCheck.Draw(random, 37)),
                (new Shape(37), GradCheck.Draw(random, 37))],
            t => Tensor.LayerNorm(t[0], t[1], t[2]),
            x => NormCases.LayerNorm(x[0], x[1], x[2], 37),
            37);
    }

    [Theory]
    [InlineData("act_softmax", false)]
    [InlineData("act_log_softmax", true)]
    public void Softmax_MatchesPyTorch(string name, bool logarithm) =>
        new NnOps(name).Check(c => logarithm ? c["x"].LogSoftmax() : c["x"].Softmax(), 10);

    [Theory]
    [InlineData(1, -1)]
    [InlineData(33, -1)]
    [InlineData(5, 0)]
    [InlineData(10, -1, 37)]
    [InlineData(31, -1, 16)]
    [InlineData(32, -1, 5)]
    [InlineData(83, -1, 3)]
    public void Softmax_Gradients_MatchReference(int n, int axis, int rows = 6)
    {
        var random = new RandomStream(4, "softmax");
        var shape = axis == -1 ? new Shape(rows, n) : new Shape(n, 6);
        foreach (var logarithm in new[] { false, true })
        {
            GradCheck.Run(
                [(shape, GradCheck.Draw(random, shape.Count))],
                t => logarithm ? t[0].LogSoftmax(axis) : t[0].Softmax(axis),
                x => SoftmaxCases.Reference(x[0], n, axis == -1 ? 1 : 6, logarithm),
                n);
        }
    }

    [Fact]
    public void Softmax_LargeScores_DoesNotOverflow_AndRowsSumToOne()
    {
        using var x = Tensor.From([1000, 1001, -1000, float.NegativeInfinity, 5, 5], new Shape(2, 3));
        var y = x.Softmax().ToArray();
        Close.Assert([0.26894142, 0.73105858, 0], Array.ConvertAll(y[..3], v => (double)v), 1e-6, what: "large");
        Assert.Equal([0, 0.5f, 0.5f], y[3..]);
        using var bad = Tensor.From([1, float.NaN, 2], new Shape(1, 3));
        Assert.All(bad.Softmax().ToArray(), v => Assert.True(float.IsNaN(v)));
    }

    [Theory]
    [InlineData("loss_cross_entropy", 0f)]
    [InlineData("loss_cross_entropy_smooth0.1", 0.1f)]
    public void CrossEntropy_MatchesPyTorch(string name, float smoothing)
    {
        using var labels = Labels();
        new NnOps(name).Check(c => Tensor.CrossEntropy(c["x"], labels, smoothing), 10);
    }

    [Fact]
    public void NegativeLogLikelihood_OfLogSoftmax_IsCrossEntropy()
    {
        using var labels = Labels();
        new NnOps("loss_cross_entropy").Check(c => Tensor.NegativeLogLikelihood(c["x"].LogSoftmax(), labels), 10);
    }

    [Fact]
    public void MeanSquaredError_MatchesPyTorch() =>
    new NnOps("loss_mse").Check(c => Tensor.MeanSquaredError(c["x"], c["t"]), 60);

    [Fact]
    public void BinaryCrossEntropy_MatchesPyTorch() =>
    new NnOps("loss_bce_logits").Check(c => Tensor.BinaryCrossEntropyWithLogits(c["x"], c["t"]), 60);

    [Fact]
    public void CrossEntropy_BadLabels_AreNamed()
    {
        // Elsewhere than on the CPU a label that is no class makes the loss NaN.
        using var onCpu = Tensor.Zeros(new Shape(2, 3), Device.Cpu);
        using var labels = Tensor.FromIndices([0, 3], new Shape(2), Device.Cpu);
        using var scores = Tensor.Zeros(new Shape(2, 3));
        using var few = Tensor.FromIndices([0], new Shape(1));
        using var good = Tensor.FromIndices([0, 2], new Shape(2));
        Assert.Contains("label 3 of sample 1 is not one of the 3 classes",
            Assert.Throws<ArgumentException>(() => Tensor.CrossEntropy(onCpu, labels)).Message);
        Assert.Contains("scores [2, 3] and labels [1]", Assert.Throws<ArgumentException>(() => Tensor.CrossEntropy(scores, few))
            .Message);
        Assert.Contains("[2, 3] holds Float32; it must be Int32",
            Assert.Throws<InvalidOperationException>(() => Tensor.CrossEntropy(scores, scores)).Message);
        Assert.Contains("smoothing is 2", Assert.Throws<ArgumentException>(() => Tensor.CrossEntropy(scores, good, 2)).Message);
    }

    [Fact]
    public void Dropout_ChoosesByThePhiloxStream_ForwardAndBackward()
    {
        var random = new RandomStream(11, "dropout");
        using var x = Tensor.Full(new Shape(1000), 3);
        x.RequiresGrad = true;
        using var tape = new Tape();
        random.NextUInt32();
        var y = x.Dropout(0.4f, random);
        Assert.Equal(4 + 1024ul, random.Position);
        tape.Backward(y, Tensor.Full(y.Shape, 1));
        var (values, gradients) = (y.ToArray(), x.Grad!.ToArray());
        var block = new uint[4];
        for (var i = 0; i < 1000; i++)
        {
            RandomStream.Philox(random.Key, random.Stream, 1 + (ulong)(i / 64 * 16 + i % 16), block);
            var dropped = block[i % 64 / 16] < 0.4f * 4294967296.0;
            Assert.Equal(dropped ? 0 : 3 * (1 / (1 - 0.4f)), values[i], 1e-5f);
            Assert.Equal(dropped ? 0 : 1 / (1 - 0.4f), gradients[i], 1e-5f);
        }

        Assert.InRange(values.Count(v => v == 0), 330, 470);
        Assert.Contains("rate is 1", Assert.Throws<ArgumentException>(() => x.Dropout(1, random)).Message);
    }

    [Fact]
    public void Philox_KnownAnswers_MatchRandom123()
    {
        // kat_vectors of the Random123 library: philox4x32-10 with counter and key all zeros, and all ones.
        var block = new uint[4];
        RandomStream.Philox(0, 0, 0, block);
        Assert.Equal([0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u], block);
        RandomStream.Philox(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, block);
        Assert.Equal([0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu], block);
    }

    private static Tensor Labels() =>
        Tensor.FromIndices(Array.ConvertAll(Vectors.Load("nn_ops")
            .Single(p => p.Key.StartsWith("loss_labels", StringComparison.Ordinal)).Value.ToInt64s(), l => (int)l), new Shape(6));
}
