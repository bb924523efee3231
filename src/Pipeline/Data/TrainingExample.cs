using Engine.Classifiers;
using Engine.Dsp.Audio;

namespace Engine.Pipeline.Data;

/// <summary>
/// What a model learns from: a recording's samples, a recording's file, or a row of features, with its genre.
/// </summary>
public sealed record TrainingExample
{
    private TrainingExample(string label) => Label = label;

    /// <summary>The genre.</summary>
    public string Label { get; }

    /// <summary>
    /// A name for errors and results. If it is like a file's, it also says which track the example is, as it would in a folder
    /// (<c>blues.00029.wav</c>). Null: the path of a file, else the example's number, from 0.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>
    /// The recording that it comes from: examples of one track never are on both sides of a split, unless it is leaky. Null: as
    /// its name says; without a name, each example is a track of its own.
    /// </summary>
    public string? Track { get; init; }

    /// <summary>
    /// Its artists, several separated by <c>;</c>: with the split <c>artists</c>, nobody is on both sides. Null: unknown.
    /// </summary>
    public string? Artist { get; init; }

    /// <summary>Its samples; null if it is not given by samples.</summary>
    public AudioSignal? Samples { get; private init; }

    /// <summary>Its file; null if it is not given by a file.</summary>
    public string? Path { get; private init; }

    /// <summary>Its features; null if it is not given by features.</summary>
    public IReadOnlyList<double>? Features { get; private init; }

    /// <summary>A recording by its samples, which are not copied: leave them as they are until the training has ended.</summary>
    /// <param name="samples">Mono samples in [-1, 1].</param>
    /// <param name="sampleRate">Their rate in Hz; they are resampled to the recipe's.</param>
    /// <param name="label">The genre.</param>
    /// <exception cref="EngineException">The label is empty, or the rate below 1.</exception>
    public static TrainingExample OfSamples(float[] samples, int sampleRate, string label)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (sampleRate < 1)
            throw new EngineException($"TrainingExample: the sample rate is {sampleRate} Hz; it must be above 0.");
        return new(Genre(label)) { Samples = new(samples, sampleRate) };
    }

    /// <summary>A recording by its file.</summary>
    /// <param name="path">An audio file.</param>
    /// <param name="label">The genre.</param>
    /// <exception cref="EngineException">The label is empty.</exception>
    public static TrainingExample OfFile(string path, string label)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new(Genre(label)) { Path = path };
    }

    /// <summary>A row of features, for a recipe whose front end gives plain columns.</summary>
    /// <param name="features">One value for each of the front end's columns, in their order.</param>
    /// <param name="label">The genre.</param>
    /// <exception cref="EngineException">The label is empty.</exception>
    public static TrainingExample OfFeatures(IReadOnlyList<double> features, string label)
    {
        ArgumentNullException.ThrowIfNull(features);
        return new(Genre(label)) { Features = features };
    }

    /// <summary>Its name and genre.</summary>
    public override string ToString() => $"{Name ?? Path ?? (Samples is null ? "features" : "samples")}: {Label}";

    private static string Genre(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        var genre = GenreFolders.Label(label);
        return genre.Length > 0 ? genre : throw new EngineException("TrainingExample: the label is empty; name the genre.");
    }
}
