using System.Globalization;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>
/// Tables of values that no recording has. A training either works, and the run can be loaded and tested with the same figures,
/// or it is refused in one line before anything is written; what it learned is never a file that cannot be read.
/// </summary>
public class ExtremeTableTests
{
    private static readonly string[] s_columns = ["rms_mean", "rms_var", "tempo", "mfcc1_mean"];

    private static readonly Dictionary<string, string> s_classifiers = new()
    {
        ["knn"] = """{"kind":"knn","k":3}""",
        ["knn-cosine"] = """{"kind":"knn","k":3,"metric":"cosine","votes":"distance"}""",
        ["knn-manhattan"] = """{"kind":"knn","k":1,"metric":"manhattan","votes":"distance"}""",
        ["knn-chebyshev"] = """{"kind":"knn","k":3,"metric":"chebyshev"}""",
        ["forest"] = """{"kind":"forest","trees":5}""",
        ["extra-trees"] = """{"kind":"extra-trees","trees":5}""",
        ["svm"] = """{"kind":"svm","max_iterations":10000}""",
        ["svm-platt"] = """{"kind":"svm","probabilities":"platt","max_iterations":10000}""",
        ["svm-linear"] = """{"kind":"svm","kernel":"linear","max_iterations":10000}""",
        ["svm-poly"] = """{"kind":"svm","kernel":"polynomial","coef0":1,"max_iterations":10000}""",
        ["lda"] = """{"kind":"lda"}""",
        ["logistic"] = """{"kind":"logistic","max_iterations":200}""",
        ["naive-bayes"] = """{"kind":"naive-bayes"}""",
        ["network"] = """{"kind":"network","layers":[{"layer":"dense","units":3},{"layer":"batch-norm"},{"layer":"relu"},{"layer":"output"}],"training":{"optimizer":{"kind":"adam"},"batch":8,"epochs":2}}""",
        ["stacking"] = """{"kind":"ensemble","combine":{"kind":"stacking","folds":2},"members":[{"classifier":{"kind":"naive-bayes"}},{"classifier":{"kind":"logistic","max_iterations":200},"scaler":"standard"}]}""",
    };

    // The value of column c in row r, given an ordinary one.
    private static readonly Dictionary<string, Func<int, int, double, double>> s_tables = new()
    {
        ["ordinary"] = (_, _, v) => v,
        ["1e300"] = (_, _, v) => 1e300 * v,
        ["1e-300"] = (_, _, v) => 1e-300 * v,
        ["largest"] = (_, _, v) => v > 0 ? double.MaxValue : double.MinValue,
        ["denormal"] = (_, _, v) => Math.Round(100 * v) * double.Epsilon,
        ["one column of 1e308"] = (_, c, v) => c == 1 ? v / 3 * 1e308 : v,
        ["1e200 beside 1e-200"] = (_, c, v) => v * (c switch { 0 => 1e200, 1 => 1e-200, _ => 1 }),
        ["1e160"] = (_, _, v) => 1e160 * v,
        ["1e40"] = (_, _, v) => 1e40 * v,
        ["constant"] = (_, _, _) => 3,
        ["one constant"] = (_, c, v) => c == 1 ? 1e308 : v,
        ["zeros"] = (_, _, _) => 0,
        ["one outlier"] = (r, c, v) => r == 4 && c == 2 ? 1e306 : v,
        ["outlier on a constant"] = (r, c, v) => c == 2 ? r == 4 ? 1e300 : 1 : v,
        ["duplicates"] = (r, c, _) => c + r % 2,
    };

    private static readonly string[] s_scalers = ["none", "standard", "robust", "min-max", "power", "log"];
    private static readonly string[] s_steps = [.. s_scalers, "correlation", "boruta", "pca", "lda"];

    public static TheoryData<string, string> Learners
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var classifier in s_classifiers.Keys)
            {
                data.Add(classifier, "none");
                data.Add(classifier, "standard");
            }

            foreach (var step in s_steps[2..]) data.Add("knn", step);
            data.Add("network", "min-max");
            data.Add("network", "robust");
            data.Add("logistic", "power");
            return data;
        }
    }

    [Theory, MemberData(nameof(Learners))]
    public void Train_ExtremeTable_CanBeLoadedAgainOrIsRefused(string classifier, string step)
    {
        using var folder = new TemporaryFolder();
        var recipe = RecipeOf(s_classifiers[classifier], step);
        foreach (var (name, value) in s_tables)
        {
            var table = folder[$"{name}.csv"];
            Write(table, value);
            var run = folder[$"{name}-run"];
            var error = Record.Exception(() => Training.Run(new() { Data = table, Recipe = recipe, Output = run, Seed = 1 }));
            if (error is not null)
            {
                Assert.True(error is EngineException && error.Message.Split('\n').Length <= 2 && error.Message.Length < 500,
                    $"{name}: {error}");
                Assert.False(File.Exists(Path.Combine(run, GenreModel.FileName)),
                    $"{name}: a model was written, then: {error.Message}");
                Assert.True(name is not "ordinary", $"{name}: {error.Message}");
                continue;
            }

            using var model = GenreModel.Load(run);
            var test = Testing.Run(new() { Run = run });
            var trained = MetricsReport.FromJson(File.ReadAllText(Path.Combine(run, RunFolder.MetricsFile)));
            Assert.True(trained.LogLoss == test.Metrics.LogLoss && trained.Accuracy == test.Metrics.Accuracy,
                $"{name}: {trained.LogLoss} became {test.Metrics.LogLoss}");
            Assert.All(test.Tested,
                row => Assert.True(Math.Abs(row.Probabilities.Sum() - 1) < 1e-9 && row.Probabilities.All(p => p is >= 0 and <= 1),
                    $"{name}: {string.Join(' ', row.Probabilities)}"));
        }
    }

    // A model that was trained on an ordinary table is asked about the extreme ones.
    [Theory, MemberData(nameof(Learners))]
    public void Test_ExtremeRows_GiveProbabilitiesOrOneLine(string classifier, string step)
    {
        using var folder = new TemporaryFolder();
        Write(folder["ordinary.csv"], s_tables["ordinary"]);
        Training.Run(new()
        {
            Data = folder["ordinary.csv"],
            Recipe = RecipeOf(s_classifiers[classifier], step),
            Output = folder["run"],
            Seed = 1
        });
        foreach (var (name, value) in s_tables)
        {
            Write(folder[$"{name}.csv"], value, "other");
            TestingResult? test = null;
            var error = Record.Exception(() => test = Testing.Run(new() { Run = folder["run"], Data = folder[$"{name}.csv"] }));
            if (error is not null)
                Assert.True(error is EngineException && error.Message.Split('\n').Length <= 2 && error.Message.Length < 500,
                    $"{name}: {error}");
            else Assert.All(test!.Tested,
                row => Assert.True(Math.Abs(row.Probabilities.Sum() - 1) < 1e-9 && row.Probabilities.All(p => p is >= 0 and <= 1),
                    $"{name}: {string.Join(' ', row.Probabilities)}"));
        }
    }

    [Fact]
    public void Train_ValueTooLargeToLearnFrom_NamesColumnRowAndWhatToDo()
    {
        using var folder = new TemporaryFolder();
        Write(folder["table.csv"], s_tables["one outlier"]);
        var message = PipelineCorpus.ErrorOf(
            () => Training.Run(new()
            {
                Data = folder["table.csv"],
                Recipe = RecipeOf(s_classifiers["naive-bayes"], "none"),
                Output = folder["run"],
                Seed = 1
            }));
        Assert.Contains("tempo", message);
        Assert.Contains("1E+306", message);
        Assert.False(Path.Exists(folder["run"]));
    }

    private static Recipe RecipeOf(string classifier, string step)
    {
        var more = step switch
        {
            "correlation" => "\"selection\":{\"kind\":\"correlation\",\"label\":0.01},",
            "boruta" => "\"selection\":{\"kind\":\"boruta\",\"trees\":5,\"max_runs\":5},",
            "pca" => "\"projection\":{\"kind\":\"pca\",\"components\":2},",
            "lda" => "\"projection\":{\"kind\":\"lda\"},",
            _ => "",
        };
        var exclude = string.Join(',', Engine.Dsp.Gtzan57.Columns.Except(s_columns)
            .Where(c => !s_columns.Any(k => k.StartsWith(c, StringComparison.Ordinal))).Select(c => $"\"{c}\""));
        var scaler = s_scalers.Contains(step) && !classifier.Contains("ensemble") ? step : "none";
        return Recipe.Parse($$"""{"name":"x","description":"d","front_end":{"sample_rate":22050,"features":{"set":"gtzan57","exclude":[{{exclude}}]},"segment":null},"scaler":"{{scaler}}",{{more}}"classifier":{{classifier}}}""", "extreme");
    }

    private static void Write(string path, Func<int, int, double, double> value, string name = "")
    {
        List<string> lines = [$"filename,length,{string.Join(',', s_columns)},label"];
        for (var r = 0; r < 24; r++)
        {
            var (random, genre) = (new RandomStream((ulong)r, "extreme"), PipelineCorpus.Genres[r % 3]);
            var values = s_columns.Select(
                (_, c) => value(r, c, random.NextGaussian() + (c % 3 == r % 3 ? 1.5 : 0))
                    .ToString("R", CultureInfo.InvariantCulture));
            lines.Add($"{name}{genre}.{r / 3:00000}.wav,661794,{string.Join(',', values)},{genre}");
        }

        File.WriteAllLines(path, lines);
    }
}
