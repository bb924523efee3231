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

    /// <summary>The columns of several, one after the other.</summary>
    public static FeatureExtractor Join(params FeatureExtractor[] parts) =>
        parts is [var only] ? only : new JoinedExtractor(parts);

    private sealed class JoinedExtractor(params FeatureExtractor[] parts) : FeatureExtractor
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
