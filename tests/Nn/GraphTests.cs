using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tests.Support;

namespace Engine.Tests.Nn;

public class GraphTests
{
    // h = tanh(x·Wᵀ) is read three times, x twice: [relu(h·Vᵀ) + h + x, h, x].
    private static Graph Branched() => new(
        new("w", new Dense(3, 3, bias: false)), new("h", Activation.Tanh()),
        new("v", new Dense(3, 3, bias: false)), new("relu", Activation.Relu()),
        new("sum", new Add(3), "relu", "h", Graph.Input), new("out", new Concat(3), "sum", "h", Graph.Input));

    private static string ErrorOf(Func<object?> work) => Assert.Throws<ArgumentException>(work).Message;

    [Fact]
    public void Forward_ReadsEachInput_AndGradientsAddUp()
    {
        using var graph = Branched();
        graph.Initialize(4);
        float[] w = graph.Parameter("w.weight").Value.ToArray(), v = graph.Parameter("v.weight").Value.ToArray();
        GradCheck.Run([(new Shape(4, 3), GradCheck.Draw(new RandomStream(2, "graph"), 12))],
            x => graph.Forward(x[0], ForwardContext.Evaluate()),
            x => [.. Enumerable.Range(0, 4).SelectMany(n => Row([.. x[0].Skip(3 * n).Take(3)]))], 12);

        double[] Row(double[] x)
        {
            double[] h = [.. Product(x, w).Select(Math.Tanh)];
            return [.. Product(h, v).Select((d, i) => Math.Max(d, 0) + h[i] + x[i]), .. h, .. x];
        }

        static double[] Product(double[] x, float[] m) =>
            [.. Enumerable.Range(0, 3).Select(o => Enumerable.Range(0, 3).Sum(i => m[3 * o + i] * x[i]))];
    }

    [Fact]
    public void Forward_FusedOrObserved_HasTheSameBitsAndGradients()
    {
        // d is read by a ReLU alone; e also by the sum, which needs its negatives.
        using var graph = new Graph(
            new("d", new Dense(5, 5)), new("relu d", Activation.Relu()),
            new("e", new Dense(5, 5)), new("relu e", Activation.Relu()), new("sum", new Add(), "relu e", "e"));
        graph.Initialize(3);
        var values = GradCheck.Draw(new RandomStream(1, "fused"), 20);
        var results = new List<float[]>();
        foreach (var context in new[] { ForwardContext.Evaluate(), ForwardContext.Evaluate((_, _) => { }) })
        {
            using var tape = new Tape();
            var output = graph.Forward(Tensor.From(values, new Shape(4, 5)), context);
            results.Add(output.ToArray());
            tape.Backward(output, Tensor.Full(output.Shape, 1));
            results.AddRange(graph.Parameters().Select(p => p.Gradient!.ToArray()));
            graph.ClearGradients();
        }

        Assert.Contains(results[0], v => v < 0);
        for (var i = 0; i < results.Count / 2; i++) Assert.Equal(results[i], results[i + results.Count / 2]);
    }

    [Fact]
    public void Forward_FreesATensorAfterItsLastUse()
    {
        using var graph = Branched();
        graph.Initialize(1);
        using var x = Tensor.Full(new Shape(2, 3), 1);
        var seen = new Dictionary<string, Tensor>();
        using var scope = new TensorScope();
        var output = graph.Forward(x, ForwardContext.Evaluate((module, made) =>
        {
            if (module.Path == "v") Assert.True(seen["w"].IsDisposed && !seen["h"].IsDisposed);
            seen.Add(module.Path, made);
        }));
        Assert.Equal(["w", "h", "v", "relu", "sum", "out"], seen.Keys);
        Assert.All(seen.Where(s => s.Key != "out"), s => Assert.True(s.Value.IsDisposed));
        Assert.False(output.IsDisposed || x.IsDisposed);
    }

    // In evaluation dropout gives its input itself, of which there are then more readers than the graph knows.
    [Fact]
    public void Forward_LayersWithNothingToDo_PassTheirInputOn()
    {
        using var graph = new Graph(
            new("a", new Dense(2, 2)), new("drop", new Dropout(0.5)), new("again", new Dropout(0.5), "a"),
            new("sum", new Add(3), "a", "drop", "again"), new("last", new Dropout(0.5)));
        graph.Initialize(1);
        using var x = Tensor.Full(new Shape(1, 2), 1);
        using var once = new Graph(new GraphNode("drop", new Dropout(0.5))).Forward(x, ForwardContext.Evaluate());
        Assert.Same(x, once);
        float[] a = [];
        using var y = graph.Forward(x, ForwardContext.Evaluate((m, made) => a = m.Path == "a" ? made.ToArray() : a));
        Assert.Equal(a.Select(v => v + v + v), y.ToArray());
    }

    [Fact]
    public void Outputs_ComputesOnlyWhatTheyNeed()
    {
        using var graph = Branched();
        graph.Initialize(4);
        using var x = Tensor.From([1, 2, 3], new Shape(1, 3));
        var ran = new List<string>();
        var outputs = graph.Outputs(x, ForwardContext.Evaluate((module, _) => ran.Add(module.Path)), "v", "h");
        Assert.Equal(["w", "h", "v"], ran);
        // What a ReLU alone reads is fused with it, unless it is wanted.
        var both = graph.Outputs(x, ForwardContext.Evaluate(), "relu", "v", "out");
        Assert.Equal(outputs[0].ToArray(), both[1].ToArray());
        Assert.Equal(outputs[0].ToArray().Select(v => Math.Max(v, 0)), both[0].ToArray());
        using var whole = graph.Forward(x, ForwardContext.Evaluate());
        Assert.Equal(whole.ToArray(), both[2].ToArray());
        Assert.Contains("no node is called 'z'; there are w, h, v, relu, sum, out",
            ErrorOf(() => graph.Outputs(x, ForwardContext.Evaluate(), "z")));
        foreach (var tensor in outputs.Concat(both)) tensor.Dispose();
    }

    [Fact]
    public void Summary_TellsWhatIsReadAndHeld()
    {
        using var network = new Sequential(new Dense(3, 3), Branched(), new Dense(9, 2));
        var summary = NetworkSummary.Of(network, new Shape(1, 3));
        Assert.Equal(["0", "1.w", "1.h", "1.v", "1.relu", "1.sum", "1.out", "2"], summary.Layers.Select(l => l.Path));
        Assert.Equal([null, null, null, null, null, "1.relu, 1.h, 0", "1.sum, 1.h, 0", null],
            summary.Layers.Select(l => l.Inputs is { } inputs ? string.Join(", ", inputs) : null));
        // x, and from v on h, besides what a layer reads and makes.
        Assert.Equal([0L, 0, 3, 3, 6, 6, 6, 0], summary.Layers.Select(l => l.Held));
        Assert.Equal(12 + 9 + 9 + 20, summary.Parameters);
        Assert.Equal(9 + 9 + 9 + 18, summary.MultiplyAdds);
    }

    [Fact]
    public void Graph_WiresThatCannotBe_AreRefused()
    {
        Assert.Contains("there is no node", ErrorOf(() => new Graph()));
        Assert.Contains("'b' reads 'c', which is no node before it",
            ErrorOf(() => new Graph(new("a", new Flatten()), new("b", new Add(), "a", "c"), new("c", new Flatten()))));
        Assert.Contains("'b' (Add of 2) has 1 inputs; it takes 2",
            ErrorOf(() => new Graph(new("a", new Flatten()), new("b", new Add()))));
        Assert.Contains("node 1 is called 'a'", ErrorOf(() => new Graph(new("a", new Flatten()), new("a", new Flatten()))));
        Assert.Contains("called 'input'", ErrorOf(() => new Graph(new GraphNode("input", new Flatten()))));
        Assert.Contains("Joined of 1 at 'a' is neither a layer nor a merge",
            ErrorOf(() => new Graph(new GraphNode("a", new Joined(new Flatten(), new Flatten())))));
        Assert.Contains("its inputs are [4, 3], [4, 6]; only equal shapes", ErrorOf(() => new Graph(
            new("a", new Dense(3, 6)), new("b", new Add(), Graph.Input, "a")).OutputShape(new Shape(4, 3))));
        Assert.Contains("its inputs are [4, 3, 2], [4, 6]; only axis 1 may differ", ErrorOf(() => new Graph(
            new("a", new Flatten()), new("b", new Concat(), Graph.Input, "a")).OutputShape(new Shape(4, 3, 2))));
        Assert.Contains("needs at least 2", ErrorOf(() => new Concat(1)));
        Assert.Contains("needs at least 2", ErrorOf(() => new Add(1)));
    }
}
