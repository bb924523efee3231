using System.Text.Json;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tests.Classifiers;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary>Runs, a search, a comparison and a table of random features to draw.</summary>
public sealed class PlotRunsFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PlotRunsFixture()
    {
        Table = PipelineCorpus.WriteTable(_folder["f.csv"]);
        var windows = PipelineCorpus.WriteTable(_folder["w.csv"], windows: 3);
        Training.Run(PipelineCorpus.Options(Table, Knn));
        Training.Run(PipelineCorpus.Options(windows, Leaky) with { Split = "leaky-windows" });
        Training.Run(new TrainingOptions
        {
            Data = Table,
            Recipe = Recipe.Parse(PipelineCorpus.SmallNetwork, "small"),
            Output = Small,
            Split = "holdout:2",
        });
        const string search = """search=[{"path": "classifier.k", "kind": "integer", "low": 1, "high": 5}]""";
        EngineRun.Of("tune", Table, "--recipe", "gtzan57-knn", "--set", search, "--trials", "3", "--folds", "2", "--out", Tuned)
            .Succeeds();
        EngineRun.Of("compare", Table, "--recipes", "gtzan57-knn,gtzan57-lda", "--out", Compared).Succeeds();
    }

    public string Table { get; }

    public string Knn => _folder["knn"];

    public string Leaky => _folder["leaky"];

    public string Small => _folder["small"];

    public string Tuned => _folder["tuned"];

    public string Compared => _folder["compared"];

    /// <summary>A copy of a run, to damage.</summary>
    public string CopyOf(string run)
    {
        var copy = _folder[Guid.NewGuid().ToString("N")];
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(run)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }

    public string this[string name] => _folder[name];

    public void Dispose() => _folder.Dispose();
}

public class PlotRunsTests(PlotRunsFixture made) : IClassFixture<PlotRunsFixture>
{
    private string Plot(string what, string kind, params string[] more)
    {
        var file = made[$"{Guid.NewGuid():N}.svg"];
        EngineRun.Of(["plot", what, "--kind", kind, "--out", file, .. more]).Succeeds();
        return File.ReadAllText(file);
    }

    private void Refused(string what, string kind, params string[] parts)
    {
        var file = made[$"{Guid.NewGuid():N}.svg"];
        var run = EngineRun.Of("plot", what, "--kind", kind, "--out", file);
        run.IsRefused(parts);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.False(File.Exists(file));
    }

    [Theory]
    [InlineData("confusion", "Confusion matrix, gtzan57-knn")]
    [InlineData("reliability", "expected calibration error")]
    [InlineData("roc", "mean of the genres")]
    [InlineData("importance", "accuracy lost")]
    [InlineData("pca", "component 1")]
    [InlineData("lda", "discriminant 1")]
    [InlineData("clusters", "adjusted Rand index")]
    public void Plot_Run_DrawsEachKind(string kind, string text) => Assert.Contains(text, Plot(made.Knn, kind));

    [Theory]
    [InlineData("history", "learning rate")]
    [InlineData("confusion", "Confusion matrix, small")]
    [InlineData("importance", "accuracy lost")]
    [InlineData("pca", "component 1")]
    public void Plot_NetworkOfColumns_DrawsItToo(string kind, string text) => Assert.Contains(text, Plot(made.Small, kind));

    [Theory]
    [InlineData("trials", "best so far")]
    [InlineData("parameters", "classifier.k")]
    [InlineData("confusion", "Confusion matrix, gtzan57-knn")]
    public void Plot_TunedRun_DrawsItsSearch(string kind, string text) => Assert.Contains(text, Plot(made.Tuned, kind));

    [Theory]
    [InlineData("pca", "component 1")]
    [InlineData("lda", "discriminant 1")]
    [InlineData("clusters", "silhouette")]
    [InlineData("correlation", "beside each other")]
    public void Plot_Table_DrawsEachKind(string kind, string text) => Assert.Contains(text, Plot(made.Table, kind));

    [Fact]
    public void Plot_Correlation_InFileOrder() =>
        Assert.Contains("in the order of the table", Plot(made.Table, "correlation", "--order", "file"));

    [Fact]
    public void Plot_Comparison_DrawsBarsWithTheBaseline()
    {
        var svg = Plot(made.Compared, "bars");
        Assert.All(new[] { "gtzan57-knn", "gtzan57-lda", "most frequent genre" }, part => Assert.Contains(part, svg));
        var comparison = ComparisonFiles.Read(made.Compared);
        // In every round, five tested tracks of three genres: two, two and one.
        Assert.Equal(0.4, comparison.MajorityAccuracy!.Value, 12);
        Assert.Equal(comparison.ToJson(), File.ReadAllText(Path.Combine(made.Compared, "compare.json")));
    }

    [Fact]
    public void Plot_Leaky_SaysSo() => Assert.Contains("LEAKY: Confusion matrix", Plot(made.Leaky, "confusion"));

    [Fact]
    public void Plot_WithoutKind_DrawsTheStandardOne()
    {
        var file = made["standard.svg"];
        EngineRun.Of("plot", made.Knn, "--out", file).Succeeds();
        Assert.Contains("Confusion matrix", File.ReadAllText(file));
    }

    [Fact]
    public void Reliability_Run_HasTheErrorOfItsMetrics()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(made.Knn, RunFolder.MetricsFile)));
        var error = json.RootElement.GetProperty("ece").GetDouble();
        Assert.Contains(FormattableString.Invariant($"expected calibration error {error:0.000}"), Plot(made.Knn, "reliability"));
    }

    [Fact]
    public void History_Read_IsWhatTrainingWrote()
    {
        var epochs = HistoryFile.Read(Path.Combine(made.Small, RunFolder.HistoryFile));
        Assert.Equal([(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2), (2, 3), (2, 4)],
            epochs.Select(e => (e.Round, e.Record.Epoch)));
        Assert.All(epochs, e => Assert.True(
            e.Record is { Loss: > 0, ValidLoss: > 0, LearningRate: > 0, Accuracy: >= 0 and <= 1 }));
    }

    [Fact]
    public void Trials_Read_AreThoseOfTheSearch()
    {
        var (header, trials) = TrialLog.Load(made.Tuned);
        Assert.Equal(2, header.Folds);
        Assert.Equal([1, 2, 3], trials.Select(t => t.Number));
        Assert.All(trials, t => Assert.Equal(t.Accuracy!.Value, t.Folds.Average(), 12));
    }

    [Fact]
    public void Plot_RunWithoutHistory_SaysWhy() =>
        Refused(made.Knn, "history", "recipe gtzan57-knn does not learn in epochs");

    [Fact]
    public void Plot_NetworkWithoutHistory_SaysWhy()
    {
        var run = made.CopyOf(made.Small);
        File.Delete(Path.Combine(run, RunFolder.HistoryFile));
        Refused(run, "history", "no epoch has ended yet, or the file was removed");
    }

    [Theory]
    [InlineData("1,1,0.5,x,,,0.1,1,1", "is not a line of a history")]
    [InlineData("1,1,0.5", "is not a line of a history")]
    [InlineData("", "has no epochs yet")]
    public void Plot_DamagedHistory_IsRefused(string line, string message)
    {
        var run = made.CopyOf(made.Small);
        var path = Path.Combine(run, RunFolder.HistoryFile);
        File.WriteAllText(path, File.ReadLines(path).First() + "\n" + line + "\n");
        Refused(run, "history", message);
    }

    [Theory]
    [InlineData("confusion")]
    [InlineData("reliability")]
    [InlineData("roc")]
    [InlineData("importance")]
    public void Plot_UnfinishedRun_IsRefused(string kind)
    {
        var run = made.CopyOf(made.Knn);
        File.Delete(Path.Combine(run, RunFolder.MetricsFile));
        Refused(run, kind, "the training is not finished; resume it");
    }

    [Fact]
    public void Plot_RunThatWasNotTuned_HasNoTrials() => Refused(made.Knn, "trials", "was not made by engine tune");

    [Fact]
    public void Plot_DamagedTrials_IsRefused()
    {
        var run = made.CopyOf(made.Tuned);
        File.AppendAllText(Path.Combine(run, TrialLog.FileName), "{}\n");
        Refused(run, "trials", "trials.jsonl, line 5");
    }

    [Fact]
    public void Plot_OtherFolder_IsRefused()
    {
        Directory.CreateDirectory(made["empty"]);
        Refused(made["empty"], "confusion", "nothing that can be drawn", "a run", "a comparison");
    }

    [Fact]
    public void Plot_KindOfAnother_SaysWhatFits()
    {
        Refused(made.Knn, "bars", "bars is drawn from a comparison", "is a run", "confusion");
        Refused(made.Table, "history", "history is drawn from a run", "is a feature table", "correlation");
        Refused(made.Compared, "wave", "wave is drawn from a recording", "is a comparison: it has bars");
    }

    [Fact]
    public void Plot_TwoKindsOfARun_AreRefused() => Refused(made.Knn, "pca,lda", "name one kind");

    [Fact]
    public void Plot_UnfinishedComparison_IsRefused()
    {
        var folder = made.CopyOf(made.Compared);
        File.Delete(Path.Combine(folder, "compare.json"));
        Refused(folder, "bars", "the comparison is not finished (it has no compare.json)");
    }

    [Theory]
    [InlineData("{}", "compare.json: $.format is missing")]
    [InlineData("{", "not valid JSON")]
    public void Plot_DamagedComparison_IsRefused(string json, string message)
    {
        var folder = made.CopyOf(made.Compared);
        File.WriteAllText(Path.Combine(folder, "compare.json"), json);
        Refused(folder, "bars", message);
    }

    [Theory]
    [InlineData("lda", "rows without a genre", "filename,a,b\nx.wav,1,2\ny.wav,2,1\nz.wav,3,3\n")]
    [InlineData("lda", "only the genre jazz", "filename,a,b,label\nx.wav,1,2,jazz\ny.wav,2,1,jazz\nz.wav,3,3,jazz\n")]
    [InlineData("pca", "1 of 2 columns vary", "filename,a,b,label\nx.wav,1,2,jazz\ny.wav,2,2,jazz\nz.wav,3,2,pop\n")]
    [InlineData("correlation", "1 columns that are not constant", "filename,a,b\nx.wav,1,2\ny.wav,2,2\nz.wav,3,2\n")]
    [InlineData("pca", "line 3, column b", "filename,a,b,label\nx.wav,1,2,jazz\ny.wav,2,nan,jazz\nz.wav,3,2,pop\n")]
    [InlineData("clusters", "0 feature columns", "filename,label\nx.wav,jazz\n")]
    public void Plot_TableThatCannotBeDrawn_IsRefused(string kind, string message, string text)
    {
        var table = made[$"{Guid.NewGuid():N}.csv"];
        File.WriteAllText(table, text);
        Refused(table, kind, message);
    }

    [Fact]
    public void Plot_TableWithoutGenres_HasOneMark()
    {
        var table = made["plain.csv"];
        File.WriteAllText(table, "filename,a,b\nx.wav,1,2\ny.wav,2,1\nz.wav,3,5\n");
        Assert.Contains("no genre", Plot(table, "pca"));
    }

    [Fact]
    public void Plot_RunWhoseDataChanged_IsRefused()
    {
        var table = PipelineCorpus.WriteTable(made["changing.csv"]);
        Training.Run(PipelineCorpus.Options(table, made["changing"]));
        PipelineCorpus.WriteTable(table, edit: lines =>
            lines.Take(10).Append(lines[10].Replace(",661794,", ",661794,1")).Concat(lines.Skip(11)));
        Refused(made["changing"], "pca", "1 of 24 rows are missing or have changed", "Put back the data");
        File.Delete(table);
        Refused(made["changing"], "pca", "are gone; put them back there");
    }

    [Fact]
    public void Plot_OrderOfARun_IsRefused() =>
        EngineRun.Of("plot", made.Knn, "--order", "file", "--out", made["x.svg"]).IsRefused("--order: has no effect");

    [Fact]
    public void Importance_ColumnThatSeparates_ComesFirst()
    {
        // Column 0 alone tells the genres apart.
        string Row(string genre, int track, int value)
        {
            var values = Enumerable.Range(0, 57).Select(c => c == 0 ? value + 0.01 * track : track * (c + 7) % 11 * 0.001);
            return $"{genre}.{track:00000}.wav,661794,{string.Join(',', values)},{genre}";
        }

        var header = $"filename,length,{string.Join(',', Engine.Dsp.Gtzan57.Columns)},label";
        var table = made["separate.csv"];
        File.WriteAllLines(table, [header, .. Enumerable.Range(0, 10).SelectMany(t => new[] { Row("a", t, 0), Row("b", t, 5) })]);
        Training.Run(PipelineCorpus.Options(table, made["separate"]) with
        {
            Recipe = RecipeCatalog.Get("gtzan57-knn").With("scaler", "none"),
        });
        var importance = RunImportance.Of(made["separate"], new());
        Assert.True(importance.Loss.Mean[0] > 0.2);
        Assert.All(importance.Loss.Mean.Skip(1), loss => Assert.Equal(0, loss));
    }
}
