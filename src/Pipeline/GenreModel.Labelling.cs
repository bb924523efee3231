using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Engine.Classifiers;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Json;
using Engine.Pipeline.Recipes;

namespace Engine.Pipeline;

// Many recordings, one after the other.
public sealed partial class GenreModel
{
    // How many damaged recordings get their own warning.
    private const int NamedDamage = 20;

    // Finished songs that wait for a slower one before them; a timeline of hours takes megabytes.
    private const int PredictionsAhead = 256, TimelinesAhead = 16;

    /// <summary>
    /// The band in Hz that all but the narrowest twentieth of the recordings fill that the model was trained on; null if the
    /// model does not tell: it was trained on a table, or by an earlier version.
    /// </summary>
    public double? TrainedBandwidth => Trained.Bandwidth;

    /// <summary>What it remembers of the recordings it was trained on.</summary>
    internal TrainedSounds Trained { get; init; } = TrainedSounds.Unknown;

    /// <summary>
    /// Labels any number of recordings, several at once, and passes each on as soon as it and all before it are done: in the
    /// order of the paths, whatever the number of threads. Memory does not grow with the number of recordings.
    /// </summary>
    /// <param name="paths">The recordings.</param>
    /// <param name="options">
    /// How the work is done. With <see cref="OnError.Skip"/>, a recording that cannot be used is passed on with its error; with
    /// <see cref="OnError.Fail"/>, it ends the work after those before it were passed on.
    /// </param>
    /// <param name="take">Receives them, never two at once, on any thread. An exception that it throws ends the work.</param>
    /// <param name="timeline">Gives timelines instead of predictions; null: predictions.</param>
    /// <remarks>
    /// With <see cref="WorkOptions.Ranks"/>, every rank makes the same call. The recordings are shared out, each read by one
    /// rank; the first rank takes all songs, and the others take none.
    /// </remarks>
    /// <exception cref="EngineException">
    /// A recording cannot be used and the policy is to fail, or the windows of timelines cannot be cut.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled, after those in work were passed on.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public void Label(
        IReadOnlyList<string> paths, WorkOptions options, Action<LabelledSong> take, TimelineOptions? timeline = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(take);
        var damaged = 0;
        if (options.Ranks.Size == 1) LabelHere(paths, options, Take, timeline);
        else LabelOnRanks(paths, options, Take, timeline);
        if (damaged > NamedDamage) options.Warn?.Invoke($"{damaged - NamedDamage} more recordings are damaged.");

        void Take(Outcome outcome)
        {
            if (outcome.Error is { } error && options.OnError == OnError.Fail)
                throw FeatureExtraction.Failure(error, outcome.Fault);
            if (outcome.Damage is { } damage && ++damaged <= NamedDamage)
                options.Warn?.Invoke($"{outcome.Song.Path}: {damage}");
            take(outcome.Song);
        }
    }

    private void LabelHere(
        IReadOnlyList<string> paths, WorkOptions options, Action<Outcome> take, TimelineOptions? timeline)
    {
        using var use = _pipeline.Use();
        var (pipeline, frontEnd) = (use.Value, timeline is null ? _frontEnd : Windows(timeline.Hop, timeline.Window));
        options.UseThreads();
        var done = 0;
        var order = new InOrder<Outcome>(take, timeline is null ? PredictionsAhead : TimelinesAhead);
        FeatureExtraction.ForEach(paths.Count, options.Threads, index =>
        {
            if (!order.Await(index)) return false;
            try
            {
                var outcome = LabelOne(pipeline, frontEnd, paths[index], options, timeline is not null);
                order.Give(index, outcome);
                options.Progress?.Report(new(Interlocked.Increment(ref done), paths.Count, paths[index]));
                return outcome.Error is null || options.OnError == OnError.Skip;
            }
            catch (Exception e)
            {
                // Otherwise the threads that are ahead would wait for this song forever.
                order.Fail(e);
                return false;
            }
        }, options.Cancellation);
        order.ThrowIfFailed();
    }

    /// <summary>
    /// What tells this model's labels from those of another, as hexadecimal digits: the same for two copies of a model.
    /// </summary>
    internal string Identity()
    {
        var values = _recordedHash ?? ToFile().ComputePayloadHash();
        var text = $"{JsonSerializer.Serialize(Recipe, RecipeJson.Compact.Of<Recipe>())}\n{Names(Labels)}\n{values}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private List<LabelledSong> Labelled(IReadOnlyList<string> paths, WorkOptions options, TimelineOptions? timeline)
    {
        var songs = new List<LabelledSong>(paths.Count);
        Label(paths, options, songs.Add, timeline);
        return songs;
    }

    private static SkippedFile[] Skipped(List<LabelledSong> songs) =>
        [.. songs.Where(s => s.Error is not null).Select(s => new SkippedFile(s.Path, s.Error!))];

    private Outcome LabelOne(
        FittedPipeline pipeline, FrontEnd frontEnd, string path, WorkOptions options, bool isAlong,
        CancellationToken cancellation = default)
    {
        var song = new LabelledSong(path);
        var (file, error, fault) = FeatureExtraction.Attempt(path, () =>
        {
            if (isAlong)
            {
                var (timeline, along) = Along(pipeline, frontEnd, path, options.Cache, options.MaxHours, cancellation);
                song = song with { Timeline = timeline };
                return along;
            }

            var mean = new double[Labels.Count];
            var whole = ExtractFile(pipeline, path, options.Cache, options.MaxHours, mean, cancellation);
            song = song with { Prediction = Rank(mean) };
            return whole;
        }, file => file);
        if (file is null) return new(new(path) { Error = error!.Message }, null, error, fault);
        song = song with
        {
            IsTrainedOn = Trained.Contains(file.Sound),
            Bandwidth = file.Sound?.Bandwidth,
            LacksBand = Trained.IsMissingBand(file.Sound, Recipe.FrontEnd.HighestRate / 2.0),
        };
        return new(song, file.Damage, null, null);
    }

    private sealed partial record Outcome(LabelledSong Song, string? Damage, EngineException? Error, Exception? Fault);
}
