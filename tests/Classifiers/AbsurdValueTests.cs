using System.Text.Json.Nodes;
using Engine.Classifiers;
using Engine.Classifiers.Trees;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Fitting.Needs;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Tests.Classifiers;

/// <summary>
/// Every number of every feature set, layer, optimiser, schedule, classifier, selection and projection is replaced by values that
/// no one means. Each recipe is refused in one line, or works within the limit; nothing else may come of it.
/// </summary>
public class AbsurdValueTests
{
    private const long Limit = 96L << 20;

    private static readonly string[] s_values =
        ["0", "-1", "1", "2", "-2147483648", "2147483647", "65536", "1000000", "1e9", "1e308", "-1e308", "1e-320", "5e-324",
        "0.5", "null", "\"NaN\"", "[1e308]"];

    private static readonly float[] s_clip = PipelineCorpus.Clip("pulse", 1);

    private static readonly string[] s_layers =
    [
        """{"layer":"conv1d","filters":2,"kernel":3,"stride":1,"padding":1,"dilation":1,"groups":1,"l2":0.1}""",
        """{"layer":"conv2d","filters":2,"kernel":3,"stride":2,"padding":"same","dilation":1,"groups":1,"l2":0.1}""",
        """{"layer":"conv2d","filters":2,"kernel":[3,2],"stride":[1,2],"padding":[1,1],"dilation":[1,1]}""",
        """{"layer":"max-pool1d","size":2,"stride":2,"padding":1}""",
        """{"layer":"average-pool1d","size":2,"stride":2,"padding":1}""",
        """{"layer":"max-pool2d","size":[2,2],"stride":[2,2],"padding":[1,1]}""",
        """{"layer":"average-pool2d","size":[2,2],"stride":[2,2],"padding":[1,1]}""",
        """{"layer":"lstm","units":3,"layers":2,"bidirectional":true,"sequence":true}""",
        """{"layer":"gru","units":3,"layers":2}""",
        """{"layer":"batch-norm","momentum":0.1,"epsilon":1e-5}""",
        """{"layer":"layer-norm","epsilon":1e-5}""",
        """{"layer":"dropout","share":0.5}""",
        """{"layer":"leaky-relu","slope":0.1}""",
        """{"layer":"elu","alpha":1.0}""",
        """{"layer":"squeeze-excitation","units":3}""",
        """{"layer":"inverted-residual","kernel":3,"expanded":4,"filters":2,"stride":2,"squeeze":true,"momentum":0.1,"epsilon":1e-3}""",
        """{"layer":"dense","units":3,"l2":0.1}""",
        """{"layer":"hidden","count":2,"units":3,"dropout":0.1,"l2":0.1}""",
    ];

    private static readonly string[] s_features =
    [
        """{"set":"mfcc"}""", """{"set":"mel"}""", """{"set":"stft"}""", """{"set":"chroma"}""", """{"set":"gtzan57"}""",
        """{"set":"descriptors"}""", """{"set":"covariance"}""", """{"set":"modulation","n_fft":256,"frames":32,"lowest":1}""",
        """{"set":"contrast"}""",
        """{"set":"psf-mfcc-gaussian","nfft":1024}""",
        """{"set":"wave"}""", """{"set":"mel-frames","fmax":4000}""",
        """{"set":"mel-frames","power":1,"log":"ln","center":false}""", """{"set":"stft-frames"}""",
        """{"set":"mfcc-frames","cmvn_window":5}""", """{"set":"psf-logmel-frames","highfreq":4000}""",
        """{"set":"mel-frames","n_fft":512,"win_length":400,"pre_emphasis":0.97,"log":"ln","log_factor":2,"log_offset":1e-5}""",
        """{"set":"mel-frames","mean":1,"std":2}""",
        """{"set":"mel-picture","width":30,"height":20}""",
        """{"set":"joined","inputs":[{"set":"mel"},{"set":"mel-frames","top_db":60}]}""",
        """{"set":"joined","inputs":[{"set":"mel"},{"set":"wave","sample_rate":16000}]}""",
    ];

    private static readonly string[] s_classifiers =
    [
        """{"kind":"knn"}""", """{"kind":"forest","max_depth":3,"trees":2}""",
        """{"kind":"extra-trees","trees":2,"max_features":0.5}""", """{"kind":"forest","trees":2,"max_features":3}""",
        """{"kind":"svm","gamma":0.5,"class_weights":[1,2,3],"kernel":"polynomial","max_iterations":1000}""",
        """{"kind":"svm","max_iterations":1000}""",
        """{"kind":"lda"}""", """{"kind":"logistic","max_iterations":50}""", """{"kind":"naive-bayes"}""",
    ];

    private static readonly string[] s_trainings =
    [
        """{"optimizer":{"kind":"sgd","learning_rate":0.1,"momentum":0.5},"batch":4,"epochs":1,"clip_norm":1,"clip_value":1,"average_decay":0.9,"stop_at_train_accuracy":0.9}""",
        """{"optimizer":{"kind":"adam"},"batch":4,"epochs":1,"schedule":{"kind":"step","epochs":2},"early_stopping":{},"validation":0.2}""",
        """{"optimizer":{"kind":"adamw"},"batch":4,"epochs":1,"schedule":{"kind":"cosine"},"mixup":0.2,"label_smoothing":0.1}""",
        """{"optimizer":{"kind":"adamax"},"batch":4,"epochs":1,"schedule":{"kind":"plateau"}}""",
        """{"optimizer":{"kind":"nadam"},"batch":4,"epochs":1,"schedule":{"kind":"constant"}}""",
        """{"optimizer":{"kind":"adagrad"},"batch":4,"epochs":1}""",
        """{"optimizer":{"kind":"rmsprop"},"batch":4,"epochs":1}""",
        """{"optimizer":{"kind":"sgd","learning_rate":0.1},"batch":4,"epochs":2,"stages":[{"epochs":1,"learning_rate":0.1},{}]}""",
    ];

    public static TheoryData<string> FrontEnds => [.. s_features];

    public static TheoryData<string> Layers => [.. s_layers];

    public static TheoryData<string> Trainings => [.. s_trainings];

    public static TheoryData<string> Classifiers => [.. s_classifiers];

    [Theory, MemberData(nameof(FrontEnds))]
    public void FrontEnd_AnyNumber_IsRefusedInOneLineOrWorks(string features)
    {
        var windows = features.Contains("frames") || features.Contains("wave") || features.Contains("picture");
        var classifier = features.Contains("gaussian")
            ? """{"kind":"knn","metric":"gaussian-divergence"}""" : features.Contains("joined")
            ? """{"kind":"network","branches":[[{"layer":"flatten"}],[{"layer":"dense","units":2}]],"layers":[{"layer":"output"}],"training":{"optimizer":{"kind":"adam"},"batch":2,"epochs":1}}"""
            : """{"kind":"knn"}""";
        var recipe = Recipe.Parse(Json(features, windows ? "0.5" : "null", classifier), "base");
        Sweep(recipe, "front_end", changed =>
        {
            var frontEnd = new FrontEnd(changed.FrontEnd, memoryLimit: Limit);
            _ = frontEnd.Extract(s_clip, PipelineCorpus.Rate);
        });
    }

    [Theory, MemberData(nameof(Layers))]
    public void Layer_AnyNumber_IsRefusedInOneLineOrWorks(string layer)
    {
        var (form, rest) = layer switch
        {
            _ when layer.Contains("1d\"") => ("{\"layer\":\"series\"},", "{\"layer\":\"flatten\"},"),
            _ when layer.Contains("\"lstm\"") => ("{\"layer\":\"series\"},{\"layer\":\"sequence\"},", "{\"layer\":\"flatten\"},"),
            _ when layer.Contains("\"gru\"") => ("{\"layer\":\"series\"},{\"layer\":\"sequence\"},", ""),
            _ when layer.Contains("\"dense\"") || layer.Contains("\"hidden\"") => ("{\"layer\":\"flatten\"},", ""),
            _ => ("", "{\"layer\":\"flatten\"},"),
        };
        var training = s_trainings[5];
        var network = $$"""{"kind":"network","layers":[{{form}}{{layer}},{{rest}}{"layer":"output"}],"training":{{training}}}""";
        var recipe = Recipe.Parse(Json("""{"set":"mel-frames","n_mels":8,"hop_length":1024}""", "0.5", network), "base");
        Sweep(recipe, "classifier.layers", Step);
    }

    [Theory, MemberData(nameof(Trainings))]
    public void Training_AnyNumber_IsRefusedInOneLineOrWorks(string training)
    {
        var network = $$"""{"kind":"network","layers":[{"layer":"flatten"},{"layer":"dense","units":3},{"layer":"output"}],"training":{{training}},"augmentation":{"time_mask":0.1,"frequency_mask":0.1,"crop":0.1,"gain_db":1,"noise":0.1} }""";
        var recipe = Recipe.Parse(Json("""{"set":"mel-frames","n_mels":8,"hop_length":1024}""", "0.5", network), "base");
        Sweep(recipe, "classifier", Step);
    }

    [Theory, MemberData(nameof(Classifiers))]
    public void Classifier_AnyNumber_IsRefusedInOneLineOrFits(string classifier)
    {
        var random = new RandomStream(1, "absurd");
        var (rows, labels) = (new FeatureMatrix(18, 4), Enumerable.Range(0, 18).Select(i => i % 3).ToArray());
        for (var i = 0; i < rows.Data.Length; i++) rows.Data[i] = random.NextGaussian() + labels[i / 4];
        var recipe = Recipe.Parse(Json("""{"set":"gtzan57"}""", "null", classifier), "base");
        Sweep(recipe, "classifier", changed =>
        {
            // Many trees work, but take their time.
            if (changed.Classifier is ForestOptions { Trees: > 10 }) return;
            var made = ((TabularOptions)changed.Classifier).Create(new FitSettings(Threads: 1));
            made.Fit(rows, labels, 3);
            var probabilities = made.PredictProbabilities(rows);
            for (var r = 0; r < 18; r++) Assert.Equal(1, probabilities.Row(r).ToArray().Sum(), 1e-9);
            var again = ((TabularOptions)changed.Classifier).Create(new FitSettings(Threads: 1));
            again.LoadState(made.SaveState());
            Assert.Equal(probabilities.Data, again.PredictProbabilities(rows).Data);
        });
    }

    [Theory]
    [InlineData("selection", """{"kind":"correlation"}""")]
    [InlineData("selection", """{"kind":"boruta","trees":5,"max_runs":5}""")]
    [InlineData("projection", """{"kind":"pca","components":2}""")]
    [InlineData("projection", """{"kind":"lda","components":2}""")]
    [InlineData("classifier",
        """{"kind":"ensemble","combine":{"kind":"stacking"},"members":[{"classifier":{"kind":"knn"}},{"classifier":{"kind":"lda"}}]}""")]
    [InlineData("classifier",
        """{"kind":"ensemble","combine":{"kind":"average","weights":[1,2]},"members":[{"classifier":{"kind":"knn"}},{"classifier":{"kind":"lda"}}]}""")]
    [InlineData("search", """[{"kind":"real","path":"classifier.k","low":1,"high":2}]""")]
    [InlineData("published", """{"source":"s","accuracy":0.5}""")]
    public void Part_AnyNumber_IsRefusedInOneLineOrStands(string key, string value)
    {
        var text = Json("""{"set":"gtzan57"}""", "null", """{"kind":"knn"}""")
            .Replace(key == "classifier" ? "\"classifier\":{\"kind\":\"knn\"}" : "\"none\",",
                key == "classifier" ? $"\"classifier\":{value}" : $"\"none\",\"{key}\":{value},");
        var recipe = Recipe.Parse(text, "base");
        Sweep(recipe, key, changed => Assert.Equal(changed, Recipe.Parse(changed.ToJson(), "again")));
    }

    // A training step on random numbers: what a network's loss becomes is its own affair.
    private static void Step(Recipe recipe)
    {
        RecipeSummary.Of(recipe, 3, Limit);
        using var step = new RecipeStep(recipe, Device.Cpu, 3);
        step.Run();
    }

    private static void Sweep(Recipe recipe, string under, Action<Recipe> work)
    {
        var numbers = 0;
        foreach (var path in Numbers(JsonNode.Parse(recipe.ToJson())!, "")
            .Where(p => p.StartsWith(under, StringComparison.Ordinal)))
        {
            foreach (var value in s_values)
            {
                numbers++;
                var error = Record.Exception(() =>
                {
                    var changed = recipe.With(path, value);
                    changed.RequireMemory(Limit, labels: 3);
                    work(changed);
                });
                Assert.True(error is null or EngineException, $"{path}={value}: {error}");
                if (error is not null)
                    Assert.True(error.Message.Split('\n').Length <= 2 && error.Message.Length < 700,
                        $"{path}={value}: {error.Message}");
            }
        }

        Assert.True(numbers > 0 || under is "classifier" or "front_end", "no number was tried");
    }

    private static IEnumerable<string> Numbers(JsonNode? node, string path) => node switch
    {
        JsonObject parts => parts.SelectMany(p => Numbers(p.Value, path.Length == 0 ? p.Key : $"{path}.{p.Key}")),
        JsonArray items => items.SelectMany((item, i) => Numbers(item, $"{path}[{i}]")),
        JsonValue value when value.GetValueKind() is System.Text.Json.JsonValueKind.Number => [path],
        null when !path.EndsWith("published", StringComparison.Ordinal) => [path],
        _ => [],
    };

    private static string Json(string features, string segment, string classifier) =>
        $$"""{"name":"x","description":"d","front_end":{"sample_rate":22050,"features":{{features}},"segment":{{segment}}},"scaler":"none","classifier":{{classifier}}}""";
}
