using Engine.Cli;
using Engine.Dsp.Audio;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

public sealed class PlotTests : IDisposable
{
    private const int Rate = 22050;

    private readonly TemporaryFolder _folder = new();
    private readonly string _song;

    public PlotTests()
    {
        _song = _folder["song.wav"];
        WavWriter.Write(_song, Signals.Noise(Rate), Rate, WavEncoding.Pcm16);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Plot_Out_IsWrittenAndNamed()
    {
        var picture = _folder["p.svg"];
        Assert.Equal(picture + "\n", EngineRun.Of("plot", _song, "--out", picture).Succeeds());
        var svg = File.ReadAllText(picture);
        Assert.Contains("<title>song.wav</title>", svg);
        Assert.Contains("wave form; mel spectrogram; strength of each pitch class.", svg);
        EngineRun.Of("plot", _song, "--out", picture).IsRefused(picture, "exists", "--force");
        EngineRun.Of("plot", _song, "--kind", "rms", "--size", "500x300", "--out", picture, "--force").Succeeds();
        Assert.Contains("viewBox=\"0 0 500 300\"", File.ReadAllText(picture));
    }

    [Fact]
    public void Plot_NoOut_NamesTheFileAfterSongAndKinds()
    {
        Assert.Equal("song.wave-mel.svg", PlotTarget.NameOf([_song], ["wave", "mel"]));
        Assert.Equal("run-song.saliency.svg", PlotTarget.NameOf(["runs/run/", "a/song.mp3"], ["saliency"]));
        Assert.Equal("stdin.wave.svg", PlotTarget.NameOf(["-"], ["wave"]));
        Assert.Equal(new string('x', 80) + ".rms.svg", PlotTarget.NameOf([new string('x', 300)], ["rms"]));
    }

    [Theory]
    [InlineData("'wafe' is not a kind of picture of a recording", "--kind", "wafe")]
    [InlineData("it has wave, stft, mel, mfcc, chroma, rolloff, centroid, zcr, rms, onset, tempogram, hpss", "--kind", "wafe")]
    [InlineData("a kind stands there twice", "--kind", "mel,mel")]
    [InlineData("--to: 2 s is not after the start at 3 s", "--from", "3", "--to", "2")]
    [InlineData("the offset of 5 s is past its end at 1 s", "--from", "5")]
    [InlineData("--to: 0 s is not after the start at 0 s", "--to", "0")]
    [InlineData("'900' is not a size; write WIDTHxHEIGHT", "--size", "900")]
    [InlineData("'10x10' is not a size", "--size", "10x10")]
    [InlineData("are too low for 3 panels; give at least 900x", "--size", "900x300")]
    [InlineData("--sr: '1' is not a whole number from 1000 to 384000", "--sr", "1")]
    [InlineData("--from: '-1' is not a number from 0", "--from=-1")]
    public void Plot_WrongValue_IsRefused(string message, params string[] arguments)
    {
        EngineRun.Of(["plot", _song, "--out", _folder["p.svg"], .. arguments]).IsRefused(message);
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Plot_WrongOutput_IsRefused()
    {
        EngineRun.Of("plot", _song, "--out", _folder["p.gif"]).IsRefused("pictures are written as .svg or .png");
        EngineRun.Of("plot", _song, "--out", _folder["none", "p.svg"]).IsRefused("there is no folder", "create it first");
        Directory.CreateDirectory(_folder["p.svg"]);
        EngineRun.Of("plot", _song, "--out", _folder["p.svg"]).IsRefused("is a folder; name a file");
    }

    [Fact]
    public void Plot_NoRecording_IsRefused()
    {
        var missing = _folder["none.wav"];
        EngineRun.Of("plot", missing).IsRefused($"{missing}: there is no such file or folder");
        var text = _folder.Write("notes.txt", "some words, and more of them\n"u8.ToArray());
        EngineRun.Of("plot", text, "--out", _folder["p.svg"]).IsRefused(text, "its content is text, not audio");
        EngineRun.Of("plot", _folder.Path).IsRefused(_folder.Path, "nothing that can be drawn");
        Assert.False(File.Exists(_folder["p.svg"]));
    }

    [Theory]
    [InlineData(float.NaN, "sample 100", "every sample must be finite")]
    [InlineData(1e20f, "sample 100", "beyond 1E+15 spectra overflow")]
    public void Plot_SampleThatIsNoSound_IsRefused(float value, params string[] parts)
    {
        var samples = new double[3000];
        samples[100] = value;
        var song = _folder.Write("bad.wav", AudioBytes.Wav(AudioBytes.Encode(samples, 32, isFloat: true), tag: 3, bits: 32));
        EngineRun.Of("plot", song, "--out", _folder["p.svg"]).IsRefused([song, .. parts]);
        Assert.False(File.Exists(_folder["p.svg"]));
    }

    [PosixFact]
    public void Plot_PngWithoutAProgramForIt_SaysWhichOnes()
    {
        var link = $"ln -s \"$(command -v dotnet)\" '{_folder.Path}'; PATH='{_folder.Path}';";
        using var process = Child.EngineAfter(_folder, link, "plot", _song, "--out", _folder["p.png"]);
        process.End().IsRefused("PNG needs rsvg-convert, resvg or inkscape, and none is installed", "name a file ending in .svg");
    }
}
