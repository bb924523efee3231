using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

/// <summary>Layers that do the work of those after them in evaluation; an observer makes each do its own.</summary>
public sealed class FusionTests
{
    public static TheoryData<string, int> Networks
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var name in new[] { "chain", "series", "graph", "blocks", "twice" })
            {
                // A batch of 11 is evaluated a few samples at a time.
                data.Add(name, 2);
                data.Add(name, 11);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Evaluate_FusedLayers_MatchLayerByLayer(string name, int batch)
    {
        using var network = Create(name);
        using var x = Input(name, batch);
        Compare(network, x, name);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Evaluate_OneAndMoreThreads_GiveTheSameBits(string name, int batch)
    {
        using var network = Create(name);
        using var x = Input(name, batch);
        ThreadCheck.SameBits(() =>
        {
            using var y = network.Forward(x, ForwardContext.Evaluate());
            return y.ToArray();
        });
    }

    // The convolution's weights, the normalisation's, or its running statistics.
    [Theory]
    [InlineData("0.weight")]
    [InlineData("0.bias")]
    [InlineData("1.weight")]
    [InlineData("1.bias")]
    [InlineData("1.running_mean")]
    [InlineData("1.running_var")]
    public void Evaluate_ParameterWritten_FoldsAgain(string parameter)
    {
        using var network = Create("chain");
        using var x = Input("chain", 2);
        using var before = network.Forward(x, ForwardContext.Evaluate());
        var value = network.Parameter(parameter).Value;
        value.Write(Array.ConvertAll(value.ToArray(), v => 0.5f * v + 0.1f));
        using var after = network.Forward(x, ForwardContext.Evaluate());
        Assert.NotEqual(before.ToArray(), after.ToArray());
        Compare(network, x, parameter);
    }

    [Fact]
    public void Evaluate_NewParameters_FoldsAgain()
    {
        using var network = Create("chain");
        using var x = Input("chain", 2);
        network.Forward(x, ForwardContext.Evaluate()).Dispose();
        network.Dispose();
        network.Initialize(9, Device.Cpu);
        Compare(network, x, "initialised again");
    }

    [Fact]
    public void Evaluate_Recorded_HasTheNormalisationsGradients()
    {
        using var network = Create("chain");
        using var x = Input("chain", 2);
        network.Forward(x, ForwardContext.Evaluate()).Dispose();
        using (var tape = new Tape())
        {
            using var y = network.Forward(x, ForwardContext.Evaluate());
            using var sum = y.Sum();
            tape.Backward(sum);
        }

        Assert.Contains(network.Parameter("1.weight").Gradient!.ToArray(), v => v != 0);
    }

    [Fact]
    public void Outputs_NodeBetweenFusedOnes_IsItsOwn()
    {
        using var network = (Graph)Create("graph");
        using var x = Input("graph", 2);
        string[] names = ["conv", "norm", "relu", "pool", "end"];
        var expected = network.Outputs(x, ForwardContext.Evaluate((_, _) => { }), names);
        foreach (var count in new[] { 1, 2, names.Length })
        {
            for (var first = 0; first + count <= names.Length; first++)
            {
                var actual = network.Outputs(x, ForwardContext.Evaluate(), names[first..(first + count)]);
                for (var i = 0; i < count; i++)
                {
                    Close.Assert(expected[first + i].ToArray(), actual[i].ToArray(), 1e-5, 1e-5, names[first + i]);
                    actual[i].Dispose();
                }
            }
        }

        foreach (var output in expected) output.Dispose();
    }

    private static void Compare(Layer network, Tensor x, string what)
    {
        using Tensor expected = network.Forward(x, ForwardContext.Evaluate((_, _) => { })),
            actual = network.Forward(x, ForwardContext.Evaluate());
        Assert.Equal(expected.Shape, actual.Shape);
        Close.Assert(expected.ToArray(), actual.ToArray(), 2e-5, 2e-5, what);
    }

    private static Layer Create(string name)
    {
        Layer network = name switch
        {
            "chain" => new Sequential(
                new Conv2d(3, 8, 3, padding: 1), new BatchNorm2d(8), Activation.Relu(), new MaxPool2d(2), new Dropout(0.2),
                new Conv2d(8, 6, 3, 3, new Conv2dOptions(), bias: false), new BatchNorm2d(6), new Flatten(),
                new Dense(6 * 5 * 4, 4)),
            "series" => new Sequential(
                new Conv1d(3, 8, 5), new BatchNorm1d(8), Activation.Relu(), new MaxPool1d(4), new Conv1d(8, 4, 3),
                new MaxPool1d(2)),
            "graph" => new Graph(
                new("conv", new Conv2d(3, 8, 3)), new("norm", new BatchNorm2d(8)), new("relu", Activation.Relu()),
                new("pool", new MaxPool2d(2)), new("end", new Conv2d(8, 2, 1))),
            "blocks" => new Graph(
                new("expand", new InvertedResidual(3, 8, 6, 3, 2, Activation.Relu)),
                new("squeeze", new InvertedResidual(6, 12, 6, 5, 1, Activation.HardSwish, Activation.Sigmoid)),
                new("mean", new GlobalAveragePool()), new("head", new Dense(6, 3)), new("wide", new Dense(3, 30_000))),
            // The convolution and the pool are read by others too.
            _ => new Graph(
                new("conv", new Conv2d(3, 3, 3, padding: 1)), new("norm", new BatchNorm2d(3)),
                new("add", new Add(), "norm", "conv"),
                new("conv2", new Conv2d(3, 4, 3), "add"), new("pool", new MaxPool2d(2)), new("relu", Activation.Relu(), "pool"),
                new("sum", new Add(), "pool", "relu")),
        };
        var random = new RandomStream(1, "fusion");
        foreach (var p in network.State())
        {
            var low = p.Name.EndsWith("running_var", StringComparison.Ordinal) ? 0.3 : -0.7;
            var values = Enumerable.Range(0, p.Shape.Count).Select(_ => (float)(low + (0.9 - low) * random.NextDouble()));
            p.Assign([.. values], Device.Cpu);
        }

        return network;
    }

    private static Tensor Input(string name, int batch)
    {
        var shape = name == "series" ? new Shape(batch, 3, 60) : new Shape(batch, 3, 14, 12);
        return Tensor.From(GradCheck.Draw(new RandomStream(4, name), shape.Count), shape, Device.Cpu);
    }
}
