using Engine.Pipeline.Data;
using Engine.Pipeline.Fitting;

namespace Engine.Pipeline.Checking;

/// <summary>What is wrong with a feature table: rows that are alike, columns that hold one value, and the genres.</summary>
internal static class TableFindings
{
    /// <summary>Checks a table.</summary>
    /// <param name="data">The table.</param>
    /// <param name="reading">How it is read; without columns, all that are numeric.</param>
    /// <param name="remarks">What <paramref name="remark"/> received.</param>
    /// <param name="remark">Receives one line for each kind of row that is left out.</param>
    public static CheckResult Of(string data, DataOptions reading, List<string> remarks, Action<string> remark)
    {
        var table = ChosenColumns.Read(data, reading with { Columns = reading.Columns ?? [ChosenColumns.Numeric] },
            needsLabels: true, remark);
        var rows = LabelledRows.OfTable(data, table, warn: null);
        GenreTrack[] tracks = [.. rows.Rows.Select(r => new GenreTrack(r.Track, r.Label, r.Artist))];
        return new(data, GenreFindings.Sizes(tracks), rows.Rows.Count, null, DataCheck.InOrder(
        [
            .. Finding.OfCopies(rows.Rows, r => r.Digest, r => r.Label, Copy),
            .. Finding.Of(FindingKind.LeftOut, remarks.Select(r => new FoundItem([], r))),
            .. GenreFindings.Of(tracks, folders: null),
            .. Finding.Of(FindingKind.ConstantColumns, Constant(table)),
        ]));
    }

    private static FoundItem Copy(LabelledRow[] rows) => new([.. rows.Select(r => r.Path)], "the same values", rows.Length);

    private static IEnumerable<FoundItem> Constant(FeatureTable table)
    {
        if (table.Rows.Count < 2) yield break;
        for (var column = 0; column < table.Columns.Count; column++)
        {
            var (first, row) = (table.Values[0, column], 1);
            while (row < table.Rows.Count && table.Values[row, column] == first) row++;
            if (row == table.Rows.Count)
                yield return new([], FormattableString.Invariant($"{table.Columns[column]} is always {first}"));
        }
    }
}
