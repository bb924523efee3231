using Engine.Nn;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Networks;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Tests.Classifiers;

/// <summary>Layers that have names and inputs.</summary>
public class LayerGraphTests
{
    private const string Layers = """
        { "layer": "conv2d", "filters": 4, "kernel": 3, "padding": 1, "name": "stem" },
        { "layer": "inverted-residual", "kernel": 3, "expanded": 8, "filters": 4, "squeeze": true, "gate": "hard-sigmoid" },
        { "layer": "hard-swish", "name": "a" },
        { "layer": "add", "inputs": ["a", "stem"], "name": "sum" },
        { "layer": "concat", "inputs": ["sum", "input"] },
        { "layer": "global-max-average" },
        { "layer": "output", "name": "head.last" }
        """;

    private static Recipe Read(string layers) => Recipe.Parse($$"""
        { "name": "mine", "description": "d", "scaler": "none",
          "front_end": { "sample_rate": 22050, "features": { "set": "mel-frames", "n_mels": 8, "hop_length": 1024 }, "segment": 0.5 },
          "classifier": { "kind": "network", "layers": [ {{layers}} ],
            "training": { "optimizer": { "kind": "adam" }, "batch": 4, "epochs": 1 } } }
        """, "mine.json");

    private static string ErrorOf(string layers) => PipelineCorpus.ErrorOf(() => RecipeSummaryOf(Read(layers)));

    private static void RecipeSummaryOf(Recipe recipe)
    {
        using var network = ((NetworkSpec)recipe.Classifier).Build([new Shape(1, 8, 11)], 3, "mine.json");
    }

    [Fact]
    public void Build_NamesAreThoseOfTheTensors()
    {
        using var network = ((NetworkSpec)Read(Layers).Classifier).Build([new Shape(1, 8, 11)], 3, "mine.json");
        Assert.Equal(["stem.weight", "stem.bias", "1.block.0.0.weight", "1.block.0.1.weight"],
            network.State().Select(p => p.Name).Take(4));
        Assert.Equal(["1.block.2.fc1.weight", "1.block.2.fc1.bias", "1.block.2.fc2.weight", "1.block.2.fc2.bias",
            "1.block.3.0.weight"], network.State().Select(p => p.Name).SkipWhile(n => !n.Contains("fc1")).Take(5));
        Assert.Equal(new Shape(3, 10), network.Parameter("head.last.weight").Shape);
    }

    [Fact]
    public void Recipe_WrittenAndRead_KeepsNamesAndInputs()
    {
        var recipe = Read(Layers);
        Assert.Equal(recipe.ToJson(), Recipe.Parse(recipe.ToJson(), "again").ToJson());
        Assert.Contains("\"layer\": \"add\",\n", recipe.ToJson());
        Assert.Contains("\"name\": \"sum\"", recipe.ToJson());
        // Layers without them are written as ever, so that stored models and cached features stay what they are.
        var plain = Read("""{ "layer": "flatten" }, { "layer": "relu" }, { "layer": "output" }""").ToJson();
        Assert.DoesNotContain("inputs", plain);
        Assert.Equal(1, plain.Split("\"name\"").Length - 1);
    }

    [Fact]
    public void Layers_InAChainWithNames_GiveTheSameNumbers()
    {
        var shape = new Shape(2, 6);
        float[][] outputs = [.. new[] { "", ", \"name\": \"0\"" }.Select(name =>
        {
            var recipe = Read($$"""{ "layer": "dense", "units": 4{{name}} }, { "layer": "relu" }, { "layer": "output" }""");
            using var network = ((NetworkSpec)recipe.Classifier).Build([new Shape(6)], 3, "mine.json");
            Assert.Equal(name.Length > 0, network is Graph);
            network.Initialize(1);
            using var x = Tensor.From([.. Enumerable.Range(0, 12).Select(i => i / 7f - 1)], shape);
            using var y = network.Forward([x], ForwardContext.Evaluate());
            return y.ToArray();
        })];
        Assert.Equal(outputs[0], outputs[1]);
    }

    [Fact]
    public void Recipe_OfAGraph_Trains()
    {
        using var step = new RecipeStep(Read(Layers), Device.Cpu, 3);
        Assert.True(float.IsFinite(step.Run()));
        Assert.Contains(step.Summary.Network.Layers, l => l.Inputs is ["sum", "input"]);
    }

    [Fact]
    public void Branch_MayBeAGraph()
    {
        var spec = (NetworkSpec)Read(Layers).Classifier with
        {
            Layers = [new OutputSpec()],
            Branches =
            [
                [new DenseSpec(2) { Name = "a" }, new ReluSpec(), new ConcatSpec { Inputs = ["a", "1"] }], [new ReluSpec()],
            ],
        };
        using var network = spec.Build([new Shape(3), new Shape(5)], 3, "mine.json");
        Assert.Equal("branches.0.a.weight", network.State().First().Name);
        Assert.Equal(new Shape(3, 9), network.Parameter("trunk.0.weight").Shape);
    }

    [Theory]
    [InlineData("""{"layer":"flatten","inputs":["x"]}""", "$.classifier.layers[0].inputs[0] is \"x\"; no layer has that name.")]
    [InlineData("""{"layer":"flatten","inputs":["b"]},{"layer":"relu","name":"b"}""",
        "$.classifier.layers[0].inputs[0] is \"b\"; that layer comes later; a layer reads earlier ones.")]
    [InlineData("""{"layer":"flatten","name":"b","inputs":["b"]}""",
        "$.classifier.layers[0].inputs[0] is \"b\"; that is the layer itself.")]
    [InlineData("""{"layer":"flatten","name":"a"},{"layer":"relu","name":"a"}""",
        "$.classifier.layers[1].name is \"a\"; $.classifier.layers[0] has that name; a layer without one is called by its "
            + "index.")]
    [InlineData("""{"layer":"flatten","name":"1"},{"layer":"relu"}""", "$.classifier.layers[1].name is \"1\"; $.classifier.layers[0]")]
    [InlineData("""{"layer":"flatten","name":"input"}""", "$.classifier.layers[0].name is \"input\"; a name is made of letters")]
    [InlineData("""{"layer":"flatten","name":"a..b"}""", "$.classifier.layers[0].name is \"a..b\"; a name is made of letters")]
    [InlineData("""{"layer":"flatten","name":""}""", "$.classifier.layers[0].name is \"\"; a name is made of letters")]
    [InlineData("""{"layer":"flatten","inputs":["input","input"]}""",
        "$.classifier.layers[0].inputs is [\"input\", \"input\"]; the layer takes one input; add and concat take several.")]
    [InlineData("""{"layer":"flatten","inputs":[]}""", "$.classifier.layers[0].inputs is []; the layer takes one input")]
    [InlineData("""{"layer":"flatten"},{"layer":"add"}""",
        "$.classifier.layers[1].inputs is null; the layer takes two or more inputs, by name.")]
    [InlineData("""{"layer":"flatten"},{"layer":"concat","inputs":["0"]}""",
        "$.classifier.layers[1].inputs is [\"0\"]; the layer takes two or more inputs, by name.")]
    [InlineData("""{"layer":"flatten"},{"layer":"relu","name":"a","inputs":["input"]},{"layer":"flatten"}""",
        "$.classifier.layers[0] is \"0\"; no layer reads it; connect it or leave it out.")]
    [InlineData("""{"layer":"relu"},{"layer":"flatten","name":"f"},{"layer":"add","inputs":["0","f"]}""",
        "$.classifier.layers[2]: Add of 2: its inputs are [1, 1, 8, 11], [1, 88]; only equal shapes can be added.")]
    [InlineData("""{"layer":"flatten","name":"f"},{"layer":"concat","inputs":["input","f"]}""",
        "$.classifier.layers[1]: Concat of 2: its inputs are [1, 1, 8, 11], [1, 88]; only axis 1 may differ.")]
    [InlineData("""{"layer":"inverted-residual","kernel":4,"expanded":2,"filters":2},{"layer":"flatten"}""",
        "$.classifier.layers[0].kernel is 4; it must be odd.")]
    [InlineData("""{"layer":"inverted-residual","name":"a","kernel":3,"expanded":1,"filters":2},{"layer":"conv2d","name":"a.block.0.0","filters":2,"kernel":1},{"layer":"flatten"}""",
        "$.classifier.layers: two tensors would be called 'a.block.0.0.weight'; rename one of the layers.")]
    public void Layers_WiredWrongly_AreRefusedByTheirPath(string layers, string message) =>
        Assert.StartsWith($"mine.json: {message}", ErrorOf(layers + """,{"layer":"output"}"""));
}
