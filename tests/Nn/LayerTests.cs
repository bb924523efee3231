using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

public class LayerTests
{
    public static TheoryData<string, Func<Layer>, int[]> Layers => new()
    {
        { "dense", () => new Dense(4, 3), [2, 4] },
        { "dense of sequences", () => new Dense(4, 3, bias: false), [2, 5, 4] },
        { "conv1d", () => new Conv1d(2, 4, 3, Conv2dOptions.Line(2, 1, 2, 2)), [2, 2, 11] },
        { "conv2d", () => new Conv2d(2, 4, 3, 2, new Conv2dOptions { PadTop = 1, PadRight = 2, StrideWidth = 2 }), [2, 2, 7, 6] },
        { "max 1-D", () => new MaxPool1d(3, 2), [2, 2, 10] },
        { "max 2-D", () => new MaxPool2d(2), [2, 2, 7, 6] },
        { "mean 1-D", () => new AveragePool1d(4), [2, 2, 10] },
        { "mean 2-D", () => new AveragePool2d(3, 1, 1), [2, 2, 7, 6] },
        { "global", () => new GlobalAveragePool(), [2, 3, 4, 5] },
        { "global max", () => new GlobalMaxPool(), [2, 3, 4, 5] },
        { "global max and mean", () => new GlobalMaxAveragePool(), [2, 3, 7] },
        { "squeeze-excitation", () => new SqueezeExcitation(5, 3), [2, 5, 7] },
        { "inverted residual", () => new InvertedResidual(4, 8, 6, 3, 2, Activation.HardSwish, Activation.HardSigmoid),
            [2, 4, 5, 6] },
        { "lstm, last", () => new Lstm(3, 4, layers: 2), [2, 5, 3] },
        { "lstm, all, both ways", () => new Lstm(3, 4, 2, true, true), [2, 5, 3] },
        { "gru, last, both ways", () => new Gru(3, 4, 1, true), [2, 5, 3] },
        { "batch 1-D", () => new BatchNorm1d(3), [4, 3] },
        { "batch 2-D", () => new BatchNorm2d(3), [4, 3, 2, 2] },
        { "layer", () => new LayerNorm(3), [4, 2, 3] },
        { "dropout", () => new Dropout(0.5), [4, 3] },
        { "flatten", () => new Flatten(), [4, 3, 2] },
        { "leaky", () => Activation.LeakyRelu(), [4, 3] },
        { "elu", () => Activation.Elu(), [4, 3] },
        { "gelu", () => Activation.Gelu(), [4, 3] },
        { "sigmoid", () => Activation.Sigmoid(), [4, 3] },
        { "tanh", () => Activation.Tanh(), [4, 3] },
        { "softplus", () => Activation.Softplus(), [4, 3] },
        { "hard-swish", () => Activation.HardSwish(), [4, 3] },
        { "hard-sigmoid", () => Activation.HardSigmoid(), [4, 3] },
        { "softmax", () => Activation.Softmax(), [4, 3] },
    };

    [Theory, MemberData(nameof(Layers))]
    public void Forward_EveryLayer_HasTheShapeItForetold(string what, Func<Layer> make, int[] sizes)
    {
        using var network = new Sequential(make());
        network.Initialize(3);
        foreach (var context in new[] { ForwardContext.Evaluate(), ForwardContext.Train(new RandomStream(1, "dropout")) })
        {
            using var tape = new Tape();
            var shape = new Shape(sizes);
            var x = Tensor.From(GradCheck.Draw(new RandomStream(2, what), shape.Count), shape);
            x.RequiresGrad = true;
            var output = network.Forward(x, context);
            Assert.Equal(network.OutputShape(shape), output.Shape);
            if (output == x) continue;
            tape.Backward(output, Tensor.Full(output.Shape, 1));
            Assert.Equal(shape, x.Grad!.Shape);
            Assert.All(network.Parameters(), p => Assert.Equal(p.Shape, p.Gradient!.Shape));
            network.ClearGradients();
            Assert.All(network.Parameters(), p => Assert.Null(p.Gradient));
        }
    }

    [Theory]
    [InlineData("lstm_l1")]
    [InlineData("lstm_l2")]
    [InlineData("lstm_l1_bi")]
    [InlineData("gru_l1")]
    public void Recurrent_WithPyTorchsWeights_GivesItsStates(string name)
    {
        var reference = new NnOps(name);
        var (layers, bidirectional) = (name.Contains("_l2") ? 2 : 1, name.EndsWith("_bi"));
        foreach (var whole in new[] { true, false })
        {
            using Layer network = name.StartsWith("gru")
                ? new Gru(5, 7, layers, bidirectional, whole) : new Lstm(5, 7, layers, bidirectional, whole);
            foreach (var p in network.State())
            {
                p.Initializer = (values, _, _) => reference.Values(p.Name).CopyTo(values);
            }

            network.Initialize(0);
            using var scope = new TensorScope();
            var output = network.Forward(reference["x"], ForwardContext.Evaluate());
            if (whole) reference.Compare("out", output, 300);
            else Close.Assert(LastStates(reference.Values("out"), bidirectional), output.ToArray(), 1e-5, what: name);
        }

        // The forward direction ends at the last step, the other at the first.
        static float[] LastStates(float[] all, bool both)
        {
            var width = both ? 14 : 7;
            return [.. Enumerable.Range(0, 3)
                .SelectMany(n => Enumerable.Range(0, width).Select(h => all[(n * 11 + (h < 7 ? 10 : 0)) * width + h]))];
        }
    }

    [Fact]
    public void Sequential_FusesReluWithoutChangingAnything()
    {
        var random = new RandomStream(4, "fused");
        var values = GradCheck.Draw(random, 3 * 2 * 6 * 6);
        using var fused = new Sequential(new Conv2d(2, 4, 3), Activation.Relu(), new Flatten(), new Dense(64, 5),
            Activation.Relu());
        using var apart = new Sequential(new Sequential(new Conv2d(2, 4, 3)), Activation.Relu(), new Flatten(),
            new Sequential(new Dense(64, 5)), Activation.Relu());
        var results = new List<float[]>();
        foreach (var network in new[] { fused, apart })
        {
            foreach (var (p, q) in network.State()
                .Zip(fused.State())) p.Initializer =
                (v, s, r) => Initializers.PyTorchWeight(v, new Shape(1, s.Count), new RandomStream(1, q.Name));
            network.Initialize(1);
            using var tape = new Tape();
            var output = network.Forward(Tensor.From(values, new Shape(3, 2, 6, 6)), ForwardContext.Evaluate());
            results.Add(output.ToArray());
            tape.Backward(output, Tensor.Full(output.Shape, 1));
            results.AddRange(network.Parameters().Select(p => p.Gradient!.ToArray()));
        }

        Assert.Contains(results[0], v => v == 0);
        Assert.Contains(results[0], v => v > 0);
        for (var i = 0; i < results.Count / 2; i++) Assert.Equal(results[i], results[i + results.Count / 2]);
    }

    [Fact]
    public void Sequential_LetsGoOfWhatLiesBetween()
    {
        using var network = new Sequential(new Dense(3, 4), Activation.Tanh(), new Dropout(0.5), new Dense(4, 4),
            Activation.Relu(), new Dense(4, 2));
        network.Initialize(1);
        using var x = Tensor.Full(new Shape(2, 3), 1);
        var seen = new List<Tensor>();
        using (new TensorScope())
        {
            var output = network.Forward(x, ForwardContext.Evaluate((_, made) => seen.Add(made)));
            // Every layer: an observed ReLU is not computed with the dense layer before it; dropout passes its input on.
            Assert.Equal(6, seen.Count);
            Assert.All(seen[..^1], t => Assert.True(t.IsDisposed));
            Assert.False(output.IsDisposed || x.IsDisposed);
        }
    }

    [Fact]
    public void Observer_FindsTheFirstLayerThatIsNotFinite()
    {
        using var network = new Sequential(new Dense(3, 4), Activation.Tanh(), new Dense(4, 2), Activation.Softmax());
        network.Initialize(1);
        network.Parameter("2.bias").Value.Write([0, float.NaN]);
        using var scope = new TensorScope();
        var first = "";
        network.Forward(Tensor.Full(new Shape(1, 3), 1), ForwardContext.Evaluate((layer, made) =>
        {
            if (first.Length == 0 && !made.ToArray().All(float.IsFinite)) first = layer.ToString();
        }));
        Assert.Equal("2 (Dense 4 -> 2)", first);
    }

    [Fact]
    public void BatchNorm_FollowsTheBatchOnlyInTraining()
    {
        using var layer = new BatchNorm1d(2);
        layer.Initialize(0);
        using var scope = new TensorScope();
        var x = Tensor.From([1, 10, 3, 30], new Shape(2, 2));
        layer.Forward(x, ForwardContext.Evaluate());
        Assert.Equal([0, 0], layer.Parameter("running_mean").Value.ToArray());
        layer.Forward(x, ForwardContext.Train(new RandomStream(0, "dropout")));
        Close.Assert(new[] { 0.2f, 2f }, layer.Parameter("running_mean").Value.ToArray(), 1e-6);
        Assert.Contains("(1 values in a channel",
            Assert.Throws<ArgumentException>(
                () => layer.Forward(Tensor.Zeros(new Shape(1, 2)), ForwardContext.Train(new RandomStream(0, "dropout"))))
                    .Message.Replace("has 1", "(1"));
    }

    [Fact]
    public void Dropout_DropsOnlyInTrainingAndMovesItsStream()
    {
        using var layer = new Dropout(0.25);
        using var x = Tensor.Full(new Shape(100, 10), 1);
        Assert.Same(x, layer.Forward(x, ForwardContext.Evaluate()));
        var stream = new RandomStream(3, "dropout");
        using var first = layer.Forward(x, ForwardContext.Train(stream));
        using var second = layer.Forward(x, ForwardContext.Train(stream));
        Assert.InRange(first.ToArray().Count(v => v == 0), 200, 300);
        Assert.NotEqual(first.ToArray(), second.ToArray());
        stream.Position = 0;
        using var again = layer.Forward(x, ForwardContext.Train(stream));
        Assert.Equal(first.ToArray(), again.ToArray());
    }
}
