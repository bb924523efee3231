using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>Computes one row of named features from the samples of one window. Immutable and thread-safe.</summary>
internal abstract class FeatureExtractor
{
    /// <summary>The columns' names.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>The fewest samples that give features.</summary>
    public abstract int MinimumSamples { get; }

    /// <summary>One value per column; <paramref name="name"/> stands for the audio in errors.</summary>
    public abstract double[] Extract(SampleSource samples, string name);

    /// <summary>
    /// The rows of the windows from <paramref name="first"/> to the one before <paramref name="end"/>.
    /// </summary>
    public virtual IReadOnlyList<double[]> ExtractAll(WindowGrid windows, int first, int end, string name)
    {
        var rows = new double[end - first][];
        for (var r = first; r < end; r++) rows[r - first] = Extract(windows[r], windows.Label(name, r));
        return rows;
    }

    /// <summary>Plans the transforms of the plain sets among <paramref name="parts"/>: their columns, one set after the other.</summary>
    public static FeatureExtractor Create(IEnumerable<FeatureSpec> parts, int sampleRate)
    {
        FeatureExtractor[] plain = [.. parts.Where(p => p is not WindowSpec).Select(p => Create(p, sampleRate))];
        return plain is [var only] ? only : new CombinedExtractor(plain);
    }

    private static FeatureExtractor Create(FeatureSpec spec, int sampleRate) => spec switch
    {
        Gtzan57Features gtzan57 => new Gtzan57Extractor(gtzan57, sampleRate),
        MfccFeatures mfcc => SummaryExtractor.Mfcc(mfcc, sampleRate),
        MelFeatures mel => SummaryExtractor.MelDecibels(mel, sampleRate),
        StftFeatures stft => SummaryExtractor.Stft(stft),
        ChromaFeatures chroma => SummaryExtractor.Chroma(chroma),
        PsfGaussianFeatures psf => new PsfGaussianExtractor(psf, sampleRate),
        AllFeatures => new CombinedExtractor(
            new Gtzan57Extractor(new(), sampleRate), SummaryExtractor.MelDecibels(new(), sampleRate), SummaryExtractor.Chroma(new()),
            SummaryExtractor.Contrast(sampleRate), SummaryExtractor.Tonnetz(), SummaryExtractor.Flatness()),
        _ => throw new ArgumentOutOfRangeException(nameof(spec), $"FrontEnd: unknown feature set {spec}."),
    };

    /// <summary>The columns of several extractors, one after the other.</summary>
    private sealed class CombinedExtractor(params FeatureExtractor[] parts) : FeatureExtractor
    {
        public override IReadOnlyList<string> Columns { get; } = [.. parts.SelectMany(p => p.Columns)];

        public override int MinimumSamples { get; } = parts.Select(p => p.MinimumSamples).DefaultIfEmpty(1).Max();

        public override double[] Extract(SampleSource samples, string name)
        {
            var row = new List<double>(Columns.Count);
            foreach (var part in parts) row.AddRange(part.Extract(samples, name));
            return [.. row];
        }
    }
}
