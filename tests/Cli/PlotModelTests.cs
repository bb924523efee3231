using Engine.Pipeline.Runs;
using Engine.Tests.Classifiers;
using Engine.Tests.Plots.Models;

namespace Engine.Tests.Cli;

/// <summary><c>engine plot</c> of a model and a recording.</summary>
public sealed class PlotModelTests : IDisposable
{
    private readonly ModelPictures _pictures = new();

    public void Dispose() => _pictures.Dispose();

    [Theory]
    [InlineData("feature-maps", "Feature maps, by-hand", "--layer", "0", "--at", "1")]
    [InlineData("saliency", "What spoke for b, score 0.500, by-hand", "--label", "b")]
    [InlineData("timeline", "Scores along time, by-hand", "--hop", "0.25", "--no-cache")]
    public void Plot_ModelAndSong_IsWritten(string kind, string title, params string[] options)
    {
        _pictures.Convolution();
        EngineRun.Of(["plot", _pictures.Model, _pictures.Song, "--kind", kind, "--out", Picture, .. options]).Succeeds();
        Assert.Contains($"<title>{title}</title>", File.ReadAllText(Picture));
    }

    [Theory]
    [InlineData("--hop: has no effect on saliency", "--kind", "saliency", "--hop", "1")]
    [InlineData("--layer: has no effect on timeline", "--kind", "timeline", "--layer", "0")]
    [InlineData("--window: has no effect on feature-maps", "--kind", "feature-maps", "--window", "1")]
    [InlineData("--sr: has no effect, because", "--sr", "8000")]
    [InlineData("pictures of a run and a recording do not stack", "--kind", "saliency,timeline")]
    [InlineData("--kind: mel is drawn from a recording", "--kind", "mel")]
    [InlineData("no layer 'x'; its layers are 0, 1, 2, 3, 4", "--kind", "feature-maps", "--layer", "x")]
    [InlineData("no window at 99 s; the recording ends at 2 s", "--at", "99")]
    [InlineData("--hop: '0' is not a number from 0.01", "--kind", "timeline", "--hop", "0")]
    public void Plot_WrongOption_IsRefused(string message, params string[] options)
    {
        _pictures.Convolution();
        EngineRun.Of(["plot", _pictures.Model, _pictures.Song, "--out", Picture, .. options]).IsRefused(message);
        Assert.False(File.Exists(Picture));
    }

    [Fact]
    public void Plot_OptionsOfAModel_AreRefusedForASong()
    {
        EngineRun.Of("plot", _pictures.Song, "--at", "1", "--out", Picture).IsRefused("--at: has no effect", "a recording");
        EngineRun.Of("plot", _pictures.Song, "--kind", "timeline").IsRefused("timeline is drawn from a run and a recording");
    }

    [Fact]
    public void Plot_NoModelOrNoSong_IsRefused()
    {
        _pictures.Convolution();
        void Refused(string model, string song, string kind, params string[] parts) =>
            EngineRun.Of("plot", model, song, "--kind", kind, "--out", Picture, "--force").IsRefused(parts);
        var table = PipelineCorpus.WriteTable(_pictures.Folder["table.csv"]);
        Refused(_pictures.Model, table, "saliency", table, "is a feature table", "name a recording");
        Refused(_pictures.Model, _pictures.Model, "saliency", _pictures.Model);
        Refused(_pictures.Song, _pictures.Song, "saliency", "nothing that can be drawn", "a run and a recording");
        EngineRun.Of("plot", _pictures.Model, "-", "--out", Picture).IsRefused("standard input can be read once");

        var brief = _pictures.Folder["brief.wav"];
        PipelineCorpus.WriteWav(brief, _pictures.Audio[..4000]);
        var text = _pictures.Folder.Write("notes.txt", "some words, and more of them\n"u8.ToArray());
        foreach (var kind in new[] { "feature-maps", "saliency", "timeline" })
        {
            Refused(_pictures.Model, brief, kind, brief, "too short");
            Refused(_pictures.Model, text, kind, text, "not audio");
        }

        Training.Run(PipelineCorpus.Options(table, _pictures.Folder["run"]));
        Refused(_pictures.Folder["run"], _pictures.Song, "feature-maps", "gtzan57-knn has no network");
        var damaged = _pictures.Folder.Write("damaged.safetensors", [1, 2, 3]);
        Refused(damaged, _pictures.Song, "saliency", damaged);
        Assert.False(File.Exists(Picture));
    }

    private string Picture => _pictures.Folder["p.svg"];
}
