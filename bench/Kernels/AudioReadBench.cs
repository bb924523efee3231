using BenchmarkDotNet.Attributes;
using Engine.Dsp.Audio;

namespace Engine.Bench.Kernels;

/// <summary>A 30 s WAV file of 22,050 Hz from the system's file cache to samples; and 3 s from its middle.</summary>
[MemoryDiagnoser]
public class AudioReadBench
{
    private string _path = "";

    [Params(WavEncoding.Pcm16, WavEncoding.Float32)]
    public WavEncoding Encoding { get; set; }

    [Params(1, 2)]
    public int Channels { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var samples = new float[30 * 22050 * Channels];
        for (var i = 0; i < samples.Length; i++) samples[i] = random.NextSingle() - 0.5f;
        _path = Path.GetTempFileName();
        WavWriter.Write(_path, samples, 22050, Encoding, Channels);
    }

    [GlobalCleanup]
    public void Cleanup() => File.Delete(_path);

    [Benchmark]
    public AudioSignal Whole() => AudioFile.Read(_path);

    [Benchmark]
    public AudioSignal Excerpt() => AudioFile.Read(_path, offset: 15, duration: 3);
}
