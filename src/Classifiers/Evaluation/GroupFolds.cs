using Engine.Tensors;

namespace Engine.Classifiers.Evaluation;

/// <summary>
/// <c>groups-kfold:</c>: parts of whole groups, each tested once. Large groups are dealt first, each to the part where it does
/// the least harm to the balance of genres; then groups move to another part as long as that improves it.
/// </summary>
internal static class GroupFolds
{
    private sealed record Group(List<Unit> Tracks, (int Genre, int Count)[] Counts);

    /// <summary>The folds of a file's groups; tracks without a group are left out, which a note says.</summary>
    public static List<Fold> Create(SplitSpec spec, List<Unit> tracks, RandomStream random, List<string> notes)
    {
        var (grouped, groupOf) = GroupSplit.Grouped(spec, tracks, notes);
        return Create($"'{spec}'", spec.Rounds, grouped, groupOf, "groups", random);
    }

    /// <summary>
    /// The same for tracks that all have a group, which errors call <paramref name="what"/>, and the split
    /// <paramref name="name"/>.
    /// </summary>
    /// <exception cref="EngineException">There are too few groups, or a genre would be in one part only.</exception>
    public static List<Fold> Create(
        string name, int parts, List<Unit> grouped, IReadOnlyDictionary<TrackId, string> groupOf, string what,
        RandomStream random)
    {
        var byGenre = SplitUnits.ByGenre(grouped);
        GroupSplit.RequireTwo(name, byGenre, groupOf, what);
        var numbers = byGenre.Select((g, number) => (g.Key, number)).ToDictionary(g => g.Key, g => g.number);
        var groups = grouped.GroupBy(t => groupOf[t.Track]).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new Group([.. g], [.. g.GroupBy(t => t.Genre).Select(c => (numbers[c.Key], c.Count()))]))
            .ToArray();
        if (groups.Length < parts)
            throw new EngineException($"Split: {name} needs at least {parts} {what}; there are {groups.Length}.");
        random.Shuffle(groups.AsSpan());

        // Sorting is stable, so the shuffle decides among groups of one size.
        groups = [.. groups.OrderByDescending(g => g.Tracks.Count)];
        var partOf = new Dealer([.. byGenre.Select(g => g.Value.Count)], parts).Deal(groups);
        foreach (var (genre, of) in byGenre)
        {
            var used = groups.Zip(partOf).Where(g => g.First.Counts.Any(c => c.Genre == numbers[genre])).Select(g => g.Second);
            if (used.Distinct().Count() > 1) continue;
            throw new EngineException($"Split: {name} cannot keep genre '{genre}' on both sides: its {of.Count} tracks share " +
                $"{what} with other genres.");
        }

        return [.. Enumerable.Range(0, parts).Select(k => SplitUnits.ToFold(
            groups.Where((_, i) => partOf[i] != k).SelectMany(g => g.Tracks), [],
            groups.Where((_, i) => partOf[i] == k).SelectMany(g => g.Tracks)))];
    }

    // The cost of a division: each genre's squared distances from its even share in every part, those of all tracks together,
    // which count as one genre more, and a large penalty for a genre or a part that has everything or nothing.
    private sealed class Dealer(int[] sizes, int parts)
    {
        private readonly int[,] _counts = new int[sizes.Length, parts];
        private readonly int[] _totals = new int[parts], _groups = new int[parts];
        private readonly double _share = (double)sizes.Sum() / parts;

        public int[] Deal(Group[] groups)
        {
            var partOf = new int[groups.Length];
            for (var i = 0; i < groups.Length; i++)
            {
                partOf[i] = Best(groups[i]);
                Add(groups[i], partOf[i], 1);
            }

            for (var improved = true; improved;)
            {
                improved = false;
                for (var i = 0; i < groups.Length; i++)
                {
                    // An empty part has nothing to test.
                    if (_groups[partOf[i]] == 1) continue;
                    Add(groups[i], partOf[i], -1);
                    var best = Best(groups[i]);
                    if (Cost(groups[i], best) < Cost(groups[i], partOf[i]) - 1e-9) (partOf[i], improved) = (best, true);
                    Add(groups[i], partOf[i], 1);
                }
            }

            return partOf;
        }

        private void Add(Group group, int part, int sign)
        {
            foreach (var (genre, count) in group.Counts) _counts[genre, part] += sign * count;
            _totals[part] += sign * group.Tracks.Count;
            _groups[part] += sign;
        }

        private int Best(Group group)
        {
            var best = 0;
            for (var part = 1; part < parts; part++)
            {
                if (Cost(group, part) < Cost(group, best) - 1e-9) best = part;
            }

            return best;
        }

        // By how much the cost rises if the group joins the part.
        private double Cost(Group group, int part)
        {
            var cost = Rise(_totals[part], group.Tracks.Count, _share);
            foreach (var (genre, count) in group.Counts)
            {
                cost += Rise(_counts[genre, part], count, (double)sizes[genre] / parts);
                if (_counts[genre, part] + count == sizes[genre]) cost += (double)sizes[genre] * sizes[genre];
            }

            return _groups[part] == 0 ? cost - _share * _share * parts : cost;
        }

        private static double Rise(int before, int more, double share) => more * (2 * (before - share) + more);
    }
}
