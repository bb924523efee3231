using Engine.Classifiers;
using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>The location of a row's windows: the recording, and the row within it.</summary>
internal readonly record struct WindowPlace(int Recording, int Row);

/// <summary>A recording whose windows can be read again.</summary>
/// <param name="Path">The file.</param>
/// <param name="Hash">SHA-256 of its bytes when its windows were first computed.</param>
/// <param name="Kept">Its windows, one array per input, if they fit in memory.</param>
/// <param name="Samples">Its samples, if it is not a file.</param>
internal sealed record WindowSource(string Path, byte[] Hash, StoredWindows[]? Kept, AudioSignal? Samples = null);

/// <summary>
/// The windows of all rows of a data set. Recordings beyond the memory budget are read from the cache again when one of their
/// rows is needed, or recomputed without a cache; the bits are the same. Thread-safe.
/// </summary>
internal sealed class WindowStore
{
    private readonly FrontEnd _frontEnd;
    private readonly FeatureCache? _cache;
    private readonly IReadOnlyList<WindowSource?> _sources;
    private readonly WindowPlace[] _places;
    private Recent? _recent;

    /// <summary>Used by <see cref="WindowStoreBuilder"/>; the recording of every place must have a source.</summary>
    public WindowStore(FrontEnd frontEnd, FeatureCache? cache, IReadOnlyList<WindowSource?> sources, WindowPlace[] places) =>
        (_frontEnd, _cache, _sources, _places) = (frontEnd, cache, sources, places);

    /// <summary>The number of rows.</summary>
    public int Rows => _places.Length;

    /// <summary>The sizes of one row's tensor, per input.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Sizes => _frontEnd.WindowSizes;

    /// <summary>Writes the tensor of one row and input, row-major.</summary>
    /// <exception cref="EngineException">The recording has to be read again, and has changed or is no longer usable.</exception>
    /// <exception cref="ArgumentException">The destination's length is not the product of the sizes.</exception>
    public void Read(int row, int input, Span<float> destination)
    {
        var length = Sizes[input].Aggregate((product, size) => product * size);
        if (destination.Length != length)
            throw new ArgumentException(
                $"WindowStore: a window [{string.Join(", ", Sizes[input])}] has {length} values, but the destination "
                    + $"{destination.Length}.");
        var (recording, part) = _places[row];
        var source = _sources[recording]!;
        if (source.Kept is { } kept) kept[input].Read(part, destination);
        else Again(recording, source)[input].Row(part).CopyTo(destination);
    }

    // The last recording is remembered, because rows read in order, as in testing, need it once per input and window.
    private IReadOnlyList<WindowArray> Again(int recording, WindowSource source)
    {
        if (Volatile.Read(ref _recent) is { } recent && recent.Recording == recording) return recent.Windows;
        var features = source.Samples is { } samples
            ? _frontEnd.Extract(samples.Samples, samples.SampleRate, source.Path)
            : _frontEnd.ExtractAgain(source.Path, source.Hash, _cache);
        var windows = features.Windows;
        Volatile.Write(ref _recent, new(recording, windows));
        return windows;
    }

    private sealed record Recent(int Recording, IReadOnlyList<WindowArray> Windows);
}
