using Engine.Nn;
using Engine.Nn.Optimizers;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tensors.Cpu;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

[EveryInstructionSet]
public class OptimizerTests
{
    private static readonly Dictionary<string, Func<IEnumerable<Parameter>, Optimizer>> s_published = new()
    {
        ["sgd"] = p => new Optimizer(p, new Sgd(0.05)),
        ["sgd_momentum_nesterov_wd"] =
            p => new Optimizer(p, new Sgd(0.05) { Momentum = 0.9, Nesterov = true, WeightDecay = 0.01 }),
        ["adam"] = p => new Optimizer(p, new Adam(0.05)),
        ["adam_wd"] = p => new Optimizer(p, new Adam(0.05) { WeightDecay = 0.01 }),
        ["adamw"] = p => new Optimizer(p, new AdamW(0.05) { WeightDecay = 0.1 }),
        ["adamax"] = p => new Optimizer(p, new Adamax(0.05)),
        ["nadam"] = p => new Optimizer(p, new NAdam(0.05) { AsPyTorch113 = true }),
        ["adagrad"] = p => new Optimizer(p, new Adagrad(0.05)),
        ["rmsprop"] = p => new Optimizer(p, new RmsProp(0.05)),
    };

    public static TheoryData<string> Published => [.. s_published.Keys];

    [Theory, MemberData(nameof(Published))]
    public void Optimizer_TwentySteps_FollowPyTorch(string name)
    {
        var vectors = Vectors.Load("nn_optimizers");
        using var a = Tensor.From(vectors["A"].ToSingles(), new Shape(12, 8));
        using var target = Tensor.From(vectors["t"].ToSingles(), new Shape(12, 1));
        using var vector = new VectorModule(("p", vectors["p0"].ToSingles()));
        vector.Initialize(0);
        using var optimizer = s_published[name](vector.Parameters());
        var p = vector.Parameter("p");
        var expected = vectors[name].ToSingles();
        for (var step = 0; step < 20; step++)
        {
            optimizer.ClearGradients();
            using (var tape = new Tape())
            {
                var difference = Tensor.MatMul(a, p.Value.Reshape(8, 1)) - target;
                tape.Backward((difference * difference).Mean());
            }

            optimizer.Step();
            Close.Assert(expected.AsSpan(8 * step, 8), p.Value.ToArray(), 1e-5, what: $"{name}, step {step}");
        }

        Assert.Equal(20, optimizer.Steps);
    }

    public static TheoryData<string> All => [.. s_published.Keys, "nadam_dozat", "rmsprop_momentum", "sgd_momentum"];

    // Every length around the vector's width and the split, against plain formulas in double.
    [Theory, MemberData(nameof(All))]
    public void Optimizer_EveryLength_MatchesReference(string name)
    {
        foreach (var count in new[] { 1, 15, 16, 17, 100, 16 * 1024 + 1, 40_000 })
        {
            var random = new RandomStream(1, name);
            var start = GradCheck.Draw(random, count);
            using var vector = new VectorModule(("p", start));
            vector.Initialize(0);
            var p = vector.Parameter("p");
            p.L2 = 0.02;
            using var optimizer = Make(name, vector.Parameters());
            var reference = new ReferenceOptimizer(name, Array.ConvertAll(start, v => (double)v), optimizer.LearningRate,
                optimizer.WeightDecay, 0.02);
            for (var step = 0; step < 3; step++)
            {
                var gradient = GradCheck.Draw(random, count);
                p.Value.Grad?.Dispose();
                p.Value.Grad = Tensor.From(gradient, p.Shape);
                optimizer.Step();
                reference.Step(gradient);
            }

            Close.Assert(reference.Values, Array.ConvertAll(p.Value.ToArray(), v => (double)v), 3e-6, what: $"{name} of {count}");
        }
    }

    [Fact]
    public void ClipNorm_ScalesAllGradientsTogether()
    {
        using var network = VectorModule.Zeros(2, 2);
        network.Initialize(0);
        network.Parameter("a").Value.Grad = Tensor.From([3, 0], new Shape(2));
        network.Parameter("b").Value.Grad = Tensor.From([0, 4], new Shape(2));
        using (var optimizer = new Optimizer(network.Parameters(), new Sgd(1)) { ClipNorm = 1 }) optimizer.Step();
        Close.Assert(new[] { -0.6f, 0 }, network.Parameter("a").Value.ToArray(), 1e-6);
        Close.Assert(new[] { 0, -0.8f }, network.Parameter("b").Value.ToArray(), 1e-6);
        network.Initialize(0);
        using (var optimizer = new Optimizer(network.Parameters(), new Sgd(1)) { ClipNorm = 10 }) optimizer.Step();
        Assert.Equal([-3, 0], network.Parameter("a").Value.ToArray());
        network.Initialize(0);
        using (var optimizer = new Optimizer(network.Parameters(), new Sgd(1)) { ClipValue = 2 }) optimizer.Step();
        Assert.Equal([-2, 0], network.Parameter("a").Value.ToArray());
        Assert.Equal([0, -2], network.Parameter("b").Value.ToArray());
    }

    // More gradients than go into one launch; from zeros and at the rate 1 a step is the scaled gradient. They are about 19 long.
    [Theory]
    [InlineData(0.1)]
    [InlineData(10)]
    [InlineData(100)]
    public void ClipNorm_ManyParameters_HaveTheLengthTogether(double limit)
    {
        var random = new RandomStream(1, "clip");
        int[] counts = [3, 1, 5000, 17, 1, 1024, 64, 7, 2, 33, 1025, 10, 1, 300];
        using var network = VectorModule.Zeros(counts);
        network.Initialize(0);
        float[][] gradients = [.. counts.Select(c => GradCheck.Draw(random, c).Select(v => v / 4).ToArray())];
        foreach (var (parameter, gradient) in network.Parameters()
            .Zip(gradients)) parameter.Value.Grad = Tensor.From(gradient, parameter.Shape);
        using var optimizer = new Optimizer(network.Parameters(), new Sgd(1)) { ClipNorm = limit };
        optimizer.Step();

        using var squares = Tensor.SumSquares([.. network.Parameters().Select(p => p.Gradient!)]);
        var scale = (float)Math.Min(1, limit / Math.Sqrt(squares.ToArray().Sum(v => (double)v)));
        Assert.Equal(limit < 50, scale < 1);
        foreach (var (parameter, gradient) in network.Parameters().Zip(gradients))
        {
            var expected = Array.ConvertAll(gradient, g => -(g * scale));
            if (Device.Default == Device.Cpu || scale == 1) Assert.Equal(expected, parameter.Value.ToArray());
            else Close.Assert(expected, parameter.Value.ToArray(), 0, 1e-6, parameter.Name);
        }
    }

    [Fact]
    public void ClipNorm_GradientNotFinite_NamesTheParameterAndChangesNothing()
    {
        using var network = VectorModule.Zeros(2, 2);
        network.Initialize(0, Device.Cpu);
        network.Parameter("a").Value.Grad = Tensor.From([1, 2], new Shape(2), Device.Cpu);
        network.Parameter("b").Value.Grad = Tensor.From([0, float.NaN], new Shape(2), Device.Cpu);
        using var optimizer = new Optimizer(network.Parameters(), new Adam(1) { WeightDecay = 0.1 }) { ClipNorm = 1 };
        Assert.Contains("Adam: the squared gradient of b [2] sums to NaN",
            Assert.Throws<InvalidOperationException>(optimizer.Step).Message);
        Assert.Equal(0, optimizer.Steps);
        Assert.All(network.Parameters().Select(p => p.Value).Concat(optimizer.State().Select(s => s.Tensor)),
            t => Assert.Equal([0, 0], t.ToArray()));
    }

    // Not hidden, and not only where the gradient is not finite: a weight that looks sound might be saved.
    [Fact]
    public void ClipNorm_GradientNotFiniteOffTheProcessor_MakesAllWeightsNaN()
    {
        var device = Device.Default == Device.Cpu ? new Device("second", new CpuBackend()) : Device.Default;
        foreach (var bad in new[] { float.NaN, float.PositiveInfinity, 1e30f })
        {
            using var network = VectorModule.Zeros(2, 40, 3);
            network.Initialize(0, device);
            Parameter[] parameters = [.. network.Parameters()];
            parameters[0].Value.Grad = Tensor.From([0, bad], new Shape(2), device);
            parameters[1].Value.Grad = Tensor.Zeros(new Shape(40), device);
            parameters[2].Value.Grad = Tensor.Zeros(new Shape(3), device);
            parameters[2].IsFrozen = true;
            using var optimizer = new Optimizer(parameters, new Adam(0)) { ClipNorm = 1, ClipValue = 1 };
            optimizer.Step();
            Assert.All(parameters[..2],
                p => Assert.All(p.Value.ToArray(), v => Assert.True(float.IsNaN(v), $"{bad}: {p.Name} has {v}")));
            Assert.Equal([0, 0, 0], parameters[2].Value.ToArray());
        }
    }

    [Fact]
    public void Step_NotFiniteGradient_IsNotHidden()
    {
        using var network = VectorModule.Zeros(2, 2);
        network.Initialize(0);
        network.Parameter("a").Value.Grad = Tensor.From([1, float.NaN], new Shape(2));
        using var optimizer = new Optimizer(network.Parameters(), new Adam()) { ClipValue = 1 };
        optimizer.Step();
        Assert.True(float.IsNaN(network.Parameter("a").Value.ToArray()[1]));
        Assert.True(float.IsFinite(network.Parameter("a").Value.ToArray()[0]));
    }

    [Fact]
    public void Step_FrozenOrWithoutGradient_LeavesTheParameter()
    {
        using var network = VectorModule.Zeros(2, 2);
        network.Initialize(0);
        network.Parameter("a").Value.Grad = Tensor.Full(new Shape(2), 1);
        network.Parameter("a").IsFrozen = true;
        Assert.False(network.Parameter("a").Value.RequiresGrad);
        using var optimizer = new Optimizer(network.Parameters(), new AdamW());
        optimizer.Step();
        Assert.Equal([0, 0], network.Parameter("a").Value.ToArray());
        Assert.Equal([0, 0], network.Parameter("b").Value.ToArray());
        network.Parameter("a").IsFrozen = false;
        Assert.True(network.Parameter("a").Value.RequiresGrad);
    }

    [Fact]
    public void Step_SteadyState_MakesNoArrays()
    {
        using var vector = new VectorModule(("p", new float[100_000]));
        vector.Initialize(0);
        vector.Parameter("p").Value.Grad = Tensor.Full(new Shape(100_000), 1);
        using var optimizer = new Optimizer(vector.Parameters(), new Adam());
        for (var i = 0; i < 5; i++) optimizer.Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++) optimizer.Step();
        // The parallel loop's own few objects; an array of the parameter's size would be 400,000 bytes.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 10, 0, 2000);
    }

    [Fact]
    public void Average_FollowsAndSwapsExactly()
    {
        using var vector = new VectorModule(("p", [1, 2, 4]));
        vector.Initialize(0);
        using var average = new ExponentialMovingAverage(vector, 0.75);
        vector.Parameter("p").Value.Write([5, 2, 0]);
        average.Update();
        average.Swap();
        Close.Assert(new[] { 2f, 2, 3 }, vector.Parameter("p").Value.ToArray(), 1e-6);
        average.Swap();
        Assert.Equal([5, 2, 0], vector.Parameter("p").Value.ToArray());
    }

    public static TheoryData<string, Func<IEnumerable<Parameter>, Optimizer>> BadOptions => new()
    {
        { "Sgd: LearningRate is -1; it must be finite and at least 0", p => new Optimizer(p, new Sgd(-1)) },
        { "Sgd: LearningRate is NaN", p => new Optimizer(p, new Sgd(double.NaN)) },
        { "Sgd: Momentum is 1; it must be at least 0 and below 1", p => new Optimizer(p, new Sgd(1) { Momentum = 1 }) },
        { "Adam: Beta2 is 1", p => new Optimizer(p, new Adam { Beta2 = 1 }) },
        { "AdamW: WeightDecay is -0.1", p => new Optimizer(p, new AdamW { WeightDecay = -0.1 }) },
        { "NAdam: ClipNorm is 0; it must be finite and above 0", p => new Optimizer(p, new NAdam()) { ClipNorm = 0 } },
        { "RmsProp: there is no parameter to learn", _ => new Optimizer([], new RmsProp()) },
    };

    [Theory, MemberData(nameof(BadOptions))]
    public void Constructor_BadOption_IsNamed(string message, Func<IEnumerable<Parameter>, Optimizer> make)
    {
        using var vector = new VectorModule(("p", [1, 2, 4]));
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => make(vector.Parameters())).Message);
    }

    [Fact]
    public void Update_ShapesThatDoNotFit_AreNamed()
    {
        using var scope = new TensorScope();
        Tensor two = Tensor.Zeros(new Shape(2)), three = Tensor.Zeros(new Shape(3));
        Assert.Contains("gradient [3] must have the shape [2]",
            Assert.Throws<ArgumentException>(() => two.Update(UpdateRule.Plain, new(), three)).Message);
        Assert.Contains("Adam needs second", Assert.Throws<ArgumentException>(() => two.Update(UpdateRule.Adam, new(), two, two))
            .Message);
        Assert.Contains("Plain has no first",
            Assert.Throws<ArgumentException>(() => two.Update(UpdateRule.Plain, new(), two, two)).Message);
        Assert.Contains("does not fill", Assert.Throws<ArgumentException>(() => two.CopyFrom(three)).Message);
    }

    private static Optimizer Make(string name, IEnumerable<Parameter> parameters) => name switch
    {
        "nadam_dozat" => new Optimizer(parameters, new NAdam(0.05)),
        "rmsprop_momentum" => new Optimizer(parameters, new RmsProp(0.05) { Momentum = 0.9, WeightDecay = 0.01 }),
        "sgd_momentum" => new Optimizer(parameters, new Sgd(0.05) { Momentum = 0.9 }),
        _ => s_published[name](parameters),
    };

    /// <summary>Parameters that are vectors, and nothing else.</summary>
    internal sealed class VectorModule : Engine.Nn.Module
    {
        public VectorModule(params (string Name, float[] Start)[] vectors)
        {
            foreach (var (name, start) in vectors) AddParameter(name, new Shape(start.Length),
                (values, _, _) => start.CopyTo(values));
        }

        public override string Description => "VectorModule";

        public override int InputCount => 0;

        /// <summary>Vectors of zeros, called a, b, c and so on.</summary>
        public static VectorModule Zeros(params int[] counts) =>
            new([.. counts.Select((count, i) => ($"{(char)('a' + i)}", new float[count]))]);

        public override Tensor Forward(IReadOnlyList<Tensor> inputs, ForwardContext context) => throw new NotSupportedException();

        public override IReadOnlyList<LayerSummary> Summarize(IReadOnlyList<Shape> inputs) => [];
    }
}
