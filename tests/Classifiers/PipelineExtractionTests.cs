using System.Security.Cryptography;
using Engine.Classifiers;
using Engine.Pipeline.FrontEnds;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>What goes wrong inside one recording stays with that recording; what is damaged is said and not kept.</summary>
public sealed class PipelineExtractionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FrontEnd _frontEnd = new(new FrontEndSpec(PipelineCorpus.Rate, new MfccFeatures()));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_DamagedRecording_WarnsEachTimeAndIsNotCached()
    {
        var whole = Wav("whole.wav");
        var cut = Cut("cut.wav", 0.25);
        var cache = new FeatureCache(_folder["cache"]);
        for (var time = 0; time < 2; time++)
        {
            var warnings = new List<string>();
            var result = FeatureExtraction.Run(_frontEnd, [whole, cut], new() { Cache = cache, Warn = warnings.Add });
            Assert.Equal([$"{cut}: 0.25 s of its 1 s are missing: it is cut short or damaged."], warnings);
            Assert.Empty(result.Skipped);
            Assert.Single(cache.List());
        }

        Assert.Null(_frontEnd.ExtractFile(whole).Damage);
        Assert.NotNull(_frontEnd.ExtractFile(cut).Damage);
        Assert.Equal(SHA256.HashData(File.ReadAllBytes(cut)), _frontEnd.ExtractFile(cut).Hash);
    }

    [Fact]
    public void Run_ManyDamagedRecordings_AreCountedAfterTwenty()
    {
        var path = Cut("cut.wav", 0.25);
        var warnings = new List<string>();
        FeatureExtraction.Run(_frontEnd, [.. Enumerable.Repeat(path, 25)], new() { Warn = warnings.Add, Threads = 4 });
        Assert.Equal(21, warnings.Count);
        Assert.Equal("5 more recordings are damaged.", warnings[^1]);
    }

    [Fact]
    public void Run_WhateverGoesWrongInOneRecording_LeavesTheOthers()
    {
        string[] paths = [Wav("a.wav"), Wav("long.wav", seconds: 3), "nul\0byte.wav", Wav("b.wav"), Wav("huge.wav"),
            Cut("cut.wav", 0.75)];
        var options = new WorkOptions { OnError = OnError.Skip, MaxHours = 2.0 / 3600 };
        var result = FeatureExtraction.Run(_frontEnd, paths, options,
            (i, file) => i == 4 ? throw new InsufficientMemoryException() : file);
        Assert.Equal([0, 3], Enumerable.Range(0, paths.Length).Where(i => result.Files[i] is not null));
        Assert.Equal([paths[1], paths[2], paths[4], paths[5]], result.Skipped.Select(s => s.Path));
        Assert.Contains("raise the limit", result.Skipped[0].Reason);
        Assert.Contains("a fault in engine that this file triggers", result.Skipped[1].Reason);
        Assert.StartsWith($"{paths[4]}: there is not enough memory to read it.", result.Skipped[2].Reason);
        Assert.Contains("more than half", result.Skipped[3].Reason);
    }

    [Fact]
    public void Run_FaultOrLackOfMemory_NamesTheFileAndIsNoWrongInput()
    {
        var path = Wav("a.wav");
        var fault = Assert.Throws<InvalidOperationException>(() => FeatureExtraction.Run(_frontEnd, ["nul\0byte.wav"], new()));
        Assert.StartsWith("nul\0byte.wav: ", fault.Message);
        Assert.IsAssignableFrom<ArgumentException>(fault.InnerException);
        var memory = Assert.Throws<EngineException>(
            () => FeatureExtraction.Run(_frontEnd, [path], new(), (_, _) => throw new InsufficientMemoryException()));
        Assert.IsAssignableFrom<OutOfMemoryException>(memory.InnerException);
    }

    /// <summary>Cancellation and what a caller's own code throws are no errors of a recording.</summary>
    [Fact]
    public void Run_CancellationAndTheCallersOwnErrors_AreNotSkipped()
    {
        var options = new WorkOptions { OnError = OnError.Skip };
        Assert.Throws<ObjectDisposedException>(
            () => FeatureExtraction.Run(_frontEnd, [Wav("a.wav")], options,
                (_, _) => throw new ObjectDisposedException("model")));
        Assert.Throws<OperationCanceledException>(
            () => FeatureExtraction.Run(_frontEnd, [Wav("a.wav")], options, (_, _) => throw new OperationCanceledException()));
        Assert.Throws<FormatException>(
            () => FeatureExtraction.Run(_frontEnd, [Wav("a.wav")], options, (_, _) => throw new FormatException()));
    }

    [UnixFact]
    public void ExtractFile_FifoAmongTheRecordings_IsRefusedAtOnce()
    {
        var fifo = Fifo.Make(_folder["f.wav"]);
        Assert.Contains("it is a pipe (FIFO)",
            PipelineCorpus.ErrorOf(() => _frontEnd.ExtractFile(fifo, new FeatureCache(_folder["cache"]))));
    }

    [UnixFact]
    public void ExtractFile_FifoInPlaceOfAnEntry_IsReplaced()
    {
        var wav = Wav("a.wav");
        var cache = new FeatureCache(_folder["cache"]);
        var expected = _frontEnd.ExtractFile(wav, cache).Features.Rows.Data;
        var entry = Directory.GetFiles(_folder["cache"], "*", SearchOption.AllDirectories).Single();
        File.Delete(entry);
        Fifo.Make(entry);
        Assert.True(cache.List().Single().Torn);
        Assert.Equal(expected, _frontEnd.ExtractFile(wav, cache).Features.Rows.Data);
        Assert.False(cache.List().Single().Torn);
        File.Delete(entry);
        Fifo.Make(entry);
        Assert.Equal(1, cache.RemoveTorn());
    }

    private string Wav(string name, double seconds = 1)
    {
        PipelineCorpus.WriteWav(_folder[name], PipelineCorpus.Clip("drone", 1, seconds));
        return _folder[name];
    }

    /// <summary>A recording of a second, of which this share of the sound is missing.</summary>
    private string Cut(string name, double share)
    {
        var bytes = File.ReadAllBytes(Wav(name));
        return _folder.Write(name, bytes[..(bytes.Length - (int)(share * (bytes.Length - 44)) / 2 * 2)]);
    }
}
