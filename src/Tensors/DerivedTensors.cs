using System.ComponentModel;

namespace Engine.Tensors;

/// <summary>
/// What a network computes from its parameters alone, such as weights with a normalisation folded in: kept until one of the
/// parameters is written or replaced. Any number of threads may ask.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class DerivedTensors
{
    private readonly Lock _lock = new();
    private Entry? _entry;

    /// <summary>
    /// The tensors that <paramref name="compute"/> makes of the sources, from an earlier call if the sources are still the same.
    /// They belong to this object: the collector frees them some time after the sources have changed, as another thread may be
    /// reading them.
    /// </summary>
    /// <param name="sources">All that the result depends on.</param>
    /// <param name="compute">Makes new tensors.</param>
    public Tensor[] Get(ReadOnlySpan<Tensor> sources, Func<Tensor[]> compute)
    {
        ArgumentNullException.ThrowIfNull(compute);
        if (Volatile.Read(ref _entry) is { } known && known.IsOf(sources)) return known.Results;
        lock (_lock)
        {
            if (_entry is { } late && late.IsOf(sources)) return late.Results;

            // Before the values are read: if they change meanwhile, the next call sees it.
            var entry = new Entry(sources);
            entry.Results = [.. compute().Select(TensorScope.Release)];
            Volatile.Write(ref _entry, entry);
            return entry.Results;
        }
    }

    private sealed class Entry
    {
        private readonly Storage[] _storages;
        private readonly int[] _versions;

        public Entry(ReadOnlySpan<Tensor> sources)
        {
            (_storages, _versions) = (new Storage[sources.Length], new int[sources.Length]);
            for (var i = 0; i < sources.Length; i++)
            {
                _storages[i] = sources[i].Storage;
                _versions[i] = _storages[i].Version;
            }
        }

        public Tensor[] Results { get; set; } = [];

        public bool IsOf(ReadOnlySpan<Tensor> sources)
        {
            if (sources.Length != _storages.Length) return false;
            for (var i = 0; i < sources.Length; i++)
            {
                if (sources[i].Storage != _storages[i] || _storages[i].Version != _versions[i]) return false;
            }

            return true;
        }
    }
}
