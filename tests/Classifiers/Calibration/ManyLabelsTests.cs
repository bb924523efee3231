using System.Globalization;
using Engine.Classifiers.Evaluation;
using Engine.Dsp;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers.Calibration;

/// <summary>What a run writes must grow with its rows or its labels, not with their product.</summary>
public sealed class ManyLabelsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_TwiceAsManyLabels_WritesTwiceAsMuch()
    {
        var (small, large) = (Train(250), Train(500));
        foreach (var file in new[] { RunFolder.MetricsFile, RunFolder.PredictionsFile, RunFolder.RecordFile })
        {
            var ratio = (double)new FileInfo(Path.Combine(large, file)).Length / new FileInfo(Path.Combine(small, file)).Length;
            Assert.True(ratio < 2.3, $"{file} grew {ratio:0.0} times");
        }

        Assert.StartsWith("track,path,label,predicted,genre_1,score_1,genre_2,score_2,",
            File.ReadLines(Path.Combine(small, RunFolder.PredictionsFile)).First());
        var row = File.ReadLines(Path.Combine(small, RunFolder.PredictionsFile)).ElementAt(1).Split(',');
        Assert.Equal(row[3], row[4]);
        Assert.Null(MetricsReport.FromJson(File.ReadAllText(Path.Combine(small, RunFolder.MetricsFile))).ConfusionMatrix);
    }

    [Fact]
    public void CompareRuns_OfManyLabels_IsRefusedWithWhatToDo()
    {
        var run = Train(250);
        Assert.Contains("engine compare DATA --recipes", PipelineCorpus.ErrorOf(() => Comparing.OfRuns([run, run + "/."])));
    }

    private string Train(int labels)
    {
        List<string> lines = [$"filename,length,{string.Join(',', Gtzan57.Columns)},label"];
        for (var g = 0; g < labels; g++)
        {
            var random = new RandomStream((ulong)g, "genre");
            var center = Gtzan57.Columns.Select(_ => 2 * random.NextGaussian()).ToArray();
            for (var t = 0; t < 3; t++)
            {
                var values = center.Select(v => (v + random.NextGaussian()).ToString("0.000", CultureInfo.InvariantCulture));
                lines.Add($"g{g:0000}.{t:00000}.wav,1,{string.Join(',', values)},g{g:0000}");
            }
        }

        File.WriteAllLines(_folder[$"{labels}.csv"], lines);
        Training.Run(new()
        {
            Data = _folder[$"{labels}.csv"],
            Recipe = RecipeCatalog.Get("gtzan57-knn"),
            Output = _folder[$"run{labels}"],
            Seed = 1
        });
        return _folder[$"run{labels}"];
    }
}
