using System.Runtime.CompilerServices;
using Engine.Classifiers;
using Engine.Dsp.Files;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline;

// Predictions that do not occupy the caller. Streams are read asynchronously; decoding, features and the classifier are work for
// a processor, which the thread pool does.
public sealed partial class GenreModel
{
    /// <summary>Labels a recording on the thread pool.</summary>
    /// <param name="path">An audio file, as in <see cref="Predict(string, FeatureCache?)"/>.</param>
    /// <param name="cache">Keeps features between calls; null: none are kept.</param>
    /// <param name="cancellation">Stops after the current block of the recording.</param>
    /// <exception cref="EngineException">The file cannot be read as audio, or its audio cannot be used.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public Task<GenrePrediction> PredictAsync(
        string path, FeatureCache? cache = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Task.Run(() => Predict(path, cache, cancellation), cancellation);
    }

    /// <summary>
    /// Labels a recording from its bytes: they are read asynchronously, 16 MB of them into memory and the rest into a temporary
    /// file, then decoded on the thread pool. Streams that allow no synchronous reading, such as the body of a web request, can
    /// be used.
    /// </summary>
    /// <param name="stream">Its bytes, as in <see cref="Predict(Stream, string, FeatureCache?, CancellationToken)"/>.</param>
    /// <param name="name">The recording's name in errors.</param>
    /// <param name="cancellation">Stops reading, or after the current block of the recording.</param>
    /// <exception cref="EngineException">The stream cannot be read as audio, or its audio cannot be used.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public Task<GenrePrediction> PredictAsync(Stream stream, string name = Nameless, CancellationToken cancellation = default) =>
        OfBytes(stream, name, bytes => Predict(bytes, name, null, cancellation), cancellation);

    /// <summary>
    /// Labels many recordings on the thread pool, several at once, and gives each as soon as it and those before it are done.
    /// Memory does not grow with their number.
    /// </summary>
    /// <param name="paths">The recordings; they are enumerated as they are needed.</param>
    /// <param name="options">
    /// How the work is done. Null: as many at once as there are processors, and a recording that cannot be used is given with
    /// its <see cref="FilePrediction.Problem"/> (<see cref="OnError.Skip"/>).
    /// </param>
    /// <param name="cancellation">Stops after the current block of each recording.</param>
    /// <exception cref="EngineException">A recording cannot be used and the policy is to fail.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public async IAsyncEnumerable<FilePrediction> PredictAsync(
        IEnumerable<string> paths, WorkOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        options ??= new() { OnError = OnError.Skip };
        if (options.Threads < 0)
            throw new EngineException($"threads is {options.Threads}; it must be at least 1, or 0 for one per processor.");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, options.Cancellation);
        var atOnce = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        using var next = paths.GetEnumerator();
        var running = new Queue<Task<Outcome>>();
        try
        {
            while (true)
            {
                while (running.Count < atOnce && next.MoveNext())
                {
                    var path = next.Current ?? throw new ArgumentException("PredictAsync: a path is null.", nameof(paths));
                    running.Enqueue(Task.Run(() => PredictOne(path, options, stop.Token), stop.Token));
                }

                if (running.Count == 0) yield break;
                var (song, damage, error, fault) = await running.Peek().ConfigureAwait(false);
                _ = running.Dequeue();
                if (error is not null && options.OnError == OnError.Fail) throw FeatureExtraction.Failure(error, fault);
                if (damage is not null) options.Warn?.Invoke($"{song.Path}: {damage}");
                yield return new(song.Path, song.Prediction, song.Error) { Damage = damage };
            }
        }
        finally
        {
            // The model may be disposed as soon as this has ended.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Labels each window of a recording on the thread pool.</summary>
    /// <param name="path">An audio file, as in <see cref="Predict(string, FeatureCache?)"/>.</param>
    /// <param name="hop">As in <see cref="Timeline(string, double?, double?, FeatureCache?)"/>.</param>
    /// <param name="window">As there.</param>
    /// <param name="cancellation">Stops after the current block of the recording.</param>
    /// <exception cref="EngineException">As there.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public Task<IReadOnlyList<WindowPrediction>> PredictWindowsAsync(
        string path, double? hop = null, double? window = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Task.Run(() => PredictWindows(path, hop, window, null, cancellation), cancellation);
    }

    /// <summary>
    /// Labels each window of a recording from its bytes, read as in
    /// <see cref="PredictAsync(Stream, string, CancellationToken)"/>.
    /// </summary>
    /// <param name="stream">Its bytes.</param>
    /// <param name="name">The recording's name in errors.</param>
    /// <param name="hop">As in <see cref="Timeline(string, double?, double?, FeatureCache?)"/>.</param>
    /// <param name="window">As there.</param>
    /// <param name="cancellation">Stops reading, or after the current block of the recording.</param>
    /// <exception cref="EngineException">The stream cannot be read as audio, or as there.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public Task<IReadOnlyList<WindowPrediction>> PredictWindowsAsync(
        Stream stream, string name = Nameless, double? hop = null, double? window = null,
        CancellationToken cancellation = default) =>
        OfBytes(stream, name, bytes => PredictWindows(bytes, name, hop, window, cancellation), cancellation);

    /// <summary>The genre of a recording along time, on the thread pool.</summary>
    /// <param name="path">An audio file, as in <see cref="Predict(string, FeatureCache?)"/>.</param>
    /// <param name="hop">As in <see cref="Timeline(string, double?, double?, FeatureCache?)"/>.</param>
    /// <param name="window">As there.</param>
    /// <param name="cancellation">Stops after the current block of the recording.</param>
    /// <exception cref="EngineException">As there.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public Task<GenreTimeline> TimelineAsync(
        string path, double? hop = null, double? window = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Task.Run(() => TimelineOf(path, hop, window, null, cancellation), cancellation);
    }

    /// <summary>
    /// The genre of a recording along time, from its bytes, read as in
    /// <see cref="PredictAsync(Stream, string, CancellationToken)"/>.
    /// </summary>
    /// <param name="stream">Its bytes.</param>
    /// <param name="name">The recording's name in errors.</param>
    /// <param name="hop">As in <see cref="Timeline(string, double?, double?, FeatureCache?)"/>.</param>
    /// <param name="window">As there.</param>
    /// <param name="cancellation">Stops reading, or after the current block of the recording.</param>
    /// <exception cref="EngineException">The stream cannot be read as audio, or as there.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public Task<GenreTimeline> TimelineAsync(
        Stream stream, string name = Nameless, double? hop = null, double? window = null,
        CancellationToken cancellation = default) =>
        OfBytes(stream, name, bytes => Timeline(bytes, name, hop, window, cancellation), cancellation);

    private static Task<T> OfBytes<T>(Stream stream, string name, Func<Stream, T> work, CancellationToken cancellation)
    {
        RequireReadable(stream, name);
        return Read();

        async Task<T> Read()
        {
            SpooledBytes bytes;
            try
            {
                bytes = await SpooledBytes.ReadAsync(stream, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new EngineException($"{name}: cannot be read: {e.Message}", e);
            }

            using (bytes) return await Task.Run(() => work(bytes.Stream), cancellation).ConfigureAwait(false);
        }
    }

    private Outcome PredictOne(string path, WorkOptions options, CancellationToken cancellation)
    {
        using var use = _pipeline.Use();
        return LabelOne(use.Value, _frontEnd, path, options, isAlong: false, cancellation);
    }
}
