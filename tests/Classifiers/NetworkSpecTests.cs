using Engine.Nn.Optimizers;
using Engine.Nn.Training;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Networks;
using Engine.Pipeline.Recipes;

namespace Engine.Tests.Classifiers;

public class NetworkSpecTests
{
    private const string Small = """
        { "name": "small", "description": "d", "scaler": "none",
          "front_end": { "sample_rate": 22050, "features": { "set": "mel-frames" }, "segment": 3 },
          "classifier": { "kind": "network", "initializer": "keras",
            "layers": [ { "layer": "conv2d", "filters": 4, "kernel": 3, "padding": "same", "l2": 0.01 }, { "layer": "relu" },
                        { "layer": "max-pool2d", "size": [2, 3] }, { "layer": "flatten" }, { "layer": "output" } ],
            "training": { "optimizer": { "kind": "adam" }, "batch": 20, "epochs": 100 } } }
        """;

    private static readonly Recipe s_small = Recipe.Parse(Small, "small.json");

    private static NetworkSpec Network(Recipe recipe) => (NetworkSpec)recipe.Classifier;

    [Fact]
    public void Parse_LeftOutValues_AreTheDocumentedOnes()
    {
        var network = Network(s_small);
        Assert.Equal(new Conv2dSpec(4, new(3, 3), null, Padding.Same, null, 1, 0.01, true), network.Layers[0]);
        Assert.Equal(new MaxPool2dSpec(new(2, 3)), network.Layers[2]);
        Assert.Equal(new TrainingSpec(new Adam(1e-3, 0.9, 0.999, 1e-8, 0), 20, 100), network.Training);
        Assert.Equal(NetworkInitializer.Keras, network.Initializer);
        Assert.Null(network.Branches);
        Assert.Null(network.Augmentation);
    }

    [Fact]
    public void Recipe_WrittenAndRead_IsEqual()
    {
        Assert.Equal(s_small, Recipe.Parse(s_small.ToJson(), "again"));
        Assert.Equal(s_small.GetHashCode(), Recipe.Parse(s_small.ToJson(), "again").GetHashCode());
        Assert.NotEqual(s_small, s_small.With("classifier.layers[0].filters", "5"));
        Assert.Contains("\"padding\": \"same\"", s_small.ToJson());
    }

    [Fact]
    public void With_PathsIntoListsAndNulls_ChangesThem()
    {
        var changed = s_small
            .With("classifier.training.epochs", "5")
            .With("classifier.layers[0].filters", "8")
            .With("classifier.layers[0].kernel[1]", "5")
            .With("classifier.layers[2]", """{ "layer": "average-pool2d", "size": 2 }""")
            .With("classifier.augmentation.noise", "0.1")
            .With("classifier.training.early_stopping.patience", "3")
            .With("classifier.training.optimizer.kind", "adamax");
        var network = Network(changed);
        Assert.Equal(5, network.Training.Epochs);
        Assert.Equal(new Extent(3, 5), ((Conv2dSpec)network.Layers[0]).Kernel);
        Assert.Equal(8, ((Conv2dSpec)network.Layers[0]).Filters);
        Assert.Equal(new AveragePool2dSpec(new(2, 2)), network.Layers[2]);
        Assert.Equal(new AugmentationSpec(Noise: 0.1), network.Augmentation);
        Assert.Equal(new EarlyStopping(Patience: 3), network.Training.EarlyStopping);
        Assert.IsType<Adamax>(network.Training.Optimizer);
    }

    [Theory]
    [InlineData("layers[0].filter", "3", "$.classifier.layers[0].filter is not a known key", "filters, kernel")]
    [InlineData("layers[0].filters", "0", "$.classifier.layers[0].filters is 0", "from 1 to")]
    [InlineData("layers[0].filters", "many", "$.classifier.layers[0].filters is \"many\"", "a whole number")]
    [InlineData("layers[0].kernel", "[3]", "$.classifier.layers[0].kernel is [3]", "height and width")]
    [InlineData("layers[0].kernel", "[3, 0]", "$.classifier.layers[0].kernel[1] is 0", "from 1 to")]
    [InlineData("layers[0].kernel", "[3, 3, 3]", "$.classifier.layers[0].kernel is [3,3,3]", "[3, 3]")]
    [InlineData("layers[0].padding", "full", "$.classifier.layers[0].padding is \"full\"", "\"same\"")]
    [InlineData("layers[0].padding", "-1", "$.classifier.layers[0].padding[0] is -1", "from 0 to")]
    [InlineData("layers[0].l2", "-1", "$.classifier.layers[0].l2 is -1", "at least 0")]
    [InlineData("layers[0].groups", "5", "$.classifier.layers[0].groups is 5", "from 1 to 4")]
    [InlineData("layers[0].layer", "conv3d", "$.classifier.layers[0].layer is \"conv3d\"", "conv1d, conv2d")]
    [InlineData("layers[1]", "{}", "$.classifier.layers[1].layer is missing", "conv1d, conv2d")]
    [InlineData("layers[1]", "7", "$.classifier.layers[1] is 7", "an object")]
    [InlineData("layers[1]", """{"layer":"output"}""", "$.classifier.layers[1].layer is output", "last")]
    [InlineData("layers[1]", """{"layer":"dropout","share":1}""", "$.classifier.layers[1].share is 1", "below 1")]
    [InlineData("layers[2].stride", "0", "$.classifier.layers[2].stride[0] is 0", "from 1 to")]
    [InlineData("layers[2].padding", "2", "$.classifier.layers[2].padding[0] is 2", "from 0 to 1")]
    [InlineData("layers[4]", """{"layer":"relu"}""", "$.classifier.layers[4].layer is not output", "last")]
    [InlineData("layers[9].filters", "0", "no item 9", "the list has 5")]
    [InlineData("layers[x]", "0", "layers[x]", "layers[0]")]
    [InlineData("layers", "[]", "$.classifier.layers is []", "output")]
    [InlineData("layers", "{}", "$.classifier.layers is {}", "a list")]
    [InlineData("layers.filters", "3", "no object 'layers'", "training")]
    [InlineData("branches", "[]", "$.classifier.branches is []", "each input")]
    [InlineData("branches", """[[{"layer":"relu"}],[{"layer":"output"}]]""", "$.classifier.branches[1][0].layer is output",
        "only there")]
    [InlineData("branches", """[[{"layer":"relu","slope":1}]]""", "$.classifier.branches[0][0].slope is not a known key", "")]
    [InlineData("initializer", "zeros", "$.classifier.initializer is \"zeros\"", "pytorch, keras, kaiming")]
    [InlineData("training.batch", "0", "$.classifier.training.batch is 0", "from 1 to")]
    [InlineData("training.optimizer.kind", "adam2", "$.classifier.training.optimizer.kind is \"adam2\"", "sgd, adam, adamw")]
    [InlineData("training.optimizer.momentum", "0.9", "$.classifier.training.optimizer.momentum is not a known key", "beta1")]
    [InlineData("training.optimizer.beta1", "1", "$.classifier.training.optimizer.beta1 is 1", "below 1")]
    [InlineData("training.optimizer.learning_rate", "0", "$.classifier.training.optimizer.learning_rate is 0", "above 0")]
    [InlineData("training.schedule", """{"kind":"step"}""", "$.classifier.training.schedule.epochs is missing", "")]
    [InlineData("training.schedule", """{"kind":"cosine","floor":1}""", "$.classifier.training.schedule.floor is 1", "below 1")]
    [InlineData("training.early_stopping.monitor", "f1", "$.classifier.training.early_stopping.monitor is \"f1\"",
        "loss, accuracy")]
    [InlineData("training.early_stopping.patience", "-1", "$.classifier.training.early_stopping.patience is -1", "at least 0")]
    [InlineData("training.stop_at_train_accuracy", "80", "$.classifier.training.stop_at_train_accuracy is 80", "at most 1")]
    [InlineData("training.validation", "1", "$.classifier.training.validation is 1", "below 1")]
    [InlineData("training.label_smoothing", "-0.1", "$.classifier.training.label_smoothing is -0.1", "at least 0")]
    [InlineData("training.mixup", "-0.1", "$.classifier.training.mixup is -0.1", "at least 0")]
    [InlineData("training.clip_norm", "0", "$.classifier.training.clip_norm is 0", "above 0")]
    [InlineData("training.average_decay", "1", "$.classifier.training.average_decay is 1", "below 1")]
    [InlineData("augmentation.time_mask", "1", "$.classifier.augmentation.time_mask is 1", "below 1")]
    [InlineData("training", "null", "$.classifier.training is null", "an object")]
    public void With_BadValue_NamesPathFoundAndExpected(string path, string value, string found, string expected)
    {
        var message = PipelineCorpus.ErrorOf(() => s_small.With($"classifier.{path}", value));
        Assert.Contains(found, message);
        Assert.Contains(expected, message);
    }
}
