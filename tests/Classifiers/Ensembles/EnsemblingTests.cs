using Engine.Pipeline;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Pipeline.Runs.Ensembles;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers.Ensembles;

public sealed class EnsemblingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Recipe _network = Recipe.Parse(PipelineCorpus.SmallNetwork, "small");

    public void Dispose() => _folder.Dispose();

    private TrainingResult Train(
        string run, string data, Recipe recipe, string split = "kfold:3", ulong seed = 5, bool final = false) =>
        Training.Run(new()
        {
            Data = data,
            Recipe = recipe,
            Output = _folder[run],
            Split = split,
            Seed = seed,
            Final = final,
        });

    private TrainingResult Train(string run, string data, string recipe, string split = "kfold:3", bool final = false) =>
        Train(run, data, RecipeCatalog.Get(recipe), split, final: final);

    private TrainingResult Combine(string output, RunCombination combine, params string[] runs) => Ensembling.Run(new()
    {
        Runs = [.. runs.Select(r => _folder[r])],
        Output = _folder[output],
        Combine = combine,
    });

    private string RefusalOf(params string[] runs)
    {
        var error = PipelineCorpus.ErrorOf(() => Combine("refused", RunCombination.Mean, runs));
        Assert.False(Directory.Exists(_folder["refused"]));
        return error;
    }

    private string Table(string name, int tracks = 14, Func<List<string>, IEnumerable<string>>? edit = null) =>
        PipelineCorpus.WriteTable(_folder[name], tracks, edit: edit);

    [Fact]
    public void Run_Mean_IsTheMeanOfWhatTheRunsGave()
    {
        var table = Table("f.csv");
        TrainingResult[] members = [Train("knn", table, "gtzan57-knn"), Train("bayes", table, "gtzan57-bayes"),
            Train("lda", table, "gtzan57-lda")];
        var ensemble = Combine("mean", RunCombination.Mean, "knn", "bayes", "lda");
        var given = members.Select(m => m.Tested.ToDictionary(t => t.Name)).ToArray();
        Assert.Equal(42, ensemble.Tested.Count);
        foreach (var row in ensemble.Tested)
        {
            Assert.All(given, g => Assert.Equal(g[row.Name].Fold, row.Fold));
            for (var c = 0; c < 3; c++)
                Assert.Equal(given.Average(g => g[row.Name].Probabilities[c]), row.Probabilities[c], 12);
            Assert.Equal(ensemble.Record.Labels[row.Probabilities.ToList().IndexOf(row.Probabilities.Max())], row.Predicted);
        }

        Assert.Equal(ensemble.Tested.Count(t => t.Predicted == t.Label) / 42.0, ensemble.Metrics.Accuracy, 12);
        Assert.Equal(3, ensemble.Metrics.Folds!.Accuracies.Count);
        Assert.Equal(members.All(m => m.Metrics.Calibrated), ensemble.Metrics.Calibrated);
        var read = FinishedRun.Load(_folder["mean"]);
        Assert.Equal(ensemble.Metrics.LogLoss, read.Metrics.LogLoss, 12);
        Assert.Single(Comparing.OfRuns([_folder["mean"], _folder["knn"]]).Pairs);
    }

    [Fact]
    public void Run_Windows_AreCombinedByTrack()
    {
        var table = PipelineCorpus.WriteTable(_folder["w.csv"], 8, windows: 3);
        Train("knn", table, "gtzan57-knn");
        Train("bayes", table, "gtzan57-bayes");
        var ensemble = Combine("mean", RunCombination.Mean, "knn", "bayes");
        var rounds = new[] { "knn", "bayes" }.Select(r => SavedRun.Load(_folder[r]).Rounds).ToArray();
        Assert.Equal(24, ensemble.Tested.Count);
        foreach (var (round, row) in ensemble.Tested.Select(t => (t.Fold - 1, t)))
        {
            double Of(TestedRound tested) => tested.Probabilities[Array.IndexOf(tested.Names, row.Name), 1];
            Assert.Equal(rounds.Average(r => Of(r[round])), row.Probabilities[1], 12);
        }
    }

    [Theory]
    [InlineData("mean")]
    [InlineData("weighted")]
    [InlineData("stacked")]
    public void Model_OfRunsWithFrontEndsOfTheirOwn_GivesWhatWasTested(string combine)
    {
        var audio = PipelineCorpus.WriteAudio(_folder["audio"], tracks: 9);
        Train("knn", audio, "gtzan57-knn", "stratified");
        Train("gauss", audio, "aiml-knn", "stratified");
        var ensemble = Combine("both", Enum.Parse<RunCombination>(combine, ignoreCase: true), "knn", "gauss");
        var again = Testing.Run(new() { Run = _folder["both"] });
        Assert.Equal(ensemble.Metrics.LogLoss, again.Metrics.LogLoss, 9);
        Assert.Equal(ensemble.Metrics.Accuracy, again.Metrics.Accuracy);
        var other = Testing.Run(new() { Run = _folder["both"], Data = audio });
        Assert.Equal(ensemble.Metrics.LogLoss, other.Metrics.LogLoss, 9);
        Assert.Contains(other.Notes, n => n.Contains("left out"));
        // The members are in the file.
        Directory.Delete(_folder["knn"], recursive: true);
        Directory.Delete(_folder["gauss"], recursive: true);
        using var model = GenreModel.Load(_folder["both"]);
        foreach (var row in ensemble.Tested)
        {
            var path = Path.Combine(audio, row.Path);
            using var bytes = new MemoryStream(File.ReadAllBytes(path));
            foreach (var prediction in new[] { model.Predict(path), model.Predict(bytes) })
            {
                Assert.Equal(row.Predicted, prediction.Label);
                Assert.Equal(row.Probabilities.Max(), prediction.Probability, 9);
                Assert.Equal(ensemble.Metrics.Calibrated, prediction.IsCalibrated);
            }
        }

        var samples = PipelineCorpus.Clip("drone", 77);
        PipelineCorpus.WriteWav(_folder["new.wav"], samples);
        Assert.Equal(model.Predict(_folder["new.wav"]).Probability, model.Predict(samples, PipelineCorpus.Rate).Probability, 2);
        Assert.Contains("read different features", PipelineCorpus.ErrorOf(() => model.Timeline(_folder["new.wav"])));
        Assert.Contains("read different features", PipelineCorpus.ErrorOf(() => model.OpenStream(22050)));
        Assert.Contains("read different features", PipelineCorpus.ErrorOf(() => model.ReadTable(Table("f.csv"))));
        model.Save(_folder["copy.safetensors"]);
        Assert.Equal(File.ReadAllBytes(_folder["both", GenreModel.FileName]), File.ReadAllBytes(_folder["copy.safetensors"]));
    }

    [Fact]
    public void Model_OfOneFrontEnd_ReadsTables()
    {
        var table = Table("f.csv");
        Train("knn", table, "gtzan57-knn", "stratified");
        Train("bayes", table, "gtzan57-bayes", "stratified");
        var ensemble = Combine("both", RunCombination.Mean, "knn", "bayes");
        using var model = GenreModel.Load(_folder["both"]);
        var read = model.ReadTable(table);
        var labels = model.Predict(read);
        Assert.All(ensemble.Tested, t => Assert.Equal(t.Probabilities.Max(),
            labels[read.Rows.Select(r => r.FileName).ToList().IndexOf(t.Path)].Probability, 12));
    }

    [Theory]
    [InlineData("weighted")]
    [InlineData("stacked")]
    public void Run_Fitted_NeverLooksAtTestedTracks(string combine)
    {
        static string Spoilt(string line) => line.Contains(".00001.") || line.Contains(".00002.")
            ? string.Join(',', line.Split(',').Select((v, i) => i is > 1 and < 59 ? $"{i}" : v)) : line;
        var (how, states) = (Enum.Parse<RunCombination>(combine, ignoreCase: true), new List<double[]>());
        var lists = Lists(t => t is 1 or 2 ? "test" : "train");
        foreach (var (name, edit) in new (string, Func<List<string>, IEnumerable<string>>?)[]
                 { ("a", null), ("b", lines => lines.Select(Spoilt)) })
        {
            var table = Table($"{name}.csv", edit: edit);
            Train($"{name}-knn", table, "gtzan57-knn", lists);
            Train($"{name}-bayes", table, "gtzan57-bayes", lists);
            var made = Combine($"{name}-both", how, $"{name}-knn", $"{name}-bayes");
            states.Add(how == RunCombination.Weighted
                ? [.. ((AverageSpec)((RunsSpec)made.Record.Recipe.Classifier).Combine).Weights!]
                : [.. SafetensorsFile.Read(_folder[$"{name}-both", GenreModel.FileName]).Tensors
                    .Where(t => t.Key.StartsWith("stacking.", StringComparison.Ordinal))
                    .OrderBy(t => t.Key, StringComparer.Ordinal)
                    .SelectMany(t => t.Value.Data is double[] values ? values : [])]);
        }

        Assert.NotEmpty(states[0]);
        Assert.Equal(states[0], states[1]);
    }

    [Fact]
    public void Run_Network_IsWeightedByListedValidation()
    {
        var (table, lists) = (Table("f.csv"), Lists(t => t switch { < 3 => "test", < 7 => "valid", _ => "train" }));
        Train("net", table, _network, lists);
        Train("knn", table, RecipeCatalog.Get("gtzan57-knn"), lists);
        var both = Combine("both", RunCombination.Weighted, "net", "knn");
        Assert.StartsWith("weights: small ", both.Record.Notes[0], StringComparison.Ordinal);
        Assert.Equal(both.Metrics.LogLoss, Testing.Run(new() { Run = _folder["both"] }).Metrics.LogLoss, 6);

        Train("net2", table, _network, "stratified");
        Train("knn2", table, RecipeCatalog.Get("gtzan57-knn"), "stratified");
        Assert.Contains("combine by mean, or train all runs with --split files:TRAIN,VALID,TEST",
            PipelineCorpus.ErrorOf(() => Combine("refused", RunCombination.Stacked, "net2", "knn2")));
        Assert.InRange(Combine("mean", RunCombination.Mean, "net2", "knn2").Metrics.Accuracy, 0, 1);
    }

    [Fact]
    public void Run_FewTracks_CannotBeFitted()
    {
        var table = Table("f.csv", tracks: 6);
        Train("knn", table, "gtzan57-knn");
        Train("bayes", table, "gtzan57-bayes");
        Assert.Contains("fewer than 20 training tracks",
            PipelineCorpus.ErrorOf(() => Combine("refused", RunCombination.Weighted, "knn", "bayes")));
        Assert.False(Directory.Exists(_folder["refused"]));
    }

    [Fact]
    public void Run_SplitsThatDiffer_AreRefused()
    {
        var table = Table("f.csv");
        Train("one", table, "gtzan57-knn");
        Train("two", table, "gtzan57-bayes", "kfold:2");
        Train("three", table, RecipeCatalog.Get("gtzan57-bayes"), seed: 6);
        Train("final", table, "gtzan57-bayes", final: true);
        Train("leaky", PipelineCorpus.WriteTable(_folder["w.csv"], 8, windows: 3), "gtzan57-knn", "leaky-windows");
        Assert.Contains("kfold:2 with seed 5", RefusalOf("one", "two"));
        Assert.Contains("kfold:3 with seed 6", RefusalOf("one", "three"));
        Assert.Contains("train all with --final or none", RefusalOf("one", "final"));
        Assert.Contains("learned from tracks that it was tested on", RefusalOf("leaky", "one"));
        Assert.Contains("name two or more", RefusalOf("one"));
        Assert.Contains("each once", RefusalOf("one", Path.Combine("one", ".")));
        Assert.Contains("there is no such folder", RefusalOf("one", "none"));
        Combine("mean", RunCombination.Mean, "one", Copy("one"));
        Assert.Contains("is an ensemble", RefusalOf("one", "mean"));
        Assert.Contains("not empty", PipelineCorpus.ErrorOf(() => Combine("mean", RunCombination.Mean, "one", Copy("one"))));
    }

    [Fact]
    public void Run_MemberThatSawATestedTrack_IsRefused()
    {
        var table = Table("f.csv");
        Train("one", table, "gtzan57-knn", "stratified");
        Train("two", table, "gtzan57-bayes", "stratified");
        var (record, text) = (RunRecord.Load(_folder["two"]), File.ReadAllText(_folder["two", RunFolder.RecordFile]));
        var seen = record.Rows.First(r => r.Use == "test");
        Edit("two", record with { Rows = [.. record.Rows.Select(r => r == seen ? r with { Use = "train" } : r)] });
        var error = RefusalOf("one", "two");
        Assert.Contains($"{_folder["two"]} has seen {seen.Track}", error);
        Assert.Contains($"which {_folder["one"]} was tested on in round 1", error);

        // The same recording under another name.
        var learned = record.Rows.First(r => r.Use == "train");
        RunRow Copied(RunRow row) => row == learned ? row with { Digest = seen.Digest }
            : row == seen ? row with { Digest = "0" } : row;
        Edit("two", record with { Rows = [.. record.Rows.Select(Copied)] });
        Assert.Contains($"{_folder["two"]} has seen {seen.Track}, by name or content", RefusalOf("one", "two"));

        File.WriteAllText(_folder["two", RunFolder.RecordFile], text);
        Assert.NotNull(Combine("both", RunCombination.Mean, "one", "two"));
    }

    [Fact]
    public void Run_DataThatDiffer_AreRefused()
    {
        Train("one", Table("f.csv"), "gtzan57-knn", "stratified");
        string Changed(string line, int number) =>
            number == 3 ? line.Replace(",661794,", ",661794,9", StringComparison.Ordinal) : line;
        Train("changed", Table("g.csv", edit: l => l.Select(Changed)), "gtzan57-bayes", "stratified");
        Assert.Contains("1 of 42 tracks have other content", RefusalOf("one", "changed"));
        Train("named", Table("h.csv", edit: l => l.Select(line => line.Replace("hiss", "wind", StringComparison.Ordinal))),
            "gtzan57-bayes", "stratified");
        Assert.Contains("know different genres (hiss, wind", RefusalOf("one", "named"));
        var record = RunRecord.Load(_folder["changed"]);
        Edit("changed", record with { Rows = [.. record.Rows.Where(r => r != record.Rows.First(t => t.Use == "train"))] });
        Assert.Contains("missing in", RefusalOf("one", "changed"));
        File.Delete(_folder["one", GenreModel.FileName]);
        Train("same", _folder["f.csv"], "gtzan57-bayes", "stratified");
        Assert.Contains("holds no model.safetensors", RefusalOf("one", "same"));
    }

    [Fact]
    public void Load_DamagedEnsemble_NamesTheMember()
    {
        var table = Table("f.csv");
        Train("knn", table, "gtzan57-knn", "stratified");
        Train("bayes", table, "gtzan57-bayes", "stratified");
        Combine("both", RunCombination.Stacked, "knn", "bayes");
        string Damaged(Action<SafetensorsFile> damage)
        {
            var file = SafetensorsFile.Read(_folder["both", GenreModel.FileName]);
            damage(file);
            file.Write(_folder["damaged.safetensors"]);
            return PipelineCorpus.ErrorOf(() => GenreModel.Load(_folder["damaged.safetensors"]));
        }

        static string[] Keys(SafetensorsFile file, string prefix) =>
            [.. file.Tensors.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal))];
        Assert.Contains("member 2: ", Damaged(f => f.Tensors.Remove(Keys(f, "members.1.")[^1])));
        Assert.Contains("member 1: ", Damaged(f => f.Metadata.Remove("members.0.recipe")));
        Assert.Contains("not that of its run", Damaged(f => f.Metadata["members.0.recipe"] = f.Metadata["members.1.recipe"]));
        Assert.Contains("missing", Damaged(f => Array.ForEach(Keys(f, "stacking."), k => f.Tensors.Remove(k))));
        Assert.Contains("belongs to no part", Damaged(f => f.Tensors.Add("odd", new StoredTensor(new double[1], 1))));
    }

    private string Copy(string run)
    {
        var name = $"copy{Directory.GetDirectories(_folder.Path).Length}";
        Directory.CreateDirectory(_folder[name]);
        foreach (var file in Directory.GetFiles(_folder[run])) File.Copy(file, _folder[name, Path.GetFileName(file)]);
        return name;
    }

    private void Edit(string run, RunRecord record) => File.WriteAllText(_folder[run, RunFolder.RecordFile], record.ToJson());

    private string Lists(Func<int, string> side)
    {
        foreach (var group in Enumerable.Range(0, 14).GroupBy(side))
        {
            File.WriteAllLines(_folder[$"{group.Key}.txt"],
                PipelineCorpus.Genres.SelectMany(g => group.Select(t => $"{g}.{t:00000}")));
        }

        var valid = File.Exists(_folder["valid.txt"]) ? $"{_folder["valid.txt"]}," : "";
        return $"files:{_folder["train.txt"]},{valid}{_folder["test.txt"]}";
    }
}
