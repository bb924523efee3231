using System.Text.Json;
using Engine.Tests.Classifiers;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

public sealed class ExploreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _table;

    public ExploreTests()
    {
        _table = _folder["t.csv"];
        File.WriteAllLines(_table, ExplorationTests.Table());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Table_Report_HoldsEveryPart()
    {
        var text = EngineRun.Of("explore", _table).Succeeds();
        Assert.Contains("rows        60 of 60 tracks, 5 columns\n", text);
        Assert.Contains("genres      blues 20, jazz 20, 演歌 20\n", text);
        Assert.Contains("k-means     3 clusters, seed 1, inertia 62.0\n", text);
        Assert.Contains("silhouette  0.602; of the genres as clusters 0.404\n", text);
        Assert.Matches(@"adjusted Rand index 0\.721, mutual\s+information\s+0\.694\s+adjusted", text);
        Assert.Contains("        1     0.518     0.518\n", text);
        Assert.Contains("components  3 for 90 %, 3 for 95 %, 3 for 99 % of the variance; there are 5\n", text);
        Assert.Matches(@"\nb +confirmed +\d\.\d\d +0\.853 +0\.789 +0\.\d{3} +<0\.0001 +jazz +\+0\.849 +\+0\.710\n", text);
        Assert.Matches(@"\nc +\w+ +-?\d\.\d\d +0\.011 +0\.085 +0\.\d{3} +0\.9967 +blues +-0\.010 +0\.000\n", text);
        Assert.Matches(@"\ne +rejected +0\.00 +0\.000 +0\.000 +0\.000 +undefined +blues +0\.000 +0\.000\n", text);
        Assert.Matches(@"\na +d +\+1\.000 +\+1\.000\n", text);
        Assert.Contains("note        constant columns, which say nothing: e\n", text);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public void Table_TopWithoutBoruta_ListsFewer()
    {
        var text = EngineRun.Of("explore", _table, "--no-boruta", "--top", "2", "--k", "4").Succeeds();
        Assert.DoesNotContain("Boruta", text);
        Assert.Contains("k-means     4 clusters", text);
        Assert.Contains("\nb ", text);
        Assert.Contains("\nd ", text);
        Assert.DoesNotContain("\nc ", text);
        Assert.Contains("        2     0.250     0.768\n", text);
        Assert.DoesNotContain("        3     0.2", text);
    }

    [Fact]
    public void Csv_Columns_AreARowEach()
    {
        var lines = EngineRun.Of("explore", _table, "--no-boruta", "--format", "csv").Succeeds().TrimEnd().Split('\n');
        Assert.Equal("column,verdict,importance,eta,rank_eta,mic,f,p_value,genre,pearson,spearman,nearest,nearest_pearson",
            lines[0]);
        Assert.Equal(["b", "d", "a", "c", "e"], lines[1..].Select(l => l.Split(',')[0]));
        Assert.StartsWith("b,,,0.853149819297", lines[1]);
        Assert.EndsWith(",0,0,0,,,blues,0,0,,", lines[5]);
        Assert.Equal(3, EngineRun.Of("explore", _table, "--no-boruta", "--format", "csv", "--top", "2").Succeeds().TrimEnd()
            .Split('\n').Length);
    }

    [Fact]
    public void Json_Exploration_HasNamesAndFigures()
    {
        var text = EngineRun.Of("explore", _table, "--json", "--seed", "3", "--scaler", "min-max").Succeeds();
        Assert.Contains("\"label\": \"演歌\"", text);
        using var json = JsonDocument.Parse(text);
        var root = json.RootElement;
        Assert.Equal(("engine-exploration-1", "min-max", 3), (root.GetProperty("format").GetString(),
            root.GetProperty("scaler").GetString(), root.GetProperty("seed").GetInt32()));
        Assert.Equal(5, root.GetProperty("columns").GetArrayLength());
        Assert.Equal(3, root.GetProperty("columns")[0].GetProperty("pearson").GetArrayLength());
        Assert.Equal(text, EngineRun.Of("explore", _table, "--format", "json", "--seed", "3", "--scaler", "min-max", "--threads",
            "1").Succeeds());
    }

    [Theory]
    [InlineData("filename,a,label\nx.wav,1,rock\ny.wav,2,rock\n", "t.csv: every row is rock", "at least two")]
    [InlineData("filename,a,label\nx.wav,nan,rock\ny.wav,2,pop\n", "t.csv, line 2, column a: the value is nan")]
    [InlineData("filename,a,label\nx.wav,1,rock\ny.wav,1,pop\n", "t.csv: no column varies")]
    [InlineData("filename,label\nx.wav,rock\ny.wav,pop\n", "t.csv: the table has no feature columns")]
    [InlineData("filename,a,label\nx.wav,1,rock\ny.wav,2,\n", "y.wav has no label")]
    [InlineData("filename,a\nx.wav,1\ny.wav,2\n", "column 'label' is missing")]
    [InlineData("filename,a,label\n", "no rows")]
    [InlineData("filename,a,label\nx.wav,1,rock\ny.wav,-2e200,pop\n", "t.csv: a of pop/y.wav is -2E+200", "Scale the column")]
    public void Table_NothingToExplore_IsRefused(string table, params string[] parts)
    {
        File.WriteAllText(_table, table);
        var run = EngineRun.Of("explore", _table);
        (run with { Error = run.Error.Split('\n').First(l => !l.Contains("warning")) }).IsRefused(parts);
    }

    [Theory]
    [InlineData("--k", "0", "from 1")]
    [InlineData("--k", "61", "61 clusters of 60 rows")]
    [InlineData("--top", "x", "--top: 'x' is not a whole number")]
    [InlineData("--format", "yaml", "table, csv, json")]
    [InlineData("--scaler", "cube", "standard, robust, min-max, power, log, none")]
    [InlineData("--threads", "0", "from 1 to 1024")]
    public void Option_BadValue_IsRefused(string option, string value, string part) =>
        EngineRun.Of("explore", _table, option, value).IsRefused(part);

    [Fact]
    public void Path_NotATable_IsRefused()
    {
        EngineRun.Of("explore", _folder.Path).IsRefused("is a folder", "engine features");
        EngineRun.Of("explore", _folder["none.csv"]).IsRefused("none.csv: no such feature table");
        File.WriteAllText(_folder["song.wav"], "");
        EngineRun.Of("explore", _folder["song.wav"]).IsRefused("song.wav: expected a feature table ending in .csv");
    }
}
