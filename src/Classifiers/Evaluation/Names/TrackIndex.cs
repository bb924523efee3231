namespace Engine.Classifiers.Evaluation.Names;

/// <summary>
/// Finds tracks by their names in a list: by genre and number; otherwise by path, where either side may have extra leading
/// folders; otherwise ignoring the extension; otherwise ignoring case; otherwise as a window of the track. An ambiguous name
/// matches nothing.
/// </summary>
internal sealed class TrackIndex
{
    private readonly Dictionary<TrackId, Unit> _tracks;
    private readonly Paths[] _paths;

    /// <summary>An index of a data set's tracks.</summary>
    public TrackIndex(IReadOnlyList<Unit> tracks)
    {
        _tracks = tracks.ToDictionary(t => t.Track);
        _paths =
        [
            new(tracks, StringComparer.Ordinal, withExtension: true),
            new(tracks, StringComparer.Ordinal, withExtension: false),
            new(tracks, StringComparer.OrdinalIgnoreCase, withExtension: true),
            new(tracks, StringComparer.OrdinalIgnoreCase, withExtension: false),
        ];
    }

    /// <summary>How many entries matched several tracks.</summary>
    public int Ambiguous { get; private set; }

    /// <summary>The first of them.</summary>
    public string? AmbiguousEntry { get; private set; }

    /// <summary>The track that an entry names; null if none or several match.</summary>
    public Unit? Find(string entry)
    {
        if (TrackId.TryParseName(entry, out var id, out _) && _tracks.TryGetValue(id, out var named)) return named;
        var path = TrackId.OfPath(entry).Value;
        var found = Lookup(path) ?? (NumberedNames.TryWindow(path, out var whole, out _) ? Lookup(whole) : null);
        if (found is not { Unit: null }) return found?.Unit;
        Ambiguous++;
        AmbiguousEntry ??= entry;
        return null;
    }

    private Found? Lookup(string path) => _paths.Select(p => p.Find(path)).FirstOrDefault(f => f is not null);

    /// <summary>A track, or null if there are several.</summary>
    private sealed record Found(Unit? Unit);

    private sealed class Paths
    {
        private static readonly Found s_several = new((Unit?)null);

        private readonly Dictionary<string, Found> _whole;
        private readonly Dictionary<string, Found> _ends;
        private readonly bool _withExtension;
        private readonly int _longest;

        public Paths(IReadOnlyList<Unit> tracks, StringComparer comparer, bool withExtension)
        {
            _withExtension = withExtension;
            (_whole, _ends) = (new(tracks.Count, comparer), new(tracks.Count, comparer));
            foreach (var track in tracks)
            {
                var path = Form(track.Track.Value);
                Add(_whole, path, track);
                _longest = Math.Max(_longest, path.Length);
                for (var at = path.IndexOf('/'); at >= 0; at = path.IndexOf('/', at + 1)) Add(_ends, path[(at + 1)..], track);
            }
        }

        public Found? Find(string entry)
        {
            var path = Form(entry);
            if (_whole.TryGetValue(path, out var found)) return found;
            // Suffixes longer than any track's path cannot match; skipping them bounds the work for hostile lists.
            var whole = _whole.GetAlternateLookup<ReadOnlySpan<char>>();
            for (var at = path.IndexOf('/', Math.Max(0, path.Length - 1 - _longest)); at >= 0; at = path.IndexOf('/', at + 1))
            {
                if (whole.TryGetValue(path.AsSpan(at + 1), out found)) return found;
            }

            return _ends.GetValueOrDefault(path);
        }

        private string Form(string path) => _withExtension ? path : NumberedNames.WithoutExtension(path);

        private static void Add(Dictionary<string, Found> map, string key, Unit track)
        {
            if (!map.TryAdd(key, new(track))) map[key] = s_several;
        }
    }
}
