using Engine.Classifiers;
using Engine.Classifiers.Pipeline;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public sealed class PipelineFeatureTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_ColumnsInAnotherOrder_AreFoundByName()
    {
        var path = Write("tempo,rms,filename,length,label", "120,-4.86E-05,\"a, b.wav\",10,pop", "", "90,1,c.wav,20,rock");
        var table = FeatureTable.Read(path, ["rms", "tempo"]);
        Assert.Equal([-4.86E-05, 120, 1, 90], table.Values.Data);
        Assert.Equal([new("a, b.wav", 10, "pop"), new("c.wav", 20, "rock")], table.Rows);
        Assert.Equal(["tempo", "rms"], FeatureTable.Read(path).Columns);
    }

    [Fact]
    public void Write_ThenRead_GivesTheSameBits()
    {
        double[] values = [Math.PI, -0.0, double.Epsilon, double.MaxValue, 1.0 / 3, 123456789.123];
        var table = new FeatureTable(["one", "two"], [new("a.wav", 3, "x"), new("b \"c\".wav", null, ""), new("ü.wav", 5, "y,z")], new FeatureMatrix(3, 2, values));
        table.Write(_folder["out.csv"]);
        Assert.StartsWith("filename,length,one,two,label\n", File.ReadAllText(_folder["out.csv"]));
        File.WriteAllText(_folder["out.csv"], File.ReadAllText(_folder["out.csv"]).Replace(",,", ",0,"));
        var read = FeatureTable.Read(_folder["out.csv"]);
        Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), read.Values.Data.Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(["a.wav", "b \"c\".wav", "ü.wav"], read.Rows.Select(r => r.FileName));
        Assert.Equal(["x", "", "y,z"], read.Rows.Select(r => r.Label));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("a.wav,10,abc,1,pop", "line 2, column tempo: 'abc' is not a number")]
    [InlineData("a.wav,10,,1,pop", "line 2, column tempo: the value is missing")]
    [InlineData("a.wav,10,NaN,1,pop", "line 2, column tempo: the value is NaN; it must be finite")]
    [InlineData("a.wav,10,1,-Infinity,pop", "line 2, column rms: the value is -Infinity")]
    [InlineData("a.wav,10,1e999,1,pop", "line 2, column tempo: the value is 1e999")]
    [InlineData("a.wav,10,1,pop", "line 2: 4 fields, but the header has 5")]
    [InlineData(",10,1,1,pop", "line 2, column filename: the value is missing")]
    [InlineData("a.wav,10,1,1,pop\nb.wav,1,1,1,pop\na.wav,10,1,1,pop", "line 4: a.wav is there twice, first on line 2")]
    [InlineData("", "has a header but no row")]
    [InlineData("a.wav,10,\"1,1,pop", "cannot read the feature table")]
    public void Read_BadCell_NamesFileLineColumnAndValue(string lines, string expected)
    {
        var path = Write(["filename,length,tempo,rms,label", .. lines.Split('\n')]);
        var message = PipelineCorpus.ErrorOf(() => FeatureTable.Read(path));
        Assert.StartsWith(path, message);
        Assert.Contains(expected, message);
    }

    [Theory]
    [InlineData("filename,length,tempo,label", "column 'rms' is missing; the header has 4 columns: filename, length, tempo, label")]
    [InlineData("name,length,tempo,rms,label", "column 'filename' is missing")]
    [InlineData("filename,length,tempo,rms,genre", "column 'label' is missing")]
    [InlineData("filename,length,tempo,tempo,rms,label", "column 'tempo' is there 2 times")]
    public void Read_BadHeader_NamesTheColumn(string header, string expected)
    {
        var path = Write(header, string.Join(',', header.Split(',').Select(_ => "1")));
        Assert.Contains(expected, PipelineCorpus.ErrorOf(() => FeatureTable.Read(path, ["tempo", "rms"])));
    }

    [Fact]
    public void Read_EmptyOrMissingFile_IsNamed()
    {
        Assert.Contains("the file is empty", PipelineCorpus.ErrorOf(() => FeatureTable.Read(Write())));
        Assert.Contains(_folder["none.csv"], PipelineCorpus.ErrorOf(() => FeatureTable.Read(_folder["none.csv"])));
    }

    private string Write(params string[] lines)
    {
        File.WriteAllText(_folder["table.csv"], string.Concat(lines.Select(l => l + "\n")));
        return _folder["table.csv"];
    }
}
