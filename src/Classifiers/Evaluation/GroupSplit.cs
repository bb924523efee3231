using System.ComponentModel;
using Engine.Classifiers.Evaluation.Names;
using Engine.Tensors;

namespace Engine.Classifiers.Evaluation;

/// <summary>
/// <c>groups:</c>: a file of lines <c>track TAB group</c>. Whole groups go to the test side, so that each genre's tested share is
/// as close to the target as the groups allow. Tracks without a group cannot be placed safely and are left out.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GroupSplit
{
    private sealed record Group(string Name, List<Unit> Tracks, (int Genre, int Count)[] Counts);

    internal static Fold Create(SplitSpec spec, List<Unit> tracks, RandomStream random, List<string> notes)
    {
        var (grouped, groupOf) = Grouped(spec, tracks, notes);
        return Create(spec, grouped, groupOf, "groups", random);
    }

    /// <summary>The tracks that the spec's file gives a group, and their groups; a note says how many have none.</summary>
    internal static (List<Unit> Grouped, Dictionary<TrackId, string> GroupOf) Grouped(
        SplitSpec spec, List<Unit> tracks, List<string> notes)
    {
        var file = spec.Files[0];
        var groupOf = Read(file, tracks, notes);
        var grouped = tracks.Where(t => groupOf.ContainsKey(t.Track)).ToList();
        var left = tracks.Where(t => !groupOf.ContainsKey(t.Track)).ToList();
        if (left.Count > 0)
            notes.Add($"{left.Count} tracks ({left.Sum(t => t.Rows.Length)} rows) have no group in '{file}' and were left out");

        if (SplitUnits.ByGenre(grouped) is { Count: < 2 } few)
        {
            throw new EngineException($"Split: '{file}' groups tracks of {few.Count} genres of the data; at " +
                "least two are needed.");
        }

        return (grouped, groupOf);
    }

    /// <summary>Throws unless every genre has at least two groups.</summary>
    internal static void RequireTwo(
        string name, List<KeyValuePair<string, List<Unit>>> byGenre, IReadOnlyDictionary<TrackId, string> groupOf, string what)
    {
        foreach (var (genre, of) in byGenre)
        {
            var count = of.Select(t => groupOf[t.Track]).Distinct().Count();
            if (count < 2)
                throw new EngineException($"Split: {name} needs at least 2 {what} of every genre; '{genre}' has {count}.");
        }
    }

    /// <summary>The same for tracks that all have a group, which errors call <paramref name="what"/>.</summary>
    internal static Fold Create(
        SplitSpec spec, List<Unit> grouped, IReadOnlyDictionary<TrackId, string> groupOf, string what, RandomStream random)
    {
        var byGenre = SplitUnits.ByGenre(grouped);
        RequireTwo($"'{spec}'", byGenre, groupOf, what);
        var numbers = byGenre.Select((g, number) => (g.Key, number)).ToDictionary(g => g.Key, g => g.number);
        var groups = grouped.GroupBy(t => groupOf[t.Track]).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new Group(g.Key, [.. g], [.. g.GroupBy(t => t.Genre).Select(c => (numbers[c.Key], c.Count()))]))
            .ToArray();
        var sizes = byGenre.Select(g => g.Value.Count).ToArray();
        random.Shuffle(groups.AsSpan());
        var tested = Choose(groups, sizes, spec.TestShare);
        var counts = new int[sizes.Length];
        foreach (var (genre, count) in groups.Where((_, i) => tested[i]).SelectMany(x => x.Counts)) counts[genre] += count;
        var alone = Enumerable.Range(0, sizes.Length).FirstOrDefault(g => counts[g] == 0 || counts[g] == sizes[g], -1);
        if (alone >= 0)
        {
            throw new EngineException($"Split: '{spec}' cannot keep genre '{byGenre[alone].Key}' on both sides: its " +
                $"{sizes[alone]} tracks share {what} with other genres.");
        }

        return SplitUnits.ToFold(groups.Where((_, i) => !tested[i]).SelectMany(x => x.Tracks), [],
            groups.Where((_, i) => tested[i]).SelectMany(x => x.Tracks));
    }

    /// <summary>The group of each track that has one.</summary>
    public static IReadOnlyDictionary<TrackId, string> Groups(SplitSpec spec, IReadOnlyList<Sample> samples) =>
        spec.Kind == SplitKind.Artists
            ? ArtistSplit.Groups(SplitUnits.Tracks(samples), samples, [])
            : Read(spec.Files[0], SplitUnits.Tracks(samples), []);

    private static Dictionary<TrackId, string> Read(string file, List<Unit> tracks, List<string> notes)
    {
        var index = new TrackIndex(tracks);
        var groupOf = new Dictionary<TrackId, string>();
        var missing = 0;
        foreach (var (number, text) in TrackLists.ReadLines(file))
        {
            string[] fields = [.. text.Split('\t').Select(TrackLists.Unquote)];
            if (fields.Length != 2 || fields[0].Length == 0 || fields[1].Length == 0)
            {
                throw new EngineException($"Split: '{file}', line {number} is '{TrackLists.Shown(text)}'; expected a track, " +
                    "a tab and its group.");
            }

            if (index.Find(fields[0]) is not { } track) missing++;
            else if (!groupOf.TryAdd(track.Track, fields[1]) && groupOf[track.Track] != fields[1])
            {
                throw new EngineException(
                    $"Split: '{file}', line {number} puts track '{track.Track}' into group '{fields[1]}'; it is in "
                        + $"'{groupOf[track.Track]}' already.");
            }
        }

        if (missing > 0) notes.Add($"{missing} of the tracks that '{file}' lists are not in the data");
        TrackLists.NoteAmbiguous(index, notes);
        return groupOf;
    }

    // Starting from an empty test side, moves groups or swaps pairs that improve the fit, in shuffled order, until none does.
    // Every step lowers the cost, so it terminates; the shuffle makes seeds differ.
    private static bool[] Choose(Group[] groups, int[] sizes, double share)
    {
        var tested = new bool[groups.Length];
        var counts = new int[sizes.Length];
        var ofGenre = Enumerable.Range(0, groups.Length).SelectMany(i => groups[i].Counts.Select(c => (c.Genre, Group: i)))
            .ToLookup(c => c.Genre, c => c.Group);
        for (var improved = true; improved;)
        {
            improved = false;
            for (var i = 0; i < groups.Length; i++) improved |= TryMove(i, -1);
            for (var i = 0; i < groups.Length && !improved && !IsBest(); i++)
            {
                foreach (var j in Partners(i))
                {
                    if (tested[i] != tested[j] && (improved = TryMove(i, j))) break;
                }
            }
        }

        return tested;

        // Groups without a common genre are as well moved one by one.
        IEnumerable<int> Partners(int i) =>
            groups[i].Counts.SelectMany(c => ofGenre[c.Genre]).Where(j => j > i).Distinct().Order();

        // No whole number is closer to the share of any genre.
        bool IsBest() => Enumerable.Range(0, sizes.Length).All(
            g => counts[g] > 0 && counts[g] < sizes[g] && Math.Abs(counts[g] - sizes[g] * share) <= 0.5);

        bool TryMove(int first, int second)
        {
            var both = groups[first].Counts.Concat(second >= 0 ? groups[second].Counts : []);
            int[] genres = [.. both.Select(c => c.Genre).Distinct()];
            var before = genres.Sum(Cost);
            Flip(first);
            if (second >= 0) Flip(second);
            if (genres.Sum(Cost) < before - 1e-9) return true;
            Flip(first);
            if (second >= 0) Flip(second);
            return false;
        }

        void Flip(int group)
        {
            tested[group] = !tested[group];
            foreach (var (genre, count) in groups[group].Counts) counts[genre] += tested[group] ? count : -count;
        }

        // Squared distance of a genre from its share, with a large penalty if it is missing on one side.
        double Cost(int g)
        {
            var off = counts[g] - sizes[g] * share;
            return off * off + (counts[g] == 0 || counts[g] == sizes[g] ? (double)sizes[g] * sizes[g] : 0);
        }
    }
}
