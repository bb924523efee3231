using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Pipeline.Fitting.Calibrating;

/// <summary>
/// Chooses the training rows that a calibration holds out. They should be as unfamiliar to the rest as test rows are to the
/// training side, or the model would seem more confident than it should be: tracks stay whole, groups stay whole if the split has
/// them, and if its lists keep neighbouring names together (<see cref="NameRuns"/>) a genre is held out in thirds by name.
/// Listed validation tracks are a part of their own: they are what the list's author held out.
/// </summary>
internal static class HeldOutParts
{
    /// <summary>The fewest tracks a calibration is fitted to.</summary>
    public const int FewestTracks = 20;

    private const int Parts = 5, Thirds = 3;

    // A smaller genre loses so much with each track that the scores say nothing about the full model.
    private const int FewestOfGenre = 5;

    // Only two or three numbers are fitted: more rows would cost time and change little.
    private const int FewRows = 500, EnoughRows = 5_000;

    // Beyond this, fitting five copies takes too long, and scores take too much memory.
    private const long MostValues = 1 << 24, MostScores = 1 << 22;

    private sealed record Bundle(Unit[] Tracks)
    {
        public string Genre { get; } = Tracks.CountBy(t => t.Genre).OrderByDescending(g => g.Value)
            .ThenBy(g => g.Key, StringComparer.Ordinal).First().Key;
    }

    /// <summary>
    /// The parts to hold out one after the other, as indices of training rows, which validation rows follow: five (or the
    /// thirds) that cover every track or, if a fit is slow or rows are many, a single one. Empty if there are too few tracks.
    /// </summary>
    /// <param name="job">The fit.</param>
    /// <param name="columns">Columns to copy for each part; 0 if none.</param>
    public static IReadOnlyList<int[]> Of(FitJob job, int columns)
    {
        var random = new RandomStream(job.Seed, "calibration");
        var tracks = SplitUnits.Tracks(job.Train.Samples);
        var bundles = (job.Groups is { } groups ? ByGroup(tracks, groups) : ByName(tracks, job.NeighborsTogether)).ToArray();
        random.Shuffle(bundles.AsSpan());
        var dealt = Deal(bundles, job.NeighborsTogether && job.Groups is null ? Thirds : Parts);
        var most = (int)Math.Clamp(MostScores / job.Classes, FewRows, EnoughRows);
        var slow = job.Recipe.Classifier.HasNetwork && !(job.NeighborsTogether && job.FrontEnd.WindowSizes.Count == 0);
        var single = slow || job.Train.Count > most || (long)job.Train.Count * columns > MostValues;
        var parts = (single ? dealt.Take(1) : dealt).Select(part => Enough(part, most)).Where(p => p.Length > 0).ToArray();
        if (parts.Sum(p => p.Length) < FewestTracks) return [];
        var rows = parts.Select(p => p.SelectMany(u => u.Rows).Order().ToArray());
        return job.Valid is { } valid && valid.Count <= most
            ? [.. rows, [.. Enumerable.Range(job.Train.Count, valid.Count)]] : [.. rows];
    }

    private static IEnumerable<Bundle> ByGroup(List<Unit> tracks, IReadOnlyDictionary<TrackId, string> groups) =>
        tracks.GroupBy(t => groups[t.Track]).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new Bundle([.. g]));

    private static IEnumerable<Bundle> ByName(List<Unit> tracks, bool together)
    {
        foreach (var (_, units) in SplitUnits.ByGenre(tracks))
        {
            var runs = together ? Math.Min(Thirds, units.Count) : units.Count;
            for (var r = 0; r < runs; r++)
            {
                var (start, end) = ((int)((long)units.Count * r / runs), (int)((long)units.Count * (r + 1) / runs));
                yield return new([.. units[start..end]]);
            }
        }
    }

    // Each bundle goes where its genre has the fewest tracks so far. Enough of each genre must be left to learn it.
    private static List<Unit>[] Deal(Bundle[] bundles, int count)
    {
        var parts = new List<Unit>[count];
        for (var p = 0; p < count; p++) parts[p] = [];
        var tracksOf = bundles.SelectMany(b => b.Tracks).CountBy(t => t.Genre).ToDictionary();
        var bundlesOf = bundles.SelectMany(b => b.Tracks.Select(t => t.Genre).Distinct()).CountBy(g => g).ToDictionary();
        var counts = new Dictionary<string, int[]>();
        foreach (var bundle in bundles)
        {
            if (bundle.Tracks.Any(t => bundlesOf[t.Genre] < 2 || tracksOf[t.Genre] < FewestOfGenre)) continue;
            if (!counts.TryGetValue(bundle.Genre, out var own)) counts.Add(bundle.Genre, own = new int[count]);
            var place = Enumerable.Range(0, count).OrderBy(p => own[p]).ThenBy(p => parts[p].Count).First();
            own[place] += bundle.Tracks.Length;
            parts[place].AddRange(bundle.Tracks);
        }

        return parts;
    }

    // Whole tracks, in shuffled order.
    private static Unit[] Enough(List<Unit> part, int rows)
    {
        var total = 0;
        return [.. part.TakeWhile(unit => (total += unit.Rows.Length) <= rows)];
    }
}
