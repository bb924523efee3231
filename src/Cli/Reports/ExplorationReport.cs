using System.Globalization;
using CsvHelper;
using Engine.Classifiers.Selection;
using Engine.Cli.Text;
using Engine.Pipeline.Exploring;
using static Engine.Cli.Reports.ReportText;

namespace Engine.Cli.Reports;

/// <summary>An exploration as text for people, or its columns as CSV for programs.</summary>
internal static class ExplorationReport
{
    // Genres named for a cluster.
    private const int MostGenres = 4;

    // Columns named by verdict.
    private const int MostNamed = 6;

    /// <summary>The report; of columns and components, the first <paramref name="shown"/>.</summary>
    public static string Of(Exploration found, int shown, Layout layout)
    {
        var text = new ReportText(layout);
        text.Field("data", found.Data);
        text.Field("rows", $"{found.Rows} of {found.Tracks} tracks, {found.Columns.Count} columns");
        text.Field("genres", string.Join(", ", found.Genres.Select(g => $"{g.Label} {g.Rows}")));
        text.Field("scaler", found.Scaler == Pipeline.Recipes.ScalerKind.None
            ? "none" : $"{Kebab(found.Scaler.ToString())}, for clusters and components");
        foreach (var note in found.Notes) text.Field("note", note);
        text.Line();
        Clusters(text, found);
        text.Line();
        Components(text, found.Components, shown);
        text.Line();
        Columns(text, found, shown);
        if (found.Pairs.Count > 0) text.Line().Table(Pairs(found.Pairs));
        return text.ToString();
    }

    /// <summary>A row for each column.</summary>
    public static string Csv(Exploration found)
    {
        using var text = new StringWriter();
        using (var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            csv.WriteRecord(["column", "verdict", "importance", "eta", "rank_eta", "mic", "f", "p_value", "genre", "pearson",
                "spearman", "nearest", "nearest_pearson"]);
            foreach (var column in found.Columns)
            {
                var genre = GenreOf(found, column);
                csv.WriteRecord([column.Name, Verdict(column.Verdict), Exact(column.Importance), Exact(column.Eta),
                    Exact(column.RankEta), Exact(column.Mic), Exact(column.F), Exact(column.PValue), column.Genre,
                    Exact(column.Pearson[genre]), Exact(column.Spearman[genre]), column.Nearest ?? "",
                    Exact(column.NearestPearson)]);
            }
        }

        return text.ToString();
    }

    private static void Clusters(ReportText text, Exploration found)
    {
        var clusters = found.Clusters;
        text.Field("k-means", $"{clusters.K} clusters, seed {found.Seed}, inertia " +
            clusters.Inertia.ToString("0.0", CultureInfo.InvariantCulture));
        text.Field("silhouette", $"{Number(clusters.Silhouette)}; of the genres as clusters {Number(clusters.GenreSilhouette)}");
        text.Field("agreement", $"with the genres: adjusted Rand index {Number(clusters.AdjustedRand)}, mutual information " +
            $"{Number(clusters.AdjustedMutualInformation)} adjusted, {Number(clusters.NormalizedMutualInformation)} normalised");
        text.Line();
        var table = new TextTable(">cluster", ">rows", "genres");
        for (var c = 0; c < clusters.Counts.Count; c++)
        {
            var counts = clusters.Counts[c];
            var largest = Enumerable.Range(0, counts.Count).Where(g => counts[g] > 0).OrderByDescending(g => counts[g]).ToArray();
            var named = string.Join(", ", largest.Take(MostGenres).Select(g => $"{found.Genres[g].Label} {counts[g]}"));
            var others = largest.Skip(MostGenres).Sum(g => counts[g]);
            table.Add($"{c + 1}", $"{counts.Sum()}", others > 0 ? $"{named}, others {others}" : named);
        }

        text.Table(table);
    }

    private static void Components(ReportText text, ComponentFindings components, int shown)
    {
        var table = new TextTable(">component", ">variance", ">together");
        var count = Math.Min(shown, components.Cumulative.Count);
        for (var i = 0; i < count; i++)
        {
            table.Add($"{i + 1}", Number(components.ExplainedVarianceRatio[i]), Number(components.Cumulative[i]));
        }

        text.Table(table);
        var needed = components.Needed.Select(n =>
            string.Create(CultureInfo.InvariantCulture, $"{n.Components} for {100 * n.Share:0} %"));
        text.Line();
        text.Field("components", $"{string.Join(", ", needed)} of the variance; there are {components.Cumulative.Count}");
    }

    private static void Columns(ReportText text, Exploration found, int shown)
    {
        string[] judged = found.Boruta is null ? [] : ["Boruta", ">Z"];
        var table = new TextTable(["column", .. judged, ">eta", ">rank eta", ">MIC", ">p", "genre", ">r", ">rho"]);
        foreach (var column in found.Columns.Take(shown))
        {
            var genre = GenreOf(found, column);
            string[] verdict = found.Boruta is null ? [] : [Verdict(column.Verdict), Short(column.Importance)];
            table.Add([column.Name, .. verdict, Number(column.Eta), Number(column.RankEta), Number(column.Mic),
                Chance(column.PValue), column.Genre, Signed(column.Pearson[genre]), Signed(column.Spearman[genre])]);
        }

        text.Table(table).Line();
        if (found.Boruta is { } boruta)
        {
            var (open, rejected) = (Named(found, BorutaVerdict.Tentative), Named(found, BorutaVerdict.Rejected));
            text.Field("Boruta", $"{boruta.Confirmed} confirmed, {boruta.Tentative} tentative{open}, {boruta.Rejected} " +
                $"rejected{rejected}, in {boruta.Runs} runs of {boruta.Trees} trees");
            text.Field("Z", "Boruta's importance: the mean loss of a forest's accuracy when the column is shuffled, over its " +
                $"deviation between trees; of the best shuffled column {Short(boruta.ShadowImportance)}");
        }

        text.Field("eta", "the correlation ratio: the root of the share of a column's variance that is between genres; rank " +
            "eta: of its ranks; p: of the analysis of variance");
        text.Field("r, rho", "Pearson's and Spearman's correlation with 1 for the genre that stands out most and 0 for the " +
            "others");
        text.Field("use", "all rows are described: choose columns for a model with its recipe's selection, from training rows");
    }

    // The columns that a short list would not show.
    private static string Named(Exploration found, BorutaVerdict verdict)
    {
        string[] names = [.. found.Columns.Where(c => c.Verdict == verdict).Select(c => c.Name)];
        var more = names.Length > MostNamed ? ", ..." : "";
        return names.Length == 0 ? "" : $" ({string.Join(", ", names.Take(MostNamed))}{more})";
    }

    private static TextTable Pairs(IReadOnlyList<ColumnPair> pairs)
    {
        var table = new TextTable("column", "and column", ">r", ">rho");
        foreach (var pair in pairs) table.Add(pair.First, pair.Second, Signed(pair.Pearson), Signed(pair.Spearman));
        return table;
    }

    private static int GenreOf(Exploration found, ColumnFindings column) =>
        found.Genres.Select((g, i) => (g.Label, i)).First(g => g.Label == column.Genre).i;

    private static string Verdict(BorutaVerdict? verdict) => verdict is { } known ? Kebab(known.ToString()) : "";

    private static string Kebab(string name) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    private static string Short(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "";

    private static string Signed(double value) => value.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);

    private static string Chance(double? p) => p switch
    {
        null => "undefined",
        < 0.0001 => "<0.0001",
        _ => p.Value.ToString("0.0000", CultureInfo.InvariantCulture),
    };

    private static string Exact(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
