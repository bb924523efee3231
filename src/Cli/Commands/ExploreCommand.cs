using System.CommandLine;
using Engine.Cli.Reports;
using Engine.Pipeline.Exploring;
using Engine.Pipeline.Recipes;

namespace Engine.Cli.Commands;

/// <summary>
/// <c>engine explore</c>: describes a feature table: clusters, components, and what each column says about the genres.
/// </summary>
internal static class ExploreCommand
{
    private const int ShownInTable = 20;

    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var table = new Argument<string>("TABLE")
        {
            HelpName = "TABLE.csv",
            Description = "A feature table: features_30_sec.csv, or what engine features wrote. All its feature columns count, " +
                "unless --columns names some.",
        };
        var clusters = CommonOptions.OptionalNumber("--k", "K",
            "Clusters of k-means. Default: as many as there are genres.", 1, int.MaxValue);
        var scaler = CommonOptions.Choice("--scaler", "How columns are scaled before clusters and components are sought.",
            "standard", "standard", "robust", "min-max", "power", "log", "none");
        var noBoruta = new Option<bool>("--no-boruta")
        {
            Description = "Leave out Boruta, which grows up to 100 forests and takes nearly all of the time; columns are then " +
                "ordered by eta."
        };
        var top = CommonOptions.OptionalNumber("--top", "N",
            "How many columns, pairs of columns and components to list, strongest first. Default: " +
                $"{ShownInTable}; csv and json hold every column.", 1, int.MaxValue);
        var format = CommonOptions.Choice("--format", "Output format; csv holds the columns only, a row each.", "table", "table",
            "csv", "json");
        var json = new Option<bool>("--json") { Description = "The same as --format json." };
        var (seed, threads) = (CommonOptions.Seed(), CommonOptions.Threads());
        var command = new ExampleCommand(
            "explore",
            "Describe a feature table: k-means against the genres, principal components, what each column says about the " +
                "genres, and which columns repeat each other. Genres have no order, so eta, the correlation ratio, is the root " +
                "of the share of a column's variance that is between them; r and rho are Pearson's and Spearman's correlation " +
                "with 1 for the genre that stands out most and 0 for the others.",
            "engine explore features_30_sec.csv",
            "engine explore features.csv --k 5 --top 10 --no-boruta",
            "engine explore features.csv --format csv > columns.csv")
        {
            table, clusters, scaler, noBoruta, top, format, json, seed, threads,
        };
        var reading = DataOptionSet.ForTables();
        reading.AddTo(command);
        command.SetAction(parsed =>
        {
            var chosen = parsed.GetValue(json) ? "json" : parsed.GetValue(format)!;
            var shown = parsed.GetValue(top) ?? (chosen == "table" ? ShownInTable : int.MaxValue);
            var options = new ExplorationOptions
            {
                Reading = reading.Of(parsed),
                Clusters = parsed.GetValue(clusters),
                Scaler = Enum.Parse<ScalerKind>(parsed.GetValue(scaler)!.Replace("-", "", StringComparison.Ordinal), true),
                Seed = parsed.GetValue(seed),
                Threads = parsed.GetValue(threads),
                Pairs = parsed.GetValue(top) ?? ShownInTable,
                Warn = session.Warn,
                Cancellation = session.Cancel,
            };
            if (parsed.GetValue(noBoruta)) options = options with { Boruta = null };
            var path = parsed.GetRequiredValue(table);
            var found = Progress.Show(session, "step", "exploring",
                progress => Exploration.OfTable(path, options with { Progress = progress }));
            if (chosen == "table") session.Output.Write(ExplorationReport.Of(found, shown, session.Layout));
            found = found with { Columns = [.. found.Columns.Take(shown)] };
            if (chosen == "csv") session.WriteExactly(ExplorationReport.Csv(found));
            if (chosen == "json") session.Output.Write(found.ToJson());
            return CommandLine.Done;
        });
        return command;
    }
}
