using System.Globalization;
using Engine.Classifiers;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline;

// The genre along time.
public sealed partial class GenreModel
{
    /// <summary>
    /// The length in seconds of a timeline's windows: those that the recipe cuts or, if it takes whole recordings, the median
    /// length of the recordings that the model was trained on. Null if the model does not tell: it is from an earlier version, or
    /// was trained on a table without lengths.
    /// </summary>
    public double? WindowSeconds => (_frontEnd.Spec.SegmentSamples ?? _recordingSamples) / (double)Recipe.FrontEnd.SampleRate;

    /// <summary>The genre of a recording along time.</summary>
    /// <param name="path">An audio file, as for <see cref="Predict(string, FeatureCache?)"/>.</param>
    /// <param name="hop">
    /// Seconds from the start of one window to that of the next; null: the recipe's or, if it takes whole recordings, the
    /// window's length, so that windows touch.
    /// </param>
    /// <param name="window">
    /// The length of a window in seconds, only for recipes that take whole recordings; null: <see cref="WindowSeconds"/>. They
    /// take a shorter recording whole.
    /// </param>
    /// <param name="cache">Keeps features between calls; null: none are kept.</param>
    /// <exception cref="EngineException">
    /// The file cannot be read as audio, its audio cannot be used or is shorter than a window of the recipe, or the windows
    /// cannot be cut: they are too short, too many, or of unknown length.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public GenreTimeline Timeline(string path, double? hop = null, double? window = null, FeatureCache? cache = null) =>
        TimelineOf(path, hop, window, cache, CancellationToken.None);

    /// <summary>The genre of mono samples of any rate along time.</summary>
    /// <param name="samples">Mono samples in [-1, 1].</param>
    /// <param name="sampleRate">Their rate in Hz; they are resampled to the recipe's.</param>
    /// <param name="hop">As in the other overload.</param>
    /// <param name="window">As in the other overload.</param>
    /// <exception cref="EngineException">
    /// The rate is out of range, a sample is not finite, or as in the other overload.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public GenreTimeline Timeline(ReadOnlySpan<float> samples, int sampleRate, double? hop = null, double? window = null)
    {
        using var use = _pipeline.Use();
        var frontEnd = Windows(hop, window);
        var timeline = new TimelineBuilder(this, use.Value, frontEnd);
        foreach (var part in frontEnd.ExtractParts(samples, sampleRate, use.Value.Batch).Parts) timeline.Add(part);
        return timeline.Build();
    }

    /// <summary>The genres of many recordings along time, several at once; they are in the order of the paths.</summary>
    /// <param name="paths">The recordings.</param>
    /// <param name="options">How the work is done.</param>
    /// <param name="hop">As in the other overloads.</param>
    /// <param name="window">As in the other overloads.</param>
    /// <returns>One timeline per path, null where the recording was skipped; and the skipped ones.</returns>
    /// <exception cref="EngineException">
    /// A recording cannot be used and the policy is to fail, or the windows cannot be cut.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public (IReadOnlyList<GenreTimeline?> Timelines, IReadOnlyList<SkippedFile> Skipped) Timeline(
        IReadOnlyList<string> paths, WorkOptions options, double? hop = null, double? window = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var songs = Labelled(paths, options, new(hop, window));
        return ([.. songs.Select(s => s.Timeline)], Skipped(songs));
    }

    private (GenreTimeline Timeline, ExtractedFile File) Along(
        FittedPipeline pipeline, FrontEnd frontEnd, string path, FeatureCache? cache, double maxHours,
        CancellationToken cancellation)
    {
        var timeline = new TimelineBuilder(this, pipeline, frontEnd);
        var file = frontEnd.ExtractFile(path, cache, maxHours, timeline.Sink, cancellation);
        return (timeline.Build(), file);
    }

    /// <summary>The probabilities of a window's scores; without calibration, the scores.</summary>
    internal double[] OfWindow(ReadOnlySpan<double> scores)
    {
        var probabilities = new double[scores.Length];
        if (_calibration is not null) _calibration.Rows.Apply(scores, probabilities);
        else scores.CopyTo(probabilities);
        return probabilities;
    }

    /// <summary>
    /// Passes the window of a file whose middle is nearest to a time to <paramref name="use"/>, with what made it.
    /// </summary>
    /// <exception cref="EngineException">The recording cannot be used, or as in <see cref="Windows"/>.</exception>
    internal T Explain<T>(
        string path, double? at, double? window, Func<FittedPipeline, FrontEnd, SongWindow, T> use)
    {
        using var lease = _pipeline.Use();
        var (pipeline, frontEnd) = (lease.Value, Windows(null, window));
        return frontEnd.ExtractAt(path, at, found => use(pipeline, frontEnd, found));
    }

    /// <summary>The same of samples.</summary>
    /// <exception cref="EngineException">As in the other overload.</exception>
    internal T Explain<T>(
        ReadOnlySpan<float> samples, int sampleRate, double? at, double? window,
        Func<FittedPipeline, FrontEnd, SongWindow, T> use)
    {
        using var lease = _pipeline.Use();
        var frontEnd = Windows(null, window);
        return use(lease.Value, frontEnd, frontEnd.ExtractAt(samples, sampleRate, at));
    }

    // The front end that cuts a timeline's windows.
    private FrontEnd Windows(double? hop, double? window, string user = "timeline")
    {
        RequireOneFrontEnd(user);
        var spec = _frontEnd.Spec;
        if (spec.Segment is { } segment && window is not null)
        {
            throw new EngineException(string.Create(CultureInfo.InvariantCulture,
                $"recipe {Recipe.Name} was trained on windows of {segment} s; leave the window's length out."));
        }

        var length = window is { } seconds ? Samples(user, "window", seconds)
            : spec.SegmentSamples ?? _recordingSamples ?? throw new EngineException(
                $"recipe {Recipe.Name} takes whole recordings, and the model does not tell how long those were that it was " +
                "trained on; name the window's length in seconds (--window).");
        var step = hop is { } wanted ? Samples(user, "hop", wanted) : spec.HopSamples ?? length;
        return spec.SegmentSamples == length && spec.HopSamples == step ? _frontEnd : _frontEnd.Cut(length, step);
    }

    private int Samples(string user, string name, double seconds)
    {
        var samples = Math.Round(seconds * Recipe.FrontEnd.SampleRate);
        return seconds > 0 && samples is >= 1 and <= int.MaxValue ? (int)samples : throw new EngineException(
            string.Create(CultureInfo.InvariantCulture, $"the {user}'s {name} is {seconds} s; it must be above 0 and, at " +
                $"{Recipe.FrontEnd.SampleRate} Hz, from 1 to {int.MaxValue} samples."));
    }

    // Gathers the windows of one recording, part by part.
    private sealed class TimelineBuilder(GenreModel model, FittedPipeline pipeline, FrontEnd frontEnd)
    {
        private readonly List<TimelineWindow> _windows = [];
        private readonly double _rate = frontEnd.Spec.SampleRate;
        private long _hop;

        public RowSink Sink => new((rows, _) => Add(rows), pipeline.Batch);

        public void Add(FeatureRows rows)
        {
            if (_hop == 0) _hop = frontEnd.Spec.HopSamples ?? rows.Length;
            var scores = pipeline.PredictProbabilities(RowSet.Of(rows));
            for (var r = 0; r < scores.Rows; r++)
            {
                var probabilities = model.OfWindow(scores.Row(r));
                var start = _windows.Count * _hop;
                var label = model.Labels[Array.IndexOf(probabilities, probabilities.Max())];
                _windows.Add(new(start / _rate, (start + rows.Length) / _rate, label, probabilities));
            }
        }

        public GenreTimeline Build() =>
            new(model.Labels, _windows, TimelineSegmentation.Of(_windows, model.Labels, _hop / _rate))
            {
                IsCalibrated = model.IsCalibrated,
            };
    }
}
