using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Engine.Dsp.Numpy;
using Engine.Pipeline;
using Engine.Tests.Classifiers;
using Engine.Tests.Embedding;
using Engine.Tests.Support;

namespace Engine.Tests.Samples;

/// <summary>Every sample does what its first lines say.</summary>
public sealed partial class SampleTests(EmbeddingModels models) : IClassFixture<EmbeddingModels>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Programs_AreShort_AndInTheSolution()
    {
        var solution = File.ReadAllText(Path.Combine(SampleProgram.Root, "..", "Engine.sln"));
        var readme = File.ReadAllText(Path.Combine(SampleProgram.Root, "README.md"));
        var samples = Directory.GetDirectories(SampleProgram.Root).Select(d => Path.GetFileName(d)!).Order().ToArray();
        Assert.Equal(
            ["AspNetCoreService", "LabelASong", "MicrophoneStream", "Spectrogram", "TrainInCode", "YourOwnNetwork"], samples);
        foreach (var sample in samples)
        {
            Assert.InRange(File.ReadAllLines(Path.Combine(SampleProgram.Root, sample, "Program.cs")).Length, 10, 60);
            Assert.Contains($"samples\\{sample}\\{sample}.csproj", solution);
            Assert.Contains($"`{sample}`", readme);
        }
    }

    [Fact]
    public void LabelASong_SeveralSongs_AreLabelledAsByTheModel()
    {
        models.OfWindows.Save(_folder["model"]);
        var (drone, hiss) = (models.Wav("drone"), models.Wav("hiss"));
        var several = SampleProgram.Run("LabelASong", _folder["model"], drone, "missing.wav", hiss);
        var lines = several.Output.TrimEnd().Split('\n');
        Assert.Equal(1, several.Code);
        Assert.Equal($"{models.OfWindows}; trained on none, seed 1", lines[0]);
        Assert.Equal($"{drone}: {models.OfWindows.Predict(drone)}", lines[1]);
        Assert.StartsWith("missing.wav: ", lines[2]);
        Assert.Equal($"{hiss}: {models.OfWindows.Predict(hiss)}", lines[3]);
        Assert.Equal("", several.Error);

        var one = SampleProgram.Run("LabelASong", _folder["model"], drone);
        Assert.EndsWith($"\n  {models.OfWindows.Timeline(drone).Segments[0]}\n", one.Succeeds());
        var wrong = SampleProgram.Run("LabelASong", drone, drone);
        Assert.Equal((1, ""), (wrong.Code, wrong.Output));
        Assert.StartsWith($"{drone}: ", wrong.Error);
    }

    [Fact]
    public void TrainInCode_MadeUpMusic_IsLearnedAndSaved()
    {
        var output = SampleProgram.Run("TrainInCode", "--out", _folder["model"]).Succeeds();
        Assert.Matches(@"^accuracy (1\.000|0\.[89]\d\d) \(.*\) of 9 tested; stratified:0\.25: stratified by track", output);
        foreach (var genre in new[] { "bells", "drums", "strings" }) Assert.Contains($"a new song, {genre}: {genre} ", output);
        using var model = GenreModel.Load(_folder["model"]);
        Assert.Equal(["bells", "drums", "strings"], model.Labels);
        Assert.Equal("none", model.Split);
    }

    [Fact]
    public void YourOwnNetwork_LearnsAndPredicts()
    {
        var output = SampleProgram.Run("YourOwnNetwork", "--out", _folder["model"]).Succeeds();
        var losses = Loss().Matches(output)
            .Select(m => double.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(10, losses.Length);
        Assert.InRange(losses[^1], 0, 0.5 * losses[0]);
        foreach (var genre in new[] { "bells", "drums", "strings" }) Assert.Contains($"a new song, {genre}: {genre} ", output);
        Assert.EndsWith($"saved {_folder["model"]} and loaded it again: residual: 3 genres (bells, drums, strings)\n", output);
    }

    [Fact]
    public void Spectrogram_Tone_IsALineAtItsPitch()
    {
        float[] tone = [.. Enumerable.Range(0, 44100).Select(i => 0.5f * MathF.Sin(2 * MathF.PI * 1000 * i / 22050f))];
        PipelineCorpus.WriteWav(_folder["tone.wav"], tone);
        var lines = SampleProgram.Run("Spectrogram", _folder["tone.wav"]).Succeeds().TrimEnd('\n').Split('\n');
        Assert.Equal(33, lines.Length);
        Assert.Equal("2.0 s, up to 11025 Hz, mel scale", lines[^1]);
        // 1000 Hz is 15 of the 49.9 mel below 11,025 Hz, between the bands 18 and 19 of 64, and so in the 23rd line of 32.
        var loudest = lines[..^1].MaxBy(l => l.Count(c => c is '@' or '%'));
        Assert.Equal(22, Array.IndexOf(lines, loudest));

        SampleProgram.Run("Spectrogram", _folder["tone.wav"], _folder["mel.npy"]).Succeeds();
        var mel = NpyArray.Load(_folder["mel.npy"]);
        Assert.Equal([64, 87], mel.Shape);
        Assert.Equal(0, mel.ToSingles().Max());
        Assert.Equal(-80, mel.ToSingles().Min());
    }

    [UnixFact]
    public void MicrophoneStream_RawSamples_AreLabelledAsTheyCome()
    {
        models.OfWindows.Save(_folder["model"]);
        float[] heard = [.. PipelineCorpus.Clip("drone", 8), .. PipelineCorpus.Clip("hiss", 8)];
        var pcm = new byte[2 * heard.Length + 1]; // and half of a sample
        for (var i = 0; i < heard.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(pcm.AsSpan(2 * i), (short)(heard[i] * 32767));
            heard[i] = (short)(heard[i] * 32767) / 32768f;
        }

        var input = _folder.Write("pcm", pcm);
        using var child = SampleProgram.Start("MicrophoneStream", $"< '{input}'", _folder["model"], "22050", "0.5");
        var run = child.End();
        var lines = run.Succeeds().TrimEnd().Split('\n');
        var stream = models.OfWindows.OpenStream(22050, 0.5);
        stream.Push(heard);
        Assert.Equal($"{stream.Current}", lines[^1]);
        Assert.StartsWith("0–0.25 s: drone ", lines[0]);
        Assert.Equal("hiss", stream.Current!.Prediction.Label);
        Assert.Equal($"{models.OfWindows}: labels of 0.5 s every 0.12 s\n", run.Error);
    }

    [GeneratedRegex(@"epoch \d+: loss (\d\.\d+)")]
    private static partial Regex Loss();
}
