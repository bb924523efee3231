using Engine.Classifiers;
using Engine.Dsp.Audio;
using Engine.Pipeline.Data.Files;

namespace Engine.Pipeline.FrontEnds;

/// <summary>A recording that was left out.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">The error message.</param>
public sealed record SkippedFile(string Path, string Reason);

/// <summary>The features of one recording and the SHA-256 of its file.</summary>
/// <param name="Features">Its feature rows.</param>
/// <param name="Hash">SHA-256 of the file's bytes, 32 bytes.</param>
public sealed record ExtractedFile(FeatureRows Features, byte[] Hash)
{
    /// <summary>What is missing or damaged in the recording, as a sentence without its name; null if nothing is.</summary>
    public string? Damage { get; init; }

    /// <summary>The profile of the recording's sound.</summary>
    public SoundProfile? Sound { get; init; }

    /// <summary>The features in words, and the damage.</summary>
    public override string ToString() => Damage is null ? $"{Features}" : $"{Features}; {Damage}";
}

/// <summary>The features of many recordings, in the order requested.</summary>
/// <param name="Files">One entry per recording requested; null if it was skipped.</param>
/// <param name="Skipped">The recordings left out, in the same order.</param>
public sealed record ExtractionResult(IReadOnlyList<ExtractedFile?> Files, IReadOnlyList<SkippedFile> Skipped)
{
    /// <summary>Such as <c>100 recordings, 2 of them skipped</c>.</summary>
    public override string ToString() => $"{Files.Count} recordings, {Skipped.Count} of them skipped";
}

/// <summary>Runs a front end over many recordings, several at once; the result does not depend on how many.</summary>
public static class FeatureExtraction
{
    /// <summary>How many damaged recordings get their own warning.</summary>
    private const int NamedDamage = 20;

    /// <summary>Extracts the features of every file.</summary>
    /// <remarks>
    /// Any failure caused by one recording is that recording's error. Damaged but usable recordings are reported to
    /// <see cref="WorkOptions.Warn"/> in list order; after twenty, only their count is reported.
    /// </remarks>
    /// <exception cref="EngineException">
    /// A recording is unusable and the policy is to fail; the error is that of the first such recording in the list.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static ExtractionResult Run(FrontEnd frontEnd, IReadOnlyList<string> paths, WorkOptions options) =>
        Run(frontEnd, paths, options, (_, file) => file);

    /// <summary>
    /// As the other overload, but passes each recording's index and features, from any thread, to <paramref name="settle"/>,
    /// which returns what to keep, so that the windows of many recordings need not be in memory together.
    /// </summary>
    internal static ExtractionResult Run(
        FrontEnd frontEnd, IReadOnlyList<string> paths, WorkOptions options,
        Func<int, ExtractedFile, ExtractedFile> settle) =>
        Run(frontEnd, paths, options, index => frontEnd.ExtractFile(paths[index], options.Cache, options.MaxHours), settle);

    /// <summary>As the others, with each recording's features computed by <paramref name="extract"/>.</summary>
    internal static ExtractionResult Run(
        FrontEnd frontEnd,
        IReadOnlyList<string> paths,
        WorkOptions options,
        Func<int, ExtractedFile> extract,
        Func<int, ExtractedFile, ExtractedFile>? settle = null)
    {
        ArgumentNullException.ThrowIfNull(frontEnd);
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(options);
        var results = new ExtractedFile?[paths.Count];
        var errors = new EngineException?[paths.Count];
        var (damages, faults) = (new string?[paths.Count], new Exception?[paths.Count]);
        var done = 0;
        ForEach(paths.Count, options.Threads, index =>
        {
            (results[index], errors[index], faults[index]) =
                Attempt(paths[index], () => extract(index), file =>
                {
                    damages[index] = file.Damage;
                    return settle is null ? file : settle(index, file);
                });
            options.Progress?.Report(new(Interlocked.Increment(ref done), paths.Count, paths[index]));
            return errors[index] is null || options.OnError == OnError.Skip;
        }, options.Cancellation);
        WarnOfDamage(paths, damages, options.Warn);
        if (options.OnError == OnError.Fail && Array.FindIndex(errors, e => e is not null) is >= 0 and var failed)
        {
            throw Failure(errors[failed]!, faults[failed]);
        }

        var skipped = new List<SkippedFile>();
        for (var i = 0; i < errors.Length; i++)
        {
            if (errors[i] is { } error) skipped.Add(new(paths[i], error.Message));
        }

        return new(results, skipped);
    }

    /// <summary>Extracts one recording and settles it; any failure that the recording caused is returned.</summary>
    /// <returns>What was settled, or the error and, if it is a bug that the content triggers, the bug.</returns>
    internal static (ExtractedFile? File, EngineException? Error, Exception? Fault) Attempt(
        string path, Func<ExtractedFile> extract, Func<ExtractedFile, ExtractedFile> settle)
    {
        var file = (ExtractedFile?)null;
        try
        {
            FileNames.Require(path);
            file = extract();
            return (settle(file), null, null);
        }
        catch (EngineException e)
        {
            return (null, e, null);
        }
        catch (OutOfMemoryException e)
        {
            return (null, NoMemory(path, e), null);
        }
        catch (Exception e) when (file is null && e is not (OperationCanceledException or ObjectDisposedException))
        {
            // A bug triggered by a file's content is that file's error, so the file may be skipped, but it is reported as a
            // fault.
            return (null, new($"{path}: {e.Message} ({e.GetType().Name}, a fault in engine that this file triggers)", e), e);
        }
    }

    /// <summary>The exception to end the work with, given what <see cref="Attempt"/> returned.</summary>
    internal static Exception Failure(EngineException error, Exception? fault) => fault is not null
        ? new InvalidOperationException(error.Message, fault)
        : new EngineException(error.Message, error.InnerException as OutOfMemoryException ?? (Exception)error);

    /// <summary>The error for a recording that needs more memory than available.</summary>
    public static EngineException NoMemory(string path, OutOfMemoryException e) => new(
        $"{path}: there is not enough memory to read it. Cut it, use fewer --threads, or give the process more memory.", e);

    private static void WarnOfDamage(IReadOnlyList<string> paths, string?[] damages, Action<string>? warn)
    {
        if (warn is null) return;
        var damaged = Enumerable.Range(0, damages.Length).Where(i => damages[i] is not null).ToArray();
        foreach (var i in damaged.Take(NamedDamage)) warn($"{paths[i]}: {damages[i]}");
        if (damaged.Length > NamedDamage) warn($"{damaged.Length - NamedDamage} more recordings are damaged.");
    }

    /// <summary>
    /// Runs <paramref name="work"/> for 0 … <paramref name="count"/> - 1, several at once, until it returns false. Indices are
    /// handed out in order, and if work(i) returns false everything before i still finishes, so the first error does not depend
    /// on the number of threads.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal static void ForEach(int count, int threads, Func<int, bool> work, CancellationToken cancellation)
    {
        if (threads < 0) throw new EngineException($"threads is {threads}; it must be at least 1, or 0 for one per processor.");
        var (next, stop) = (-1, false);
        var workers = Math.Min(threads == 0 ? Environment.ProcessorCount : threads, count);
        // This thread is one of them: short lists need no other, and keep what it has pooled.
        var others = Enumerable.Range(1, Math.Max(workers - 1, 0))
            .Select(_ => Task.Factory.StartNew(Worker, CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default)).ToArray();
        try
        {
            if (workers > 0) Worker();
        }
        finally
        {
            Task.WhenAll(others).GetAwaiter().GetResult();
        }

        cancellation.ThrowIfCancellationRequested();

        void Worker()
        {
            while (!Volatile.Read(ref stop) && !cancellation.IsCancellationRequested)
            {
                var index = Interlocked.Increment(ref next);
                if (index >= count) return;
                if (!work(index)) Volatile.Write(ref stop, true);
            }
        }
    }
}
