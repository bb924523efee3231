namespace Engine.Classifiers.Pipeline;

/// <summary>Computes one row of named features from the samples of one window. Immutable and thread-safe.</summary>
internal abstract class FeatureExtractor
{
    /// <summary>The columns' names.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>The fewest samples that give features.</summary>
    public abstract int MinimumSamples { get; }

    /// <summary>One value per column; <paramref name="name"/> stands for the audio in errors.</summary>
    public abstract double[] Extract(ReadOnlySpan<float> samples, string name);

    /// <summary>Plans the transforms of <paramref name="spec"/>.</summary>
    public static FeatureExtractor Create(FeatureSpec spec, int sampleRate) => spec switch
    {
        Gtzan57Features => new Gtzan57Extractor(sampleRate),
        PsfGaussianFeatures psf => new PsfGaussianExtractor(psf, sampleRate),
        _ => throw new ArgumentOutOfRangeException(nameof(spec), $"FrontEnd: unknown feature set {spec}."),
    };
}
