using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Cli.Reports;
using Engine.Cli.Text;

namespace Engine.Tests.Cli.Terminal;

/// <summary>The confusion matrix and the classification report at given widths.</summary>
public class ReportTableTests
{
    private static readonly string[] s_gtzan =
        ["blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock"];

    // Checked against scikit-learn 1.2: classification_report(t, p, target_names=names, zero_division=0).
    [Fact]
    public void Classification_IsThatOfScikitLearn()
    {
        var metrics = Report(["blues", "classical", "country", "disco"],
            [0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3], [0, 0, 0, 1, 2, 1, 1, 1, 0, 2, 0, 2, 0, 1]);
        Assert.Equal(
            """
              genre         precision  recall  f1-score  support
              blues              0.50    0.60      0.55        5
              classical          0.60    0.75      0.67        4
              country            0.67    0.67      0.67        3
              disco                 -    0.00      0.00        2

              accuracy                             0.57       14
              macro avg          0.44    0.50      0.47       14
              weighted avg       0.49    0.57      0.53       14

            """.ReplaceLineEndings(), Classification(metrics, new(60, true)));
    }

    [Fact]
    public void Classification_OfManyGenres_ShowsTheWorst()
    {
        var names = Numbered(60);
        var text = Classification(Report(names, [.. Enumerable.Range(0, 60)], [.. Enumerable.Range(0, 59), 0]), new(80, true));
        Assert.Contains("lowest F1 (60 genres; all are in metrics.json)", text);
        Assert.Equal(21, text.TrimEnd().Split(Environment.NewLine).Length);
        Assert.StartsWith("  genre-59", text.Split(Environment.NewLine)[2]);
        Assert.StartsWith("  genre-00", text.Split(Environment.NewLine)[3]);
    }

    [Theory]
    [InlineData(60, true, "  true       blu cla cou dis hip jaz met pop reg roc")]
    [InlineData(80, true, "  true       blues  class  count  disco  hipho  jazz  metal  pop  regga  rock")]
    [InlineData(80, false, "  true       blues  class  count  disco  hipho  jazz  metal  pop  regga  rock")]
    [InlineData(100, true, "  true       blues  classical  country  disco  hiphop  jazz  metal  pop  reggae  rock")]
    public void Confusion_OfTenGenres_Fits(int columns, bool isTerminal, string heading)
    {
        var text = Confusion(Gtzan(), new(columns, isTerminal));
        var lines = text.TrimEnd().Split(Environment.NewLine);
        Assert.Equal("predicted (columns) for each true genre (rows)", lines[0]);
        Assert.Equal(heading, lines[1]);
        Assert.Equal(12, lines.Length);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, columns));
        for (var t = 0; t < 10; t++)
        {
            var cells = lines[t + 2].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var counts = Enumerable.Range(0, 10).Select(p => p == t ? "80" : p == (t + 1) % 10 ? "20" : ".");
            Assert.Equal([s_gtzan[t], .. counts], cells);
        }
    }

    [Fact]
    public void Confusion_NamesThatBeginAlike_GetLetters()
    {
        string[] names = [.. Enumerable.Range(0, 12).Select(g => $"electronic music {g:00}")];
        var lines = Confusion(Report(names, [.. Enumerable.Range(0, 12)], [1, .. Enumerable.Range(1, 11)]), new(60, true))
            .Split(Environment.NewLine);
        Assert.Equal("  true                   a  b  c  d  e  f  g  h  i  j  k  l", lines[1]);
        Assert.Equal("  a electronic music 00  .  1  .  .  .  .  .  .  .  .  .  .", lines[2]);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 60));
    }

    [Theory, InlineData(60), InlineData(80), InlineData(150)]
    public void Confusion_OfThirtyGenres_IsThePairs(int columns)
    {
        int[] truth = [.. Enumerable.Range(0, 30), 7, 7, 7, 4, 4], predicted = [.. Enumerable.Range(0, 30), 8, 8, 9, 2, 2];
        var lines = Confusion(Report(Numbered(30), truth, predicted), new(columns, true)).Split(Environment.NewLine);
        Assert.Equal(
            [
                "most often confused (30 genres; the whole matrix is in metrics.json)",
                "  true      predicted  times  of", "  genre-04  genre-02       2   3", "  genre-07  genre-08       2   4",
                "  genre-07  genre-09       1   4", "",
            ],
            [string.Join(' ', lines[..^5]), .. lines[^5..]]);
    }

    [Fact]
    public void Confusion_JapaneseNames_StandInColumns()
    {
        string[] names = ["演歌", "ロック", "jazz"];
        var lines = Confusion(Report(names, [0, 1, 2], [0, 1, 1]), new(80, true)).TrimEnd().Split(Environment.NewLine);
        Assert.Equal("  true    演歌  ロック  jazz", lines[1]);
        Assert.Equal("  演歌       1       .     .", lines[2]);
        Assert.Equal("  ロック     .       1     .", lines[3]);
        Assert.Equal("  jazz       .       1     .", lines[4]);
    }

    private static MetricsReport Gtzan()
    {
        var truth = Enumerable.Range(0, 1000).Select(i => i / 100).ToArray();
        return Report(s_gtzan, truth, [.. truth.Select((t, i) => i % 100 < 80 ? t : (t + 1) % 10)]);
    }

    private static MetricsReport Report(string[] names, int[] truth, int[] predicted)
    {
        var scores = new double[truth.Length * names.Length];
        for (var i = 0; i < truth.Length; i++) scores[i * names.Length + predicted[i]] = 1;
        return Metrics.Compute(new FeatureMatrix(truth.Length, names.Length, scores), truth, names);
    }

    private static string[] Numbered(int count) => [.. Enumerable.Range(0, count).Select(g => $"genre-{g:00}")];

    private static string Classification(MetricsReport metrics, Layout layout)
    {
        var text = new ReportText(layout);
        ClassificationTable.Add(text, metrics, "metrics.json");
        return text.ToString();
    }

    private static string Confusion(MetricsReport metrics, Layout layout)
    {
        var text = new ReportText(layout);
        ConfusionTable.Add(text, metrics, "metrics.json");
        return text.ToString();
    }
}
