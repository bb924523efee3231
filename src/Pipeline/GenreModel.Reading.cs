using Engine.Classifiers;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline;

// Recordings from streams, window by window, and with cancellation.
public sealed partial class GenreModel
{
    private const string Nameless = "stream";

    /// <summary>Labels a recording, unless it is cancelled.</summary>
    /// <param name="path">An audio file, as in <see cref="Predict(string, FeatureCache?)"/>.</param>
    /// <param name="cache">Keeps features between calls; null: none are kept.</param>
    /// <param name="cancellation">Stops after the current block of the recording.</param>
    /// <exception cref="EngineException">The file cannot be read as audio, or its audio cannot be used.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public GenrePrediction Predict(string path, FeatureCache? cache, CancellationToken cancellation)
    {
        using var use = _pipeline.Use();
        var mean = new double[Labels.Count];
        ExtractFile(use.Value, path, cache, WorkOptions.DefaultMaxHours, mean, cancellation);
        return Rank(mean);
    }

    /// <summary>Labels a recording of any format that a file may have, from its bytes.</summary>
    /// <param name="stream">
    /// Its bytes, to the stream's end. A stream that can seek is read from its first byte. It stays open.
    /// </param>
    /// <param name="name">The recording's name in errors.</param>
    /// <param name="cache">Keeps features between calls, if the stream can seek; null: none are kept.</param>
    /// <param name="cancellation">Stops after the current block of the recording.</param>
    /// <exception cref="EngineException">The stream cannot be read as audio, or its audio cannot be used.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public GenrePrediction Predict(
        Stream stream, string name = Nameless, FeatureCache? cache = null, CancellationToken cancellation = default)
    {
        RequireReadable(stream, name);
        using var use = _pipeline.Use();
        if (use.Value is ModelEnsemble ensemble) return OfStream(ensemble, stream, name, cache, cancellation);
        var mean = new double[Labels.Count];
        _frontEnd.ExtractStream(stream, name, cache, WorkOptions.DefaultMaxHours, Adder(use.Value, mean), cancellation);
        return Rank(mean);
    }

    /// <summary>
    /// Labels each window of a recording: those of <see cref="Timeline(string, double?, double?, FeatureCache?)"/>.
    /// </summary>
    /// <param name="path">An audio file, as in <see cref="Predict(string, FeatureCache?)"/>.</param>
    /// <param name="hop">Seconds from the start of one window to that of the next, as for the timeline.</param>
    /// <param name="window">The length of a window in seconds, as for the timeline.</param>
    /// <param name="cache">Keeps features between calls; null: none are kept.</param>
    /// <param name="cancellation">Stops after the current block of the recording.</param>
    /// <returns>The windows in order of time. A remainder shorter than a window belongs to none.</returns>
    /// <exception cref="EngineException">As for the timeline.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public IReadOnlyList<WindowPrediction> PredictWindows(
        string path, double? hop = null, double? window = null, FeatureCache? cache = null,
        CancellationToken cancellation = default) => Of(TimelineOf(path, hop, window, cache, cancellation));

    /// <summary>Labels each window of a recording, from its bytes.</summary>
    /// <param name="stream">Its bytes, as in <see cref="Predict(Stream, string, FeatureCache?, CancellationToken)"/>.</param>
    /// <param name="name">The recording's name in errors.</param>
    /// <param name="hop">As in the other overload.</param>
    /// <param name="window">As in the other overload.</param>
    /// <param name="cancellation">Stops after the current block of the recording.</param>
    /// <returns>The windows in order of time. A remainder shorter than a window belongs to none.</returns>
    /// <exception cref="EngineException">As in the other overload.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public IReadOnlyList<WindowPrediction> PredictWindows(
        Stream stream, string name = Nameless, double? hop = null, double? window = null,
        CancellationToken cancellation = default) => Of(Timeline(stream, name, hop, window, cancellation));

    /// <summary>Labels each window of mono samples of any rate.</summary>
    /// <param name="samples">Mono samples in [-1, 1].</param>
    /// <param name="sampleRate">Their rate in Hz; they are resampled to the recipe's.</param>
    /// <param name="hop">As in the other overloads.</param>
    /// <param name="window">As in the other overloads.</param>
    /// <returns>The windows in order of time. A remainder shorter than a window belongs to none.</returns>
    /// <exception cref="EngineException">
    /// The rate is out of range, a sample is not finite, or as in the other overloads.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public IReadOnlyList<WindowPrediction> PredictWindows(
        ReadOnlySpan<float> samples, int sampleRate, double? hop = null, double? window = null) =>
        Of(Timeline(samples, sampleRate, hop, window));

    /// <summary>The genre of a recording along time, from its bytes.</summary>
    /// <param name="stream">Its bytes, as in <see cref="Predict(Stream, string, FeatureCache?, CancellationToken)"/>.</param>
    /// <param name="name">The recording's name in errors.</param>
    /// <param name="hop">As in the other overloads.</param>
    /// <param name="window">As in the other overloads.</param>
    /// <param name="cancellation">Stops after the current block of the recording.</param>
    /// <exception cref="EngineException">The stream cannot be read as audio, or as in the other overloads.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public GenreTimeline Timeline(
        Stream stream, string name = Nameless, double? hop = null, double? window = null,
        CancellationToken cancellation = default)
    {
        RequireReadable(stream, name);
        using var use = _pipeline.Use();
        var frontEnd = Windows(hop, window);
        var timeline = new TimelineBuilder(this, use.Value, frontEnd);
        frontEnd.ExtractStream(stream, name, null, WorkOptions.DefaultMaxHours, timeline.Sink, cancellation);
        return timeline.Build();
    }

    private GenreTimeline TimelineOf(
        string path, double? hop, double? window, FeatureCache? cache, CancellationToken cancellation)
    {
        using var use = _pipeline.Use();
        return Along(use.Value, Windows(hop, window), path, cache, WorkOptions.DefaultMaxHours, cancellation).Timeline;
    }

    private IReadOnlyList<WindowPrediction> Of(GenreTimeline timeline) =>
        [.. timeline.Windows.Select(w => new WindowPrediction(w.Start, w.End, Ranked(w.Probabilities)))];

    private static void RequireReadable(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!stream.CanRead) throw new ArgumentException($"{name}: the stream cannot be read.", nameof(stream));
    }
}
