using System.IO.Pipes;
using System.Net.Sockets;
using Engine.Pipeline.Data;
using Engine.Pipeline.Data.Files;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>What of a folder counts as recordings, and what is said of the rest.</summary>
public sealed class FolderListingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _warnings = [];

    public FolderListingTests() => Touch("data/blues/a.wav", "data/blues/b.wav", "data/rock/c.wav", "data/rock/d.wav");

    private string Root => _folder["data"];

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public void Links_ThatLeadBack_ArePassedOver()
    {
        Directory.CreateSymbolicLink(_folder["data", "blues", "up"], "..");
        Directory.CreateSymbolicLink(_folder["data", "blues", "far up"], "../../..");
        Directory.CreateSymbolicLink(_folder["data", "rock", "self"], ".");
        Directory.CreateSymbolicLink(_folder["data", "rock", "other"], _folder["data", "blues"]);
        Assert.Equal(["blues/a.wav", "blues/b.wav", "rock/c.wav", "rock/d.wav"], Paths());
        Assert.Contains("4 links skipped because they lead to something already listed or back up the tree: blues/far up, "
            + "blues/up, " +
            "rock/other and 1 more", Assert.Single(_warnings));
    }

    [UnixFact]
    public void Links_ThatLeadOutside_AreFollowedOnce()
    {
        Touch("else/e.wav", "else/deep/f.wav");
        Directory.CreateSymbolicLink(_folder["else", "deep", "back"], _folder["data"]);
        Directory.CreateSymbolicLink(_folder["data", "soul"], _folder["else"]);
        Directory.CreateSymbolicLink(_folder["data", "tango"], _folder["else"]);
        Directory.CreateSymbolicLink(_folder["data", "soul2"], "soul");
        var dataset = Dataset.Open(Root, GenresAt.Top, _warnings.Add);
        Assert.Equal(["blues/a.wav", "blues/b.wav", "rock/c.wav", "rock/d.wav", "soul/deep/f.wav", "soul/e.wav"],
            dataset.Recordings.Select(r => r.RelativePath));
        Assert.Contains("3 links skipped", _warnings[0]);
        Assert.Contains("soul/deep/back", _warnings[0]);
    }

    [UnixFact]
    public void Links_ToFiles_CountOnce()
    {
        Touch("else/e.wav");
        File.CreateSymbolicLink(_folder["data", "blues", "0.wav"], "../rock/c.wav");
        File.CreateSymbolicLink(_folder["data", "blues", "e.wav"], _folder["else", "e.wav"]);
        File.CreateSymbolicLink(_folder["data", "rock", "e too.wav"], _folder["else", "e.wav"]);
        Assert.Equal(["blues/a.wav", "blues/b.wav", "blues/e.wav", "rock/c.wav", "rock/d.wav"], Paths());
        Assert.Contains("2 links skipped", Assert.Single(_warnings));
    }

    [UnixFact]
    public void Root_ThatIsALink_IsListed()
    {
        Directory.CreateSymbolicLink(_folder["link"], "data");
        Assert.Equal(4, Dataset.Open(_folder["link"]).Recordings.Count);
    }

    [UnixFact]
    public void Links_ThatLeadNowhere_AreErrorsThatSaySo()
    {
        File.CreateSymbolicLink(_folder["data", "rock", "e.wav"], "gone.wav");
        var message = PipelineCorpus.ErrorOf(
            () => Training.Run(PipelineCorpus.Options(Root,
                _folder["run"]) with
            { Extraction = new() { Threads = 1, OnError = OnError.Skip } }));
        Assert.Contains("every recording of", message);
        var file = _folder["data", "rock", "e.wav"];
        var frontEnd = new FrontEnd(RecipeCatalog.Get("gtzan57-knn").FrontEnd);
        Assert.Contains("is a link to gone.wav, which does not " +
            "exist", PipelineCorpus.ErrorOf(() => FeatureExtraction.Run(frontEnd, [file], new())));
    }

    [LinuxFact]
    public void Link_ToAPipe_IsNoLinkToNothing()
    {
        // As /dev/stdin is, and what a shell hands over for <(…).
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        var link = _folder["song.wav"];
        File.CreateSymbolicLink(link, $"/proc/self/fd/{pipe.SafePipeHandle.DangerousGetHandle()}");
        FileNames.Require(link);
    }

    [LinuxFact]
    public void FifosAndSockets_AreNamedAndNotOpened()
    {
        Posix.MakeFifo(_folder["data", "rock", "f.wav"]);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder["data", "rock", "s.wav"]));
        File.CreateSymbolicLink(_folder["data", "rock", "z.wav"], "/dev/zero");
        Assert.Equal(4, Paths().Length);
        Assert.Contains("3 entries skipped: rock/f.wav is a FIFO, rock/s.wav is a socket, rock/z.wav is a device, not a " +
            "file", Assert.Single(_warnings));
    }

    [Fact]
    public void Kinds_ThatFfmpegReads_AreRecordings()
    {
        string[] kinds = ["wv", "caf", "ape", "mka", "aifc", "w64", "rf64", "amr", "spx", "dsf", "tta", "mpc", "3gp", "m4b",
            "WAV"];
        Touch([.. kinds.Select(k => $"data/blues/x{k}.{k}")]);
        Assert.Equal(4 + kinds.Length, Paths().Length);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void Kinds_Unknown_AreCountedAndPicturesAreNot()
    {
        Touch("data/blues/x.sid", "data/blues/y.sid", "data/rock/z.mod", "data/rock/noend", "data/rock/cover.jpg",
            "data/rock/list.m3u", "data/rock/README", "data/rock/.hidden.sid");
        Assert.Equal(4, Paths().Length);
        Assert.EndsWith("4 files skipped because their extensions are not known as audio: 2 .sid, 1 without an extension, 1 " +
            ".mod", Assert.Single(_warnings));
    }

    [Fact]
    public void Genre_OfOtherKindsAlone_IsNamed()
    {
        Touch("data/jazz/x.txt", "data/jazz/deep/y.txt");
        Directory.CreateDirectory(_folder["data", "soul"]);
        Assert.Equal(4, Paths().Length);
        Assert.EndsWith("2 folders beside the genres hold no recording: jazz (1 file of other kinds), soul (0 files of other " +
            "kinds)", Assert.Single(_warnings));
        _warnings.Clear();
        Touch("nested/audio/blues/a.wav", "nested/audio/rock/b.wav", "nested/pictures/blues/a.png");
        Dataset.Open(_folder["nested"], GenresAt.Auto, _warnings.Add);
        Assert.Empty(_warnings);
    }

    [LinuxFact]
    public void Name_InLatin1_IsTheErrorOfThatFile()
    {
        Posix.CopyToLatin1(_folder["data", "rock", "c.wav"], _folder["data", "rock"] + "/caf\u00E9.wav");
        try
        {
            var bad = Assert.Single(Dataset.ListAudio(Root), f => f.Contains('\uFFFD'));
            var frontEnd = new FrontEnd(RecipeCatalog.Get("gtzan57-knn").FrontEnd);
            Assert.Contains("the file name is not " +
                "UTF-8", PipelineCorpus.ErrorOf(() => FeatureExtraction.Run(frontEnd, [bad], new())));
            Assert.Equal(bad, Assert.Single(FeatureExtraction.Run(frontEnd, [bad], new() { OnError = OnError.Skip }).Skipped)
                .Path);
        }
        finally
        {
            Posix.RemoveLatin1(_folder["data", "rock"] + "/caf\u00E9.wav");
        }
    }

    private string[] Paths() => [.. Dataset.Open(Root, GenresAt.Auto, _warnings.Add).Recordings.Select(r => r.RelativePath)];

    private void Touch(params string[] files)
    {
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[file])!);
            File.WriteAllBytes(_folder[file], []);
        }
    }
}
