using Engine.Pipeline;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>Windows as the columns of a classifier, from recordings to a model that labels them.</summary>
public sealed class PipelineWindowColumnsTests : IDisposable
{
    private const string Pictures = """
        {
          "name": "small-pictures", "description": "A picture for an SVM.",
          "front_end": { "sample_rate": 22050, "features": { "set": "mel-picture", "n_fft": 1024, "n_mels": 16, "width": 12, "height": 8 }, "segment": 0.5 },
          "scaler": "none",
          "classifier": { "kind": "svm", "c": 10 }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private TrainingResult Train(Recipe recipe, string run) => Training.Run(new TrainingOptions
    {
        Data = PipelineCorpus.WriteAudio(_folder["audio"]),
        Output = _folder[run],
        Recipe = recipe,
        Seed = 1,
    });

    [Theory]
    [InlineData("classifier.c", "10")]
    [InlineData("scaler", "standard")]
    [InlineData("classifier", """{"kind":"knn","k":3}""")]
    public void Run_PicturesAsColumns_TrainsTestsAndLabels(string path, string value)
    {
        var recipe = Recipe.Parse(Pictures, "pictures").With(path, value);
        var result = Train(recipe, "run");
        Assert.Equal((24, 6), (result.Metrics.NTrain, result.Metrics.NTest));
        Assert.InRange(result.Metrics.Accuracy, 0.6, 1);
        using var model = GenreModel.Load(_folder["run"]);
        var columns = model.Fitted().SaveState().Single(t => t.Key is "classifier.support" or "classifier.train").Value.Shape[1];
        Assert.Equal(3 * 12 * 8, columns);
        foreach (var genre in PipelineCorpus.Genres)
        {
            Assert.Equal(genre, model.Predict(PipelineCorpus.Clip(genre, 77), PipelineCorpus.Rate).Label);
        }
    }

    [Fact]
    public void Run_ValidationRows_AreLearnedFromToo()
    {
        var frontEnd = new FrontEnd(Recipe.Parse(Pictures, "pictures").FrontEnd);
        var data = LabelledRows.Load(PipelineCorpus.WriteAudio(_folder["audio"]), frontEnd, new WorkOptions());
        var (first, second) = (RowSet.Of(data, [0, 5, 7]), RowSet.Of(data, [1, 2]));
        var flat = first.Flatten(second);
        Assert.Equal((5, 288), (flat.Rows, flat.Columns));
        var window = new float[288];
        data.Windows!.Read(7, 0, window);
        Assert.Equal(window.Select(v => (double)v), flat.Row(2).ToArray());
        data.Windows.Read(2, 0, window);
        Assert.Equal(window.Select(v => (double)v), flat.Row(4).ToArray());
        Assert.Equal(flat.Data, first.Flatten(second, threads: 1).Data);
    }

    [Fact]
    public void Load_ModelOfAnotherPicture_IsRefused()
    {
        Train(Recipe.Parse(Pictures, "pictures"), "run");
        using var model = GenreModel.Load(_folder["run"]);
        var state = model.Fitted().SaveState().ToDictionary();
        var wider = Recipe.Parse(Pictures, "pictures").With("front_end.features.width", "13");
        Assert.Contains("the classifier has 288 columns, but the front end has 312",
            PipelineCorpus.ErrorOf(() => FittedPipeline.Load(wider, new FrontEnd(wider.FrontEnd), state, 3, Device.Cpu)));
    }
}
