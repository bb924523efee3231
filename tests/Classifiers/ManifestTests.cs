using System.Text;
using Engine.Pipeline.Data;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

public sealed class ManifestTests : IDisposable
{
    private const string Fma = """
        ,album,album,artist,artist,set,set,track,track
        ,comments,title,id,name,split,subset,genre_top,title
        track_id,,,,,,,,

        """;

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _warnings = [];

    public void Dispose() => _folder.Dispose();

    private string Write(string text, string name = "songs.csv")
    {
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }

    private void Touch(params string[] files)
    {
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[file])!);
            File.WriteAllText(_folder[file], "");
        }
    }

    private Dataset Open(string text, DataOptions? options = null, string name = "songs.csv") =>
        Dataset.OpenManifest(Write(text, name), options ?? new(), _warnings.Add);

    private string ErrorOf(string text, DataOptions? options = null) => PipelineCorpus.ErrorOf(() => Open(text, options));

    [Fact]
    public void Open_AsScanWritesIt_NeedsNoOption()
    {
        var data = Open(""""
            path,genre,artist,album,title,duration,sample_rate,channels,format
            b/two.mp3, Rock ,"Ann, The",,Two,1.5,44100,2,mp3
            a/one.wav,Jazz,,"An ""Album""",One,2,22050,1,wav
            c.wav,,Nobody,,,1,22050,1,wav
            """");
        Assert.Equal(["a/one.wav", "b/two.mp3"], data.Recordings.Select(r => r.RelativePath));
        Assert.Equal(["Jazz/a/one.wav", "Rock/b/two.mp3"], data.Recordings.Select(r => r.Track.Value));
        Assert.Equal([null, "Ann, The"], data.Recordings.Select(r => r.Artist));
        Assert.Equal(["Jazz", "Rock"], data.Labels);
        Assert.Equal(_folder["a", "one.wav"], data.Recordings[0].FullPath);
        Assert.All(data.Recordings, r => Assert.Null(r.Side));
        Assert.Equal([$"{_folder["songs.csv"]}: left out 1 row without genre: c.wav"], _warnings);
    }

    [Theory]
    [InlineData("file;kind;band;part", ";")]
    [InlineData("file\tkind\tband\tpart", "\t")]
    public void Open_ColumnsByName_AreTaken(string header, string separator)
    {
        var options = new DataOptions { LabelColumn = "KIND", GroupColumn = "band", IdColumn = "band", SplitColumn = "part" };
        foreach (var encoding in new Encoding[] { new UTF8Encoding(true), new UnicodeEncoding(false, true) })
        {
            File.WriteAllText(_folder["m.tsv"], $"{header}\r\nx.wav;Räp;Bänd;test\r\n".Replace(";", separator), encoding);
            var song = Assert.Single(Dataset.OpenManifest(_folder["m.tsv"], options).Recordings);
            Assert.Equal(("x.wav", "Räp", "Bänd", "Bänd", "test"),
                (song.RelativePath, song.Label, song.Artist, song.Track.Value, song.Side));
        }
    }

    [Fact]
    public void Open_NamesOfGenreAndNumber_AreThoseOfAFolder()
    {
        Touch("genres/blues/blues.00001.wav", "genres/pop/a song.wav");
        var manifest = Open("filename,label\ngenres/blues/blues.00001.wav,blues\n./genres/pop/a song.wav,pop\n");
        Assert.Equal(Dataset.Open(_folder["genres"]).Recordings.Select(r => r.Track).Order(),
            manifest.Recordings.Select(r => r.Track).Order());
    }

    [Fact]
    public void Open_Fma_FindsNumbersAndJoinsTheHeader()
    {
        Touch("audio/000/000002.mp3", "audio/001/001003.wav");
        var text = Fma + """
            2,0,"A ""way""
            of life",1,AWOL,training,small,Hip-Hop,Food
            1003,0,x,7,Other,test,small,Rock,Song
            9,0,x,7,Other,test,large,Rock,Song
            10,0,x,7,Other,test,small,,Song

            """;
        var data = Open(text, new() { Root = _folder["audio"], Where = ["set.subset=small"] }, "tracks.csv");
        Assert.Equal(["1003", "2"], data.Recordings.Select(r => r.Track.Value));
        Assert.Equal(["Rock", "Hip-Hop"], data.Recordings.Select(r => r.Label));
        Assert.Equal(["7", "1"], data.Recordings.Select(r => r.Artist));
        Assert.Equal(["test", "training"], data.Recordings.Select(r => r.Side));
        Assert.Equal([_folder["audio", "001", "001003.wav"], _folder["audio", "000", "000002.mp3"]],
            data.Recordings.Select(r => r.FullPath));
        Assert.Equal([$"{_folder["tracks.csv"]}: left out 1 row without track.genre_top: 10"], _warnings);

        // Where none exists, the name that it would have is looked for.
        var all = Open(text, new() { Root = _folder["audio"], GroupColumn = "artist.name" }, "tracks.csv").Recordings;
        Assert.Equal([_folder["audio", "000", "000009.mp3"]], all.Where(r => r.Track.Value == "9").Select(r => r.FullPath));
        Assert.Equal(["Other", "AWOL", "Other"], all.Select(r => r.Artist));
    }

    [Fact]
    public void Open_PathWithoutExtension_IsCompleted()
    {
        Touch("one.flac", "two.mp3", "two.wav", "one.txt");
        Assert.Equal(_folder["one.flac"], Assert.Single(Open("path,genre\none,a\n").Recordings).FullPath);
        Assert.Contains("line 2, column path: 'two' may be two.mp3 or two.wav; add the extension",
            ErrorOf("path,genre\ntwo,a\n"));
    }

    [Fact]
    public void Open_RecordingUnderTwoGenres_IsLeftOutAndReported()
    {
        var data = Open("path,genre\na.wav,Rock\nb.wav,Rock\na.wav,Pop\n./c.wav,Jazz\n");
        Assert.Equal(["./c.wav", "b.wav"], data.Recordings.Select(r => r.RelativePath));
        Assert.Equal([$"{_folder["songs.csv"]}: left out 1 track (2 of 4 rows) listed under several genres, such as " +
            $"{_folder["a.wav"]} under Pop and Rock: a track has one genre; none is left of Pop"], _warnings);
        _warnings.Clear();
        Open("path,genre,track_id\na.wav,Rock,7\nb.wav,Pop,7\nc.wav,Pop,8\n");
        Assert.Contains("such as 7 under Pop and Rock", Assert.Single(_warnings));
        Assert.Contains("every recording appears under several genres", ErrorOf("path,genre\na.wav,Rock\na.wav,Pop\n"));
    }

    [Theory]
    [InlineData("path,genre\n", "the manifest has a header but no rows")]
    [InlineData("", "the file is empty")]
    [InlineData("name,genre\na,b\n", "column 'path' is missing; the header has 2 columns: name, genre. Name the column of the " +
        "recordings with --path-column.")]
    [InlineData("path,kind\na,b\n", "column 'label' is missing; the header has 2 columns: path, kind. Name the column of the " +
        "genres with --label-column")]
    [InlineData("path,filename,genre\na,b,c\n", "the recordings may be in the columns path and filename; say which with " +
        "--path-column. The columns are path, filename, genre.")]
    [InlineData("path,genre,label\na,b,c\n", "the genres may be in the columns genre and label; say which with --label-column")]
    [InlineData("path,genre\na.wav,x\na.wav,x\n", "line 3: a.wav appears twice, first on line 2")]
    [InlineData("path,genre\na.wav,\nb.wav, \n", "none of the 2 recordings has a genre in the column genre")]
    [InlineData("path,genre\n,x\n", "line 2, column path: the value is missing")]
    [InlineData("path,genre,track_id\na.wav,x,\n", "line 2, column track_id: the value is missing")]
    [InlineData("path,genre\na.wav,x,y\n", "line 2: 3 fields, but the header has 2")]
    public void Open_CannotBeUsed_SaysWhy(string text, string expected)
    {
        var message = ErrorOf(text);
        Assert.StartsWith(_folder["songs.csv"], message);
        Assert.Contains(expected, message);
    }

    [Fact]
    public void Open_OptionsThatDoNotFit_AreErrors()
    {
        const string Text = "path,genre\na.wav,x\n";
        Assert.Contains("column 'band' is missing; the header has 2 columns: path, genre",
            ErrorOf(Text, new() { GroupColumn = "band" }));
        Assert.Contains("column 'set' is missing", ErrorOf(Text, new() { Where = ["set=1"] }));
        Assert.Contains("--where: 'set' is not of the form COLUMN=VALUE", ErrorOf(Text, new() { Where = ["set"] }));
        Assert.Contains("none of the 1 rows meets --where genre=y", ErrorOf(Text, new() { Where = ["genre=y"] }));
        Assert.Contains("no such folder", ErrorOf(Text, new() { Root = _folder["nowhere"] }));
        Directory.CreateDirectory(_folder["root"]);
        Assert.Contains("line 2, column path: '../a.wav' leads out of --root",
            ErrorOf("path,genre\n../a.wav,x\n", new() { Root = _folder["root"] }));
        Assert.Contains("'/etc/a.wav' leads out of --root",
            ErrorOf("path,genre\n/etc/a.wav,x\n", new() { Root = _folder["root"] }));
    }

    [Fact]
    public void Open_Where_ValuesOfAColumnAreAlternatives()
    {
        var data = Open("path,genre,set\na.wav,x,1\nb.wav,y,1\nc.wav,z,1\nd.wav,x,2\n",
            new() { Where = ["genre=x", "genre = y", "set=1"] });
        Assert.Equal(["a.wav", "b.wav"], data.Recordings.Select(r => r.RelativePath));
    }
}
