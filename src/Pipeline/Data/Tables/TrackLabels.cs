using Engine.Classifiers;

namespace Engine.Pipeline.Data.Tables;

/// <summary>What a table says about a track beside its features.</summary>
/// <param name="Label">Its genre; empty if unknown.</param>
/// <param name="Artist">Its artists; null if the table has no such column or says nothing.</param>
/// <param name="Side">Its side of a split; null without such a column.</param>
internal sealed record TrackFacts(string Label, string? Artist, string? Side)
{
    /// <summary>Reads the facts of the current row.</summary>
    public static TrackFacts Of(TableReader rows, TableRoles roles) => new(
        roles.Label is { } label ? rows.Text(label) : "", rows.Optional(roles.Group),
        roles.Side is { } side ? rows.Text(side) : null);
}

/// <summary>A table of labels beside a table of features, such as FMA's <c>tracks.csv</c>: the facts of each track.</summary>
internal static class TrackLabels
{
    /// <summary>Reads the table.</summary>
    /// <param name="options">How; its own columns meet its conditions.</param>
    /// <param name="conditions">The conditions left over by the table of features.</param>
    /// <exception cref="EngineException">The table cannot be used, or gives a track twice.</exception>
    public static Dictionary<string, TrackFacts> Read(DataOptions options, IReadOnlyList<string> conditions)
    {
        var path = options.Labels!;
        return TableReader.Use(path, () =>
        {
            using var rows = TableReader.Open(path, conditions);
            var roles = new TableRoles(path, rows.Header, options);
            var id = roles.RowId ?? throw rows.Header.Missing(["track_id"], " Name the column that identifies the tracks with " +
                "--id-column.");
            roles.RequireLabel();
            var facts = new Dictionary<string, TrackFacts>();
            while (rows.Read())
            {
                var track = rows.Text(id);
                if (track.Length == 0) throw rows.At(id, "the value is missing");
                if (!facts.TryAdd(track, TrackFacts.Of(rows, roles)))
                    throw rows.At(id, $"track '{TableHeader.Short(track)}' appears twice; a table of labels has one row a track");
            }

            return facts;
        });
    }
}
