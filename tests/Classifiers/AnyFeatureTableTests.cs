using System.Text;
using Engine.Pipeline.Data;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public sealed class AnyFeatureTableTests : IDisposable
{
    private const string Spotify = """
        ,track_id,artists,track_name,explicit,danceability,key,track_genre
        0,i1,Ann;Bob,One,True,0.5,1,rock
        1,i2,Cem,Two,False,0.25,2,rock
        2,i2,Cem,Two,False,0.25,2,folk
        3,i3,Dee,Three,False,0.75,3,folk
        4,i3,Dee,Three,False,0.75,3,folk
        5,i3,Dee,Three,False,0.8,3,folk

        """;

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _warnings = [];

    public void Dispose() => _folder.Dispose();

    private string Write(string text, string name = "t.csv", Encoding? encoding = null)
    {
        File.WriteAllText(_folder[name], text, encoding ?? new UTF8Encoding(false));
        return _folder[name];
    }

    private FeatureTable Read(string text, DataOptions? options = null, IReadOnlyList<string>? columns = null) =>
        FeatureTable.Read(Write(text), options ?? new(), columns, warn: _warnings.Add);

    private string ErrorOf(string text, DataOptions? options = null) => PipelineCorpus.ErrorOf(() => Read(text, options));

    private IReadOnlyList<string> Numeric(string text, DataOptions? options = null) =>
        ChosenColumns.Of(Write(text), (options ?? new()) with { Columns = ["numeric"] }, _warnings.Add)!;

    [Fact]
    public void Read_StreamingServicesTable_IdentifiesTracks()
    {
        Assert.Equal(["danceability", "key"], Numeric(Spotify));
        Assert.EndsWith("2 columns are not numeric and left out: track_name, explicit", Assert.Single(_warnings));
        _warnings.Clear();
        var table = Read(Spotify, columns: ["danceability", "key"]);
        Assert.Equal(["i1", "i3", "i3"], table.Rows.Select(r => r.FileName));
        Assert.Equal(["i1", "i3", "i3"], table.Rows.Select(r => r.Track));
        Assert.All(table.Rows, r => Assert.True(r.HasId));
        Assert.Equal(["Ann;Bob", "Dee", "Dee"], table.Rows.Select(r => r.Artist));
        Assert.Equal([0.5, 1, 0.75, 3, 0.8, 3], table.Values.Data);
        Assert.Equal(
        [
            $"{_folder["t.csv"]}: left out 1 row equal to another of the same track",
            $"{_folder["t.csv"]}: left out 1 track (2 of 5 rows) listed under several genres, such as i2 under folk and rock: " +
                "a track has one genre",
        ], _warnings);

        // To label rows, all are read.
        Assert.Equal(6, FeatureTable.Read(_folder["t.csv"], new(), ["key"], needsLabels: false).Rows.Count);
    }

    [Fact]
    public void Read_ColumnsByName_OfAnyText()
    {
        var options = new DataOptions { LabelColumn = "genre", IdColumn = "song", GroupColumn = "by" };
        foreach (var encoding in new Encoding[] { new UTF8Encoding(true), new UnicodeEncoding(true, true) })
        {
            var path = Write("song;by;x;genre;y\n1;Ä;0,5;pop;-2\n", encoding: encoding);
            var table = FeatureTable.Read(path, options);
            Assert.Equal(["x", "y"], table.Columns);
            Assert.Equal([0.5, -2], table.Values.Data);
            Assert.Equal([new("1", null, "pop", "1") { Artist = "Ä", HasId = true }], table.Rows);
        }
    }

    [Fact]
    public void Numeric_KnowsWhatIsNoFeature()
    {
        Assert.Equal(["tempo", "rms"], Numeric("""
            Unnamed: 0,,filename,length,track,artist_id,split,tempo,rms,note,empty,genre
            0,0,a.wav,10,a,5,1,100,,x,,1
            1,1,b.wav,10,b,6,2,1e2,.5,3,,2

            """));
        Assert.EndsWith("2 columns are not numeric and left out: note, empty", Assert.Single(_warnings));
        Assert.Contains("no column is numeric; the columns are id, genre",
            PipelineCorpus.ErrorOf(() => Numeric("id,genre\n1,2\n")));
    }

    [Fact]
    public void Read_MissingValues_AreRefusedOrDropped()
    {
        const string Text = "filename,a,b,label\n1.wav,1,,x\n2.wav,2,nan,x\n3.wav,3,3,\n4.wav,4,4,y\n";
        Assert.Contains("line 2, column b: the value is missing; --missing drop leaves such rows out", ErrorOf(Text));
        var table = Read(Text, new() { Missing = MissingValues.Drop });
        Assert.Equal([4.0, 4], table.Values.Data);
        Assert.Equal([$"{_folder["t.csv"]}: left out 3 rows without a value"], _warnings);
        Assert.Contains("none of the 1 rows is complete",
            ErrorOf("filename,a,label\n1.wav,,x\n", new() { Missing = MissingValues.Drop }));
        Assert.Contains("line 2, column a: the value is Infinity; it must be finite",
            ErrorOf("filename,a,label\n1.wav,Infinity,x\n", new() { Missing = MissingValues.Drop }));
    }

    [Fact]
    public void Read_LabelsOfAnotherTable_AreFoundByIdentifier()
    {
        Write(",artist,set,set,track\n,id,split,subset,genre_top\ntrack_id,,,,\n2,1,training,small,Rock\n3,2,test,small,\n" +
            "5,9,test,large,Pop\n", "tracks.csv");
        const string Features = "feature,mfcc,mfcc,tempo\nstatistics,mean,mean,max\nnumber,01,02,01\ntrack_id,,,\n2,1,2,3\n" +
            "3,4,5,6\n5,7,8,9\n7,0,0,0\n";
        var options = new DataOptions { Labels = _folder["tracks.csv"] };
        var table = Read(Features, options);
        Assert.Equal(["mfcc.mean.01", "mfcc.mean.02", "tempo.max.01"], table.Columns);
        Assert.Equal(["Rock", "Pop"], table.Rows.Select(r => r.Label));
        Assert.Equal(["1", "9"], table.Rows.Select(r => r.Artist));
        Assert.Equal(["training", "test"], table.Rows.Select(r => r.Side));
        Assert.Equal([1.0, 2, 3, 7, 8, 9], table.Values.Data);
        Assert.Equal([$"{_folder["t.csv"]}: left out 2 rows without a label in {_folder["tracks.csv"]}"], _warnings);
        Assert.Equal(["2"], Read(Features, options with { Where = ["set.subset=small"] }).Rows.Select(r => r.FileName));
        Assert.Equal(["mfcc.mean.01", "mfcc.mean.02", "tempo.max.01"], Numeric(Features, options));
        Assert.Contains("column 'nothing' is missing", ErrorOf(Features, options with { Where = ["nothing=1"] }));
        Assert.Contains("column 'label' is missing", ErrorOf(Features));
        Write("track_id,genre\n2,a\n2,b\n", "tracks.csv");
        Assert.Contains("line 3, column track_id: track '2' appears twice", ErrorOf(Features, options));
    }

    [Fact]
    public void Read_HeaderOfOneRow_IsNotTakenForLevels()
    {
        // Rows with an index and nothing else.
        Assert.Contains("line 3, column filename: the value is missing", ErrorOf(",filename,a,label\n0,x.wav,1,y\n1,,,\n"));
        Assert.Contains("column 'a' appears 2 times", ErrorOf("filename,a,a,label\nx.wav,1,2,y\n"));
    }

    [Fact]
    public void Read_WithoutNames_AsksForThem()
    {
        Assert.Contains("column 'filename' is missing; the header has 2 columns: a, genre. Name the column that identifies the " +
            "rows with --id-column.", ErrorOf("a,genre\n1,x\n"));
        Assert.Contains("column 'genre' is missing; the header", ErrorOf("id,a\n1,2\n", new() { LabelColumn = "genre" }));
        Assert.Contains("column 'a' is missing, as are 1 more (b); the header has 3 columns: id, c, genre. To use the columns " +
            "that are there, name them with --columns, or --columns numeric.",
            PipelineCorpus.ErrorOf(() => Read("id,c,genre\n1,2,x\n", columns: ["a", "b"])));
    }

    [Fact]
    public void Write_ArtistsAndSides_AreReadAgain()
    {
        var table = new FeatureTable(["a"],
        [
            new("x.wav", 5, "l", "7") { Artist = "Ann", Side = "train", HasId = true },
            new("y.wav", 6, "l", "8") { Side = "", HasId = true },
        ], new(2, 1, [1, 2]));
        table.Write(_folder["t.csv"]);
        Assert.Equal(["filename,track_id,artist,split,length,a,label", "x.wav,7,Ann,train,5,1,l", "y.wav,8,,,6,2,l"],
            File.ReadAllLines(_folder["t.csv"]));
        var read = FeatureTable.Read(_folder["t.csv"]);
        Assert.Equal(["a"], read.Columns);
        Assert.Equal(table.Rows, read.Rows);
    }

    // Parts of a list have the same columns, whatever their tracks are called.
    [Fact]
    public void Write_TracksCalledLikeTheirFiles_HasTheColumnOfFiles()
    {
        new FeatureTable(["a"], [new("x.wav", 5, "l", "x.wav") { HasId = true }], new(1, 1, [1])).Write(_folder["t.csv"]);
        Assert.Equal("filename,track_id,length,a,label", File.ReadLines(_folder["t.csv"]).First());
    }

    [Theory]
    [InlineData("track_id,a,label\nx,1,l\nx,2,l\ny,1,m\n")]
    [InlineData("track,a,label\nx,1,l\nx,2,l\ny,1,m\n")]
    [InlineData("filename,track,a,label\nx,x,1,l\nw,x,2,l\ny,y,1,m\n")]
    public void Write_Windows_AreReadAgain(string text)
    {
        var table = Read(text, columns: ["a"]);
        table.Write(_folder["copy.csv"]);
        var read = FeatureTable.Read(_folder["copy.csv"]);
        Assert.Equal(table.Columns, read.Columns);
        Assert.Equal(table.Rows, read.Rows);
        Assert.Equal(table.Values.Data, read.Values.Data);
        Assert.Empty(_warnings);
    }
}
