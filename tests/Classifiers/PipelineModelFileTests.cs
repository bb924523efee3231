using Engine.Pipeline;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public sealed class PipelineModelFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public PipelineModelFileTests()
    {
        Training.Run(PipelineCorpus.Options(PipelineCorpus.WriteTable(_folder["table.csv"]), _folder["run"]));
        _model = _folder["run", GenreModel.FileName];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_HoldsWhatItWasTrainedWith()
    {
        using var model = GenreModel.Load(_model);
        Assert.Equal(PipelineCorpus.Genres, model.Labels);
        Assert.Equal(("stratified", 1UL, GenreModel.CurrentVersion), (model.Split, model.Seed, model.EngineVersion));
        Assert.Equal(RecipeCatalog.Get("gtzan57-knn").With("classifier.k", "3"), model.Recipe);
        model.Save(_folder["copy.safetensors"]);
        Assert.Equal(File.ReadAllBytes(_model), File.ReadAllBytes(_folder["copy.safetensors"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(500)]
    [InlineData(-1)]
    public void Load_CutShort_IsNamed(int bytes)
    {
        var whole = File.ReadAllBytes(_model);
        File.WriteAllBytes(_model, whole[..(bytes < 0 ? whole.Length + bytes : bytes)]);
        Assert.Contains(_model, PipelineCorpus.ErrorOf(() => GenreModel.Load(_model)));
    }

    [Fact]
    public void Load_Missing_IsNamed() =>
    Assert.Contains(_folder["none"], PipelineCorpus.ErrorOf(() => GenreModel.Load(_folder["none"])));

    [Theory]
    [InlineData("format", "engine-model-2", "the model's format is 'engine-model-2'")]
    [InlineData("format", null, "no 'format' in the metadata")]
    [InlineData("recipe", "{}", "is missing")]
    [InlineData("recipe", null, "no 'recipe' in the metadata")]
    [InlineData("columns", "[\"tempo\"]", "1 feature columns that differ from the 57")]
    [InlineData("labels", "[\"drone\",\"hiss\"]", "3 classes, but there are 2 labels")]
    [InlineData("labels", "[\"drone\",\"drone\",\"hiss\"]", "not distinct")]
    [InlineData("labels", "drone", "not valid JSON")]
    [InlineData("seed", "-1", "seed is '-1'")]
    public void Load_MetadataThatDoesNotFit_SaysWhat(string key, string? value, string expected)
    {
        Edit(file =>
        {
            if (value is null) file.Metadata.Remove(key);
            else file.Metadata[key] = value;
        });
        var message = PipelineCorpus.ErrorOf(() => GenreModel.Load(_model));
        Assert.StartsWith(_model, message);
        Assert.Contains(expected, message);
    }

    [Theory]
    [InlineData("format")]
    [InlineData("seed")]
    public void Load_EndlessMetadata_IsQuotedInPart(string key)
    {
        Edit(file => file.Metadata[key] = new string('<', 100_000));
        Assert.InRange(PipelineCorpus.ErrorOf(() => GenreModel.Load(_model)).Length, 100, 600);
    }

    [Fact]
    public void Load_RecipeWhoseTensorsDoNotFit_SaysWhich()
    {
        Edit(file => file.Metadata["recipe"] = Recipe.Parse(file.Metadata["recipe"], "").With("scaler", "none").ToJson());
        Assert.Contains("tensor 'scaler.", PipelineCorpus.ErrorOf(() => GenreModel.Load(_model)));
        Edit(file => file.Metadata["recipe"] = Recipe.Parse(file.Metadata["recipe"], "").With("scaler", "standard")
            .With("classifier.k", "500").ToJson());
        Assert.Contains("500", PipelineCorpus.ErrorOf(() => GenreModel.Load(_model)));
    }

    [Fact]
    public void Load_TensorMissingExtraOrOfAnotherShape_SaysWhich()
    {
        var original = File.ReadAllBytes(_model);
        foreach (var name in SafetensorsFile.Read(_model).Tensors.Keys)
        {
            Edit(file => file.Tensors.Remove(name));
            Assert.Contains(name.Split('.')[1], PipelineCorpus.ErrorOf(() => GenreModel.Load(_model)));
            File.WriteAllBytes(_model, original);
            Edit(file => file.Tensors[name] = new StoredTensor(new double[] { 1, 2 }, 2));
            PipelineCorpus.ErrorOf(() => GenreModel.Load(_model));
            File.WriteAllBytes(_model, original);
        }

        Edit(file => file.Tensors["extra"] = new StoredTensor(new float[1], 1));
        Assert.Contains("tensor 'extra' belongs to no part", PipelineCorpus.ErrorOf(() => GenreModel.Load(_model)));
    }

    // Each value is finite, and none of them gives a distance that is.
    [Fact]
    public void Load_ValuesThatGiveNoProbability_IsRefused()
    {
        var run = _folder["lda"];
        Training.Run(PipelineCorpus.Options(_folder["table.csv"], run) with { Recipe = RecipeCatalog.Get("gtzan57-lda") });
        var path = Path.Combine(run, GenreModel.FileName);
        GenreModel.Load(path).Dispose();
        var file = SafetensorsFile.Read(path);
        Array.Fill((double[])file.Tensors["classifier.centers"].Data, 1e200);
        file.Write(path, checksum: true);
        var message = PipelineCorpus.ErrorOf(() => GenreModel.Load(path));
        Assert.StartsWith(path, message);
        Assert.Contains("returns no probabilities", message);
    }

    [Fact]
    public void Record_OfAnotherVersionOrForm_IsNamed()
    {
        var path = _folder["run", RunFolder.RecordFile];
        var json = File.ReadAllText(path);
        File.WriteAllText(path, json.Replace("engine-run-1", "engine-run-9"));
        Assert.Contains("'engine-run-9'", PipelineCorpus.ErrorOf(() => RunRecord.Load(_folder["run"])));
        File.WriteAllText(path, json.Replace("\"use\": \"test\"", "\"use\": \"toast\""));
        Assert.Contains("the use 'toast'", PipelineCorpus.ErrorOf(() => RunRecord.Load(_folder["run"])));
        File.WriteAllText(path, json.Replace("\"name\": \"drone.00001\"", "\"name\": \"drone.00000\""));
        Assert.Contains("row drone.00000 appears 2 times", PipelineCorpus.ErrorOf(() => RunRecord.Load(_folder["run"])));
        File.WriteAllText(path, json.Replace("\"k\": 3", "\"k\": 4"));
        Assert.Contains("different recipes or labels", PipelineCorpus.ErrorOf(() => Testing.Run(new() { Run = _folder["run"] })));
        File.WriteAllText(path, json[..^20]);
        Assert.Contains(path, PipelineCorpus.ErrorOf(() => RunRecord.Load(_folder["run"])));
        File.Delete(path);
        Assert.Contains($"{_folder["run"]}: is not a run folder", PipelineCorpus.ErrorOf(() => RunRecord.Load(_folder["run"])));
    }

    [Fact]
    public void Predict_AfterDispose_Throws()
    {
        var model = GenreModel.Load(_model);
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Predict(new float[22050], 22050));
    }

    private void Edit(Action<SafetensorsFile> edit)
    {
        var file = SafetensorsFile.Read(_model);
        edit(file);
        file.Write(_model);
    }
}
