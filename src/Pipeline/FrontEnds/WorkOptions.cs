using Engine.Dsp.Audio;
using Engine.Tensors;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.FrontEnds;

/// <summary>What to do with an unusable recording.</summary>
public enum OnError
{
    /// <summary>Stop with its error.</summary>
    Fail,

    /// <summary>Leave it out, and list it with the reason.</summary>
    Skip,
}

/// <summary>The progress of a long operation.</summary>
/// <param name="Done">Recordings finished.</param>
/// <param name="Total">Recordings in total.</param>
/// <param name="Item">The recording just finished.</param>
public readonly record struct PipelineProgress(int Done, int Total, string Item);

/// <summary>How work on recordings is done: limits, threads, cache, progress. Nothing here changes the result.</summary>
public sealed record WorkOptions
{
    /// <summary>The longest recording read by default.</summary>
    public const double DefaultMaxHours = AudioFile.DefaultLongest / 3600;

    /// <summary>Longer recordings are refused: a file of a few hundred kilobytes can hold days.</summary>
    public double MaxHours { get; init; } = DefaultMaxHours;

    /// <summary>
    /// Recordings processed at once; 0: one per processor. Memory grows with this, not with the number of recordings.
    /// </summary>
    public int Threads { get; init; }

    /// <summary>Stores features between runs; null: none.</summary>
    public FeatureCache? Cache { get; init; }

    /// <summary>What to do with an unusable recording.</summary>
    public OnError OnError { get; init; }

    /// <summary>
    /// Bytes of windows kept in memory between epochs; windows beyond that are read from the cache again or, without one,
    /// recomputed. Null: a quarter of the memory available to the runtime. As much again may be kept of what the frozen layers of
    /// a network give; more of that is kept in a temporary file.
    /// </summary>
    public long? WindowMemory { get; init; }

    /// <summary>
    /// Recipes that need more bytes than this are refused: front end tables, classifier state, a network's weights and
    /// activations. Null: half of the memory available to the runtime.
    /// </summary>
    public long? MemoryLimit { get; init; }

    /// <summary>The processes that share the work, each of which makes the same call; alone unless set.</summary>
    public Communicator Ranks { get; init; } = Communicator.Alone;

    /// <summary>Receives progress after each recording, from any thread.</summary>
    public IProgress<PipelineProgress>? Progress { get; init; }

    /// <summary>Receives one-line warnings for the user.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Stops the work after the current recordings.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Applies <see cref="Threads"/>, if set, to the processor's tensor operations.</summary>
    internal void UseThreads()
    {
        if (Threads > 0) Device.CpuThreads = Threads;
    }
}
