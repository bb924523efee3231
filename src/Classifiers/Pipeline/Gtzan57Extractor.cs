namespace Engine.Classifiers.Pipeline;

/// <summary>The 57 columns of the published <c>features_30_sec.csv</c>.</summary>
internal sealed class Gtzan57Extractor(int sampleRate) : FeatureExtractor
{
    private readonly int _sampleRate = sampleRate;

    public override IReadOnlyList<string> Columns { get; } =
    [
        .. new[] { "chroma_stft", "rms", "spectral_centroid", "spectral_bandwidth", "rolloff", "zero_crossing_rate", "harmony", "perceptr" }.SelectMany(Statistics),
        "tempo",
        .. Enumerable.Range(1, 20).SelectMany(i => Statistics($"mfcc{i}")),
    ];

    public override int MinimumSamples => 2048;

    public override double[] Extract(ReadOnlySpan<float> samples, string name) =>
        throw new EngineException($"{name}: gtzan57 features of audio at {_sampleRate} Hz are not built yet.");

    private static IEnumerable<string> Statistics(string name) => [$"{name}_mean", $"{name}_var"];
}
