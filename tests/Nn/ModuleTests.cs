using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;

namespace Engine.Tests.Nn;

public class ModuleTests
{
    [Fact]
    public void State_HasPyTorchsNames()
    {
        using var network = new Sequential(
            new Conv1d(2, 4, 3), new BatchNorm1d(4), Activation.Relu(),
            new Sequential(new LayerNorm(6), new Gru(6, 5, layers: 2, bidirectional: true)));
        Assert.Equal(
            [
                "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "3.0.weight", "3.0.bias",
                "3.1.weight_ih_l0", "3.1.weight_hh_l0", "3.1.bias_ih_l0", "3.1.bias_hh_l0",
                "3.1.weight_ih_l0_reverse", "3.1.weight_hh_l0_reverse", "3.1.bias_ih_l0_reverse", "3.1.bias_hh_l0_reverse",
                "3.1.weight_ih_l1", "3.1.weight_hh_l1", "3.1.bias_ih_l1", "3.1.bias_hh_l1",
                "3.1.weight_ih_l1_reverse", "3.1.weight_hh_l1_reverse", "3.1.bias_ih_l1_reverse", "3.1.bias_hh_l1_reverse",
            ],
            network.State().Select(p => p.Name));
        Assert.DoesNotContain(network.Parameters(), p => p.Name.Contains("running"));
        Assert.Equal(new Shape(15, 10), network.Parameter("3.1.weight_ih_l1").Shape);
    }

    [Fact]
    public void Joined_NamesBranchesAndTrunkAndRunsThem()
    {
        using var network = new Joined(
            new Sequential(new Dense(7, 2)),
            new Sequential(new Conv2d(1, 4, 3), Activation.Relu(), new GlobalAveragePool()), new Flatten());
        Assert.Equal(["branches.0.0.weight", "branches.0.0.bias", "trunk.0.weight", "trunk.0.bias"], network.State()
            .Select(p => p.Name));
        network.Initialize(1);
        using var scope = new TensorScope();
        var picture = Tensor.Full(new Shape(5, 1, 6, 6), 0.5f);
        var features = Tensor.Full(new Shape(5, 3), 2);
        var output = network.Forward([picture, features], ForwardContext.Evaluate());
        Assert.Equal(new Shape(5, 2), output.Shape);
        Assert.False(features.IsDisposed || picture.IsDisposed);
        var branch = network.Children[0] as Layer;
        var joined = Tensor.Concat(1, branch!.Forward(picture, ForwardContext.Evaluate()), features);
        Assert.Equal(((Layer)network.Children[2]).Forward(joined, ForwardContext.Evaluate()).ToArray(), output.ToArray());
        Assert.Equal([picture.Shape, features.Shape],
            new[] { network.Summarize([picture.Shape, features.Shape])[0].Input,
                network.Summarize([picture.Shape, features.Shape])[3].Input });
    }

    [Fact]
    public void Joined_BadInputs_AreNamed()
    {
        using var network = new Joined(new Dense(6, 2), new Flatten(), new Dense(3, 3));
        Assert.Contains("1 inputs were given; it takes 2",
            Assert.Throws<ArgumentException>(() => network.Summarize([new Shape(5, 3)])).Message);
        Assert.Contains("branches.1",
            Assert.Throws<ArgumentException>(() => network.Summarize([new Shape(5, 3), new Shape(5, 4)])).Message);
        Assert.Contains("has 4 samples",
            Assert.Throws<ArgumentException>(() => network.Summarize([new Shape(4, 3), new Shape(5, 3)]))
                .Message.Replace("first branch has", "has"));
        Assert.Contains("[N, features]",
            Assert.Throws<ArgumentException>(() => network.Summarize([new Shape(4, 3), new Shape(4, 2, 3)])).Message);
    }

    [Fact]
    public void Errors_NameTheLayerAndTheShapes()
    {
        using var network = new Sequential(new Conv2d(3, 8, 5), new Sequential(new Flatten(), new Dense(100, 10)));
        var message = Assert.Throws<ArgumentException>(() => network.OutputShape(new Shape(2, 3, 8, 8))).Message;
        Assert.Contains("1.1 (Dense 100 -> 10)", message);
        Assert.Contains("[2, 128]", message);
        message = Assert.Throws<ArgumentException>(() => network.OutputShape(new Shape(2, 3, 4, 8))).Message;
        Assert.Contains("0 (Conv2d 3 -> 8, 5×5)", message);
        Assert.Contains("[2, 3, 4, 8]", message);
        using var x = Tensor.Zeros(new Shape(2, 1, 8, 8));
        Assert.Contains("0 (Conv2d 3 -> 8, 5×5): input [2, 1, 8, 8] has size 1 along axis 1; it must have 3",
            Assert.Throws<ArgumentException>(() => network.Forward(x, ForwardContext.Evaluate())).Message);
    }

    [Fact]
    public void Parameter_WithoutValues_SaysSo()
    {
        using var network = new Sequential(new Dense(3, 2));
        using var x = Tensor.Zeros(new Shape(1, 3));
        Assert.Contains("0.weight [2, 3] has no values yet",
            Assert.Throws<InvalidOperationException>(() => network.Forward(x, ForwardContext.Evaluate())).Message);
        Assert.Contains("no parameter is called '1.weight'; there are 0.weight, 0.bias",
            Assert.Throws<ArgumentException>(() => network.Parameter("1.weight")).Message);
    }

    [Fact]
    public void AddChild_Twice_IsAnError()
    {
        var layer = new Dense(3, 2);
        using var first = new Sequential(layer);
        Assert.Contains("already part of a network", Assert.Throws<ArgumentException>(() => new Sequential(layer)).Message);
    }

    [Fact]
    public void Initialize_InsideAScope_OutlivesIt()
    {
        using var network = new Sequential(new Dense(3, 2));
        using (new TensorScope()) network.Initialize(1);
        Assert.False(network.Parameter("0.weight").Value.IsDisposed);
    }

    [Fact]
    public void Initialize_OneParameter_DoesNotDependOnTheOthers()
    {
        using var small = new Sequential(new Dense(3, 2));
        using var large = new Sequential(new Dense(3, 2), new Dense(2, 9));
        small.Initialize(5);
        large.Initialize(5);
        Assert.Equal(small.Parameter("0.weight").Value.ToArray(), large.Parameter("0.weight").Value.ToArray());
        large.Initialize(6);
        Assert.NotEqual(small.Parameter("0.weight").Value.ToArray(), large.Parameter("0.weight").Value.ToArray());
    }

    public static TheoryData<string, Func<object>> BadLayers => new()
    {
        { "Dense: inputs is 0; it must be at least 1", () => new Dense(0, 2) },
        { "Conv2d: filters is -1", () => new Conv2d(1, -1, 3) },
        { "Conv2d: 2 groups do not divide 3 channels and 4 filters",
            () => new Conv2d(3, 4, 3, 3, Conv2dOptions.Uniform(groups: 2)) },
        { "Conv1d: taps is 0", () => new Conv1d(1, 1, 0) },
        { "MaxPool2d: window 0×0", () => new MaxPool2d(0) },
        { "AveragePool1d: padding 0, 3", () => new AveragePool1d(4, padding: 3) },
        { "Lstm: units is 0", () => new Lstm(2, 0) },
        { "BatchNorm1d: momentum is 1.5", () => new BatchNorm1d(2, momentum: 1.5) },
        { "LayerNorm: epsilon is 0", () => new LayerNorm(2, 0) },
        { "Dropout: rate is 1; it must be at least 0 and below 1", () => new Dropout(1) },
        { "Sequential: there is no layer", () => new Sequential() },
        { "Joined: there is no branch", () => new Joined(new Flatten()) },
    };

    [Theory, MemberData(nameof(BadLayers))]
    public void Constructors_BadSizes_AreNamed(string message, Func<object> make) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(make).Message);
}
