using System.Text;
using Engine.Classifiers;
using Engine.Pipeline.Data;
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
        var table = new FeatureTable(["one", "two"], [new("a.wav", 3, "x"), new("b \"c\".wav", null, ""), new("ü.wav", 5, "y,z")],
            new FeatureMatrix(3, 2, values));
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
    [InlineData("a.wav,10,1,1,pop\nb.wav,1,1,1,pop\na.wav,10,1,1,pop", "line 4: a.wav appears twice, first on line 2")]
    [InlineData("", "has a header but no row")]
    [InlineData("a.wav,10,\"1,1,pop", "cannot read the table")]
    public void Read_BadCell_NamesFileLineColumnAndValue(string lines, string expected)
    {
        var path = Write(["filename,length,tempo,rms,label", .. lines.Split('\n')]);
        var message = PipelineCorpus.ErrorOf(() => FeatureTable.Read(path));
        Assert.StartsWith(path, message);
        Assert.Contains(expected, message);
    }

    [Theory]
    [InlineData("filename,length,tempo,label",
        "column 'rms' is missing; the header has 4 columns: filename, length, tempo, label")]
    [InlineData("name,length,tempo,rms,label", "column 'filename' is missing")]
    [InlineData("filename,length,tempo,rms,kind", "column 'label' is missing")]
    [InlineData("filename,length,tempo,tempo,rms,label", "column 'tempo' appears 2 times")]
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

    [Theory]
    [InlineData("filename;length;tempo;rms;label", "a, b.wav;10;120,5;-4,86E-05;pop")]
    [InlineData("filename\tlength\ttempo\trms\tlabel", "a, b.wav\t10\t120,5\t-4.86E-05\tpop")]
    [InlineData("filename|length|tempo|rms|label", "\"a, b.wav\"|10|120.5|-4.86E-05|pop")]
    [InlineData("sep=;\nfilename;length;tempo;rms;label", "a, b.wav;10;120,5;-4,86E-05;pop")]
    [InlineData("\"filename\";\"length\";\"tempo\";\"rms\";\"label\"", "\"a, b.wav\";\"10\";\"120,5\";\"-4,86E-05\";\"pop\"")]
    [InlineData("Filename, Length ,TEMPO,rms,Label,", "\"a, b.wav\",10,120.5,-4.86E-05,pop,")]
    [InlineData(",filename,length,tempo,rms,label", "0,\"a, b.wav\",10,120.5,-4.86E-05,pop")]
    [InlineData("filename,length,tempo,rms,label", "\"a, b.wav\",10,120.5,-4.86E-05,pop,,")]
    public void Read_AsSpreadsheetsWriteIt_GivesTheSame(string header, string line)
    {
        foreach (var encoding in new Encoding[] { new UTF8Encoding(false), new UTF8Encoding(true),
            new UnicodeEncoding(false, true), new UnicodeEncoding(true, true) })
        {
            File.WriteAllText(_folder["table.csv"], header + "\r\n" + line + "\r\n", encoding);
            var table = FeatureTable.Read(_folder["table.csv"], ["rms", "tempo"]);
            Assert.Equal([-4.86E-05, 120.5], table.Values.Data);
            Assert.Equal([new("a, b.wav", 10, "pop")], table.Rows);
            Assert.Equal(["tempo", "rms"], FeatureTable.Read(_folder["table.csv"]).Columns.Select(c => c.ToLowerInvariant()));
        }
    }

    [Theory]
    [InlineData("filename;tempo;label", "a.wav;1.234,5;pop", "line 2, column tempo: '1.234,5' is not a number")]
    [InlineData("filename;tempo;label", "a.wav;1", "line 2: 2 fields, but the header has 3 (separated by ';')")]
    [InlineData("filename,tempo,label", "a.wav,\"1,5\",pop", "'1,5' is not a number; where commas separate the columns, write " +
        "decimals with a point")]
    [InlineData("filename tempo label", "a.wav 1 pop", "the header has 1 columns: filename tempo label. Separate the columns " +
        "by commas, semicolons or tabs.")]
    [InlineData("filename,length,tempo,label", "a.wav,-3,1,pop", "column length: the value is -3; it must be a whole number of " +
        "samples")]
    [InlineData("filename,track,tempo,label", "a.wav,,1,pop", "line 2, column track: the value is missing")]
    public void Read_OtherForm_SaysWhatIsWrong(string header, string line, string expected) =>
        Assert.Contains(expected, PipelineCorpus.ErrorOf(() => FeatureTable.Read(Write(header, line))));

    [Fact]
    public void Read_NotText_SaysSo()
    {
        Assert.Contains("is a spreadsheet or another " +
            "archive", PipelineCorpus.ErrorOf(() => FeatureTable.Read(_folder.Write("a.csv", [.. "PK\u0003\u0004"u8, 0, 1, 2]))));
        Assert.Contains("holds zero " +
            "bytes", PipelineCorpus.ErrorOf(() => FeatureTable.Read(_folder.Write("a.csv", [.. "filename,tempo\0,label\n"u8]))));
        var latin1 = _folder.Write("a.csv", Encoding.Latin1.GetBytes("filename,tempo,label\na.wav,1,m\u00FAsica\n"));
        Assert.Contains("line 2, column label: 'm\uFFFDsica' holds bytes that are not UTF-8; save the table as " +
            "UTF-8", PipelineCorpus.ErrorOf(() => FeatureTable.Read(latin1)));
        Assert.Contains("it is a folder, not a file", PipelineCorpus.ErrorOf(() => FeatureTable.Read(_folder.Path)));
    }

    [LinuxFact]
    public void Read_Fifo_IsNotWaitedFor()
    {
        Posix.MakeFifo(_folder["a.csv"]);
        Assert.Contains("it is a FIFO, not a file", PipelineCorpus.ErrorOf(() => FeatureTable.Read(_folder["a.csv"])));
    }

    [Fact]
    public void Read_ManyColumnsMissing_NamesTheFirstFew()
    {
        var message = PipelineCorpus.ErrorOf(
            () => FeatureTable.Read(Write("filename,tempo,label", "a.wav,1,pop"),
                ["rms", "tempo", .. Enumerable.Range(0, 500).Select(i => $"mfcc{i}")]));
        Assert.Contains("column 'rms' is missing, as are 500 more (mfcc0, mfcc1, mfcc2, mfcc3, ...); the header has 3 " +
            "columns", message);
    }

    [Fact]
    public void Read_OneNameInTwoGenres_IsTwoRows() =>
        Assert.Equal(["pop", "rock"], FeatureTable.Read(Write("filename,tempo,label", "a.wav,1,pop", "a.wav,2,rock"))
            .Rows.Select(r => r.Label));

    [Fact]
    public void Write_Tracks_AreAColumnThatIsNoFeature()
    {
        var table = new FeatureTable(["one"], [new("a_1.wav", 3, "x", "x/a"), new("a_2.wav", null, "x", "x/a")],
            new FeatureMatrix(2, 1, [1, 2]));
        table.Write(_folder["out.csv"]);
        Assert.Equal("filename,track,length,one,label\na_1.wav,x/a,3,1,x\na_2.wav,x/a,,2,x\n",
            File.ReadAllText(_folder["out.csv"]));
        var read = FeatureTable.Read(_folder["out.csv"]);
        Assert.Equal(table.Rows, read.Rows);
        Assert.Equal(["one"], read.Columns);
    }

    [Fact]
    public void Read_LabelsNotNeeded_MayBeMissing()
    {
        Assert.Equal([new("a.wav", null, "")],
            FeatureTable.Read(Write("filename,tempo", "a.wav,1"), ["tempo"], needsLabels: false).Rows);
        Assert.Equal([new("a.wav", null, "")],
            FeatureTable.Read(Write("filename,tempo,label", "a.wav,1,"), ["tempo"], needsLabels: false).Rows);
    }

    private string Write(params string[] lines)
    {
        File.WriteAllText(_folder["table.csv"], string.Concat(lines.Select(l => l + "\n")));
        return _folder["table.csv"];
    }
}
