using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>Gathers the windows of recordings as they are extracted, on several threads, within a memory budget.</summary>
internal sealed class WindowStoreBuilder(
    FrontEnd frontEnd, IReadOnlyList<string> paths, WorkOptions options, Func<int, AudioSignal?>? given = null)
{
    private readonly WindowSource?[] _sources = new WindowSource?[paths.Count];
    private long _free = options.WindowMemory ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;
    private int _dropped;

    /// <summary>
    /// Stores the windows of recording <paramref name="index"/> and returns <paramref name="file"/> without them.
    /// </summary>
    public ExtractedFile Keep(int index, ExtractedFile file)
    {
        StoredWindows[]? windows = [.. file.Features.Windows.Select(w => new StoredWindows(w))];
        var bytes = windows.Sum(w => w.Bytes);
        if (Interlocked.Add(ref _free, -bytes) < 0)
        {
            Interlocked.Add(ref _free, bytes);
            Interlocked.Increment(ref _dropped);
            windows = null;
        }

        _sources[index] = new(paths[index], file.Hash, windows, given?.Invoke(index));
        return file with { Features = file.Features with { Windows = [] } };
    }

    /// <summary>The store, whose row i is the one at <paramref name="places"/>[i].</summary>
    public WindowStore Build(WindowPlace[] places)
    {
        if (_dropped > 0 && options.Cache is null)
        {
            options.Warn?.Invoke($"the windows of {_dropped} of {paths.Count} recordings do not fit in memory and there is "
                + "no feature cache; they are computed again each time they are read.");
        }

        return new(frontEnd, options.Cache, _sources, places);
    }
}
