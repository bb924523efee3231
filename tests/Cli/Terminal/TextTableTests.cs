using Engine.Cli.Reports;
using Engine.Cli.Text;

namespace Engine.Tests.Cli.Terminal;

/// <summary>Tables at given widths.</summary>
public class TextTableTests
{
    [Fact]
    public void ToString_Redirected_KeepsEveryRowOnOneLine()
    {
        var lines = Trials(8).ToString(Layout.Redirected).TrimEnd().Split(Environment.NewLine);
        Assert.Equal(4, lines.Length);
        Assert.All(lines[1..], line => Assert.Contains("0.61", line));
    }

    [Theory, InlineData(40), InlineData(60), InlineData(80), InlineData(100), InlineData(150)]
    public void ToString_OnATerminal_FitsAndLosesNothing(int columns)
    {
        TextTable[] tables = [Trials(2), Trials(8), Songs()];
        foreach (var table in tables)
        {
            var text = table.ToString(new(columns, true), 2);
            Assert.All(text.Split(Environment.NewLine), line => Assert.InRange(DisplayWidth.Of(line), 0, columns));
            // Blocks repeat the first column.
            var narrow = Characters(text);
            Assert.All(Characters(table.ToString(new(1000, true))), c => Assert.True(narrow[c.Key] >= c.Value, $"{c.Key}"));
        }
    }

    [Fact]
    public void ToString_LongText_FoldsInItsColumn()
    {
        var table = new TextTable("recipe", ">published", "description");
        table.Add("gtzan57-knn", "0.67", "The 57 published features and the vote of the 5 nearest clips.");
        Assert.Equal(
            """
            recipe       published  description
            gtzan57-knn       0.67  The 57 published features and the
                                    vote of the 5 nearest clips.

            """.ReplaceLineEndings(), table.ToString(new(60, true)));
    }

    [Fact]
    public void ToString_TooManyColumns_FollowBelowTheFirstColumnAgain()
    {
        var table = new TextTable("system", ">train", ">test", ">macro F1", ">AUROC");
        table.Add("knn", "0.674 ± 0.012", "0.556 ± 0.048", "0.474 ± 0.047", "0.869 ± 0.038");
        Assert.Equal(
            """
            system          train           test
            knn     0.674 ± 0.012  0.556 ± 0.048

            system       macro F1          AUROC
            knn     0.474 ± 0.047  0.869 ± 0.038

            """.ReplaceLineEndings(), table.ToString(new(60, true)));
    }

    [Fact]
    public void ToString_LongHeading_FoldsAboveItsColumn()
    {
        var table = new TextTable(">trial", ">accuracy", ">classifier.layers[0].units");
        table.Add("4", "0.583", "64");
        Assert.Equal(
            """
                             classifier.layers[0].
            trial  accuracy                  units
                4     0.583                     64

            """.ReplaceLineEndings(), table.ToString(new(38, true)));
    }

    private static TextTable Trials(int parameters)
    {
        var table = new TextTable(
            [">trial", ">accuracy", .. Enumerable.Range(0, parameters).Select(p => $">classifier.layers[{p}].units")]);
        for (var trial = 0; trial < 3; trial++)
            table.Add([$"{trial}", $"0.61{trial}", .. Enumerable.Range(0, parameters).Select(p => $"{100 * trial + p}")]);
        return table;
    }

    private static TextTable Songs()
    {
        var table = new TextTable("file", "genre", ">score", "then");
        table.Add("corpus/演歌/とても長い名前の曲.wav", "演歌", "0.26", "glasspulse 0.25, cloudchoir 0.24");
        table.Add(new string('x', 90) + ".wav", "rock", "1.00", "rustshuffle 0.00, brasswalk 0.00");
        return table;
    }

    private static Dictionary<char, int> Characters(string text) => text.Where(c => !char.IsWhiteSpace(c)).CountBy(c => c)
        .ToDictionary();
}
