using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Nn.Optimizers;
using Engine.Nn.Schedules;
using Engine.Pipeline.Networks;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Tests.Classifiers;

public class NetworkBuilderTests
{
    private static readonly TrainingSpec s_training = new(new Adam(), 8, 3);

    private static NetworkSpec Spec(params LayerSpec[] layers) => new([.. layers, new OutputSpec()], s_training);

    private static Module Build(NetworkSpec spec, params Shape[] inputs) => spec.Build(inputs, 10, "mine.json");

    private static string ErrorOf(NetworkSpec spec, params Shape[] inputs) => PipelineCorpus.ErrorOf(() => Build(spec, inputs));

    [Fact]
    public void Build_Chain_FillsInChannelsAndFeatures()
    {
        using var network = Build(
            Spec(new Conv2dSpec(4, new(3, 3), Padding: Padding.Same), new BatchNormSpec(), new ReluSpec(),
                new MaxPool2dSpec(new(2, 2)), new SeriesSpec(), new BatchNormSpec(),
                new SequenceSpec(), new LstmSpec(7, Bidirectional: true), new LayerNormSpec(), new DenseSpec(5),
                new DropoutSpec(0.5)),
            new Shape(3, 6, 8));
        Assert.Equal(
            ["Conv2d 3 -> 4, 3×3", "BatchNorm2d 4", "Relu", "MaxPool2d 2×2", "Series", "BatchNorm1d 12", "Sequence",
                "Lstm 12 -> 7, both ways, last step", "LayerNorm 14", "Dense 14 -> 5", "Dropout 0.5", "Dense 5 -> 10"],
            network.Children.Select(c => c.Description));
        Assert.Equal(new Shape(2, 10), NetworkSummary.Of(network, new Shape(2, 3, 6, 8)).Output);
    }

    [Fact]
    public void Build_Branches_JoinsTheirFeatures()
    {
        var spec = Spec(new DenseSpec(6)) with
        {
            Branches =
            [[new Conv1dSpec(2, 3), new GlobalAverageSpec()], [new DenseSpec(4), new TanhSpec()]]
        };
        using var network = Build(spec, new Shape(5, 9), new Shape(3));
        Assert.Equal(["branches.0.0.weight", "branches.0.0.bias", "branches.1.0.weight", "branches.1.0.bias", "trunk.0.weight",
            "trunk.0.bias", "trunk.1.weight", "trunk.1.bias"], network.State().Select(p => p.Name));
        Assert.Equal(new Shape(6, 6), network.Parameter("trunk.0.weight").Shape);
    }

    [Fact]
    public void Build_ShapesThatDoNotFit_NamePathAndShapes()
    {
        Assert.Matches(@"^mine\.json: \$\.classifier\.layers\[1\]: its input is \[1, 4, 4, 4\]; it takes features.*flatten",
            ErrorOf(Spec(new Conv2dSpec(4, new(3, 3)), new DenseSpec(3)), new Shape(1, 6, 6)));
        Assert.Matches(@"\$\.classifier\.layers\[0\]: .*larger than the padded input \[1, 1, 2, 6\]",
            ErrorOf(Spec(new Conv2dSpec(4, new(3, 3))), new Shape(1, 2, 6)));
        Assert.Matches(@"\$\.classifier\.layers\[1\]: .*window 3×3 is larger.*\[1, 4, 2, 2\]",
            ErrorOf(Spec(new Conv2dSpec(4, new(3, 3)), new MaxPool2dSpec(new(3, 3))), new Shape(1, 4, 4)));
        Assert.Matches(@"\$\.classifier\.layers\[0\]: .*series layer", ErrorOf(Spec(new Conv1dSpec(4, 3)), new Shape(1, 4, 4)));
        Assert.Matches(@"\$\.classifier\.layers\[0\]: .*\[1, 57\].*sequences \[N, T, F\]",
            ErrorOf(Spec(new LstmSpec(4)), new Shape(57)));
        Assert.Matches(@"\$\.classifier\.layers\[0\]: .*2 groups do not divide 3 channels",
            ErrorOf(Spec(new Conv1dSpec(4, 3, Groups: 2)), new Shape(3, 9)));
        Assert.Matches(@"\$\.classifier\.layers\[0\]: .*2\^31", ErrorOf(Spec(new DenseSpec(1_000_000)), new Shape(1_000_000)));
        Assert.Matches(@"branches is null, but the front end gives 2 inputs \[1, 4\], \[3\]",
            ErrorOf(Spec(), new Shape(1, 4), new Shape(3)));
        var branches = Spec() with { Branches = [[new ReluSpec()]] };
        Assert.Matches(@"\$\.classifier\.branches has 1 branches, but the front end gives 2 inputs",
            ErrorOf(branches, new Shape(4), new Shape(3)));
        Assert.Matches(@"\$\.classifier\.branches\[0\] ends in \[1, 4, 4\].*features", ErrorOf(branches, new Shape(4, 4)));
        Assert.Matches(@"\$\.classifier\.branches\[0\]\[0\]: its input is \[1, 4\]",
            ErrorOf(Spec() with { Branches = [[new SeriesSpec()]] }, new Shape(4)));
    }

    // TensorFlow: out = ⌈in / stride⌉, zeros = max(0, (out - 1)·stride + (kernel - 1)·dilation + 1 - in), the odd one at the end.
    [Theory]
    [InlineData(5, 4, 1, 1, 1, 2)]
    [InlineData(5, 3, 2, 1, 1, 1)]
    [InlineData(6, 3, 2, 1, 0, 1)]
    [InlineData(7, 2, 1, 3, 1, 2)]
    [InlineData(4, 1, 3, 1, 0, 0)]
    [InlineData(9, 2, 4, 1, 0, 1)]
    public void SamePadding_IsTensorFlows(int size, int kernel, int stride, int dilation, int before, int after)
    {
        Assert.Equal((before, after), Padding.SameZeros(size, kernel, stride, dilation));
        using var network = Build(Spec(new Conv1dSpec(2, kernel, stride, Padding.Same, dilation), new FlattenSpec()),
            new Shape(1, size));
        Assert.Equal(2 * ((size + stride - 1) / stride), network.Parameter("2.weight").Shape[1]);
    }

    [Fact]
    public void SamePadding_OfAnEvenKernel_AddsTheOddZeroAtTheEnd()
    {
        using var network = Build(Spec(new Conv1dSpec(1, 2, Padding: Padding.Same, Bias: false), new FlattenSpec()),
            new Shape(1, 3));
        network.Initialize(1);
        network.Parameter("0.weight").Assign([1, 10], Device.Cpu);
        using var x = Tensor.From([1, 2, 3], new Shape(1, 1, 3));
        float[] seen = [];
        using var output = network.Forward([x],
            ForwardContext.Evaluate((layer, value) => seen = layer is Conv1d ? value.ToArray() : seen));
        Assert.Equal([21, 32, 3], seen);
    }

    [Fact]
    public void L2_ReachesTheWeightsAlone()
    {
        using var network = Build(
            new NetworkSpec([new Conv2dSpec(2, new(3, 3), L2: 0.1), new FlattenSpec(), new DenseSpec(4, 0.2),
                new OutputSpec(0.3)], s_training), new Shape(1, 5, 5));
        Assert.Equal([0.1, 0, 0.2, 0, 0.3, 0], network.State().Select(p => p.L2));
    }

    [Fact]
    public void KerasInitializer_IsXavierOrthogonalZeroAndForgetOne()
    {
        using var network = Build(
            Spec(new DenseSpec(40), new LstmSpec(6, 2, Sequence: true),
                new GruSpec(5)) with
            { Initializer = NetworkInitializer.Keras }, new Shape(7, 20));
        network.Initialize(3);
        var dense = network.Parameter("0.weight").Value.ToArray();
        var bound = Math.Sqrt(6.0 / (20 + 40));
        Assert.InRange(dense.Max(), 0.95 * bound, bound);
        Assert.All(network.Parameter("0.bias").Value.ToArray(), v => Assert.Equal(0, v));
        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], network.Parameter("1.bias_ih_l1")
            .Value.ToArray());
        Assert.All(network.Parameter("1.bias_hh_l1").Value.ToArray(), v => Assert.Equal(0, v));
        Assert.All(network.Parameter("2.bias_ih_l0").Value.ToArray(), v => Assert.Equal(0, v));
        Assert.InRange(network.Parameter("1.weight_ih_l0").Value.ToArray().Max(), 0.9 * Math.Sqrt(6.0 / (40 + 24)),
            Math.Sqrt(6.0 / (40 + 24)));
        var hidden = network.Parameter("1.weight_hh_l1").Value.ToArray();
        for (var a = 0; a < 6; a++)
        {
            for (var b = 0; b < 6; b++)
                Assert.Equal(a == b ? 1 : 0, Enumerable.Range(0, 24).Sum(r => hidden[6 * r + a] * (double)hidden[6 * r + b]),
                    1e-5);
        }
    }

    [Fact]
    public void KaimingInitializer_IsUniformByFanIn()
    {
        using var network = Build(
            Spec(new Conv2dSpec(30, new(3, 3)), new FlattenSpec()) with { Initializer = NetworkInitializer.Kaiming },
            new Shape(4, 5, 5));
        network.Initialize(3);
        var bound = Math.Sqrt(6.0 / 36);
        Assert.InRange(network.Parameter("0.weight").Value.ToArray().Max(), 0.95 * bound, bound);
        Assert.All(network.Parameter("0.bias").Value.ToArray(), v => Assert.Equal(0, v));
    }

    public static TheoryData<OptimizerOptions, string, int> Optimizers => new()
    {
        { new Sgd(0.1), nameof(Sgd), 0 },
        { new Sgd(0.1, 0.9, true), nameof(Sgd), 1 },
        { new Adam(), nameof(Adam), 2 },
        { new AdamW(), nameof(AdamW), 2 },
        { new Adamax(), nameof(Adamax), 2 },
        { new NAdam(), nameof(NAdam), 2 },
        { new Adagrad(), nameof(Adagrad), 1 },
        { new RmsProp(), nameof(RmsProp), 1 },
        { new RmsProp(Momentum: 0.5), nameof(RmsProp), 2 },
    };

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void CreateOptimizer_IsOfItsKindAndStates(OptimizerOptions spec, string kind, int states)
    {
        using var network = Build(Spec(), new Shape(3));
        network.Initialize(1);
        using var optimizer = (Spec() with
        {
            Training =
            s_training with { Optimizer = spec with { WeightDecay = 0.25 }, ClipNorm = 2, ClipValue = 3 }
        }).CreateOptimizer(
            network);
        Assert.Equal(kind, optimizer.Kind);
        Assert.Equal(spec.LearningRate, optimizer.LearningRate);
        Assert.Equal((0.25, 2, 3), (optimizer.WeightDecay, optimizer.ClipNorm, optimizer.ClipValue));
        Assert.Equal(states, spec.States);
        Assert.Equal(2 * states, optimizer.State().Count());
    }

    [Fact]
    public void Schedules_AreOfTheirKind()
    {
        Assert.Equal(1, new ConstantSchedule().Start(10).Factor(7));
        Assert.Equal(0.25, new StepSchedule(3, 0.5).Start(10).Factor(7));
        Assert.Equal(0.5, new CosineSchedule().Start(10).Factor(5), 1e-12);
        Assert.Equal(nameof(PlateauSchedule), new PlateauSchedule().Start(10).Name);
        Assert.Equal(0.505, new ConstantSchedule(WarmUp: 2).Start(10).Factor(1), 1e-12);
    }
}
