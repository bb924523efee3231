using System.Text.Json;
using Engine.Classifiers;
using Engine.Classifiers.Selection;
using Engine.Pipeline.Data;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Json;
using Engine.Pipeline.Recipes;

namespace Engine.Pipeline.Exploring;

/// <summary>
/// What a feature table shows before any model is trained: clusters, principal components, how each column goes with the genres,
/// and which columns repeat each other. It describes all rows: to choose columns for a model by it would be to look at the test
/// side of a split, which a recipe's <c>selection</c> never does.
/// </summary>
/// <param name="Format">The format's name and version.</param>
/// <param name="EngineVersion">The version of Engine that made it.</param>
/// <param name="Data">The table.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Tracks">How many tracks they come from.</param>
/// <param name="Genres">The genres, sorted.</param>
/// <param name="Scaler">How the columns were scaled for clusters and components.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Clusters">What k-means finds.</param>
/// <param name="Components">What principal component analysis finds.</param>
/// <param name="Boruta">How Boruta judged; null if it was left out.</param>
/// <param name="Columns">Each column, by Boruta's importance or, without it, by η; the strongest first.</param>
/// <param name="Pairs">The most correlated pairs of columns that vary, the strongest first.</param>
/// <param name="Notes">What else a reader of the figures should know.</param>
public sealed record Exploration(
    string Format,
    string EngineVersion,
    string Data,
    int Rows,
    int Tracks,
    IReadOnlyList<GenreRows> Genres,
    ScalerKind Scaler,
    ulong Seed,
    ClusterFindings Clusters,
    ComponentFindings Components,
    BorutaSummary? Boruta,
    IReadOnlyList<ColumnFindings> Columns,
    IReadOnlyList<ColumnPair> Pairs,
    IReadOnlyList<string> Notes)
{
    internal const string CurrentFormat = "engine-exploration-1";

    /// <summary>Reads and explores a feature table with whatever columns it has.</summary>
    /// <exception cref="EngineException">
    /// The table cannot be read, a row has no label, there is one genre only, no column varies, there are too many columns to
    /// compare, a value is too large to square, or an option is out of range.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Exploration OfTable(string path, ExplorationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (Directory.Exists(path))
        {
            throw new EngineException($"{path}: is a folder; compute its features first (engine features {path} --out F.csv) " +
                "and explore the table.");
        }

        if (!File.Exists(path)) throw new EngineException($"{path}: no such feature table.");
        if (!FeatureTable.IsName(path)) throw new EngineException($"{path}: expected a feature table ending in .csv or .tsv.");
        return Of(ChosenColumns.Read(path, options.Reading, needsLabels: true, options.Warn), path, options);
    }

    /// <summary>Explores a table in memory, which <paramref name="name"/> names in errors.</summary>
    /// <exception cref="EngineException">
    /// A row has no label, there is one genre only, no column varies, there are too many columns to compare, a value is not
    /// finite or too large to square, or an option is out of range.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Exploration Of(FeatureTable table, string name, ExplorationOptions options)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(options);
        return new TableExplorer(LabelledRows.OfTable(name, table, options.Warn), table.Columns, options).Run();
    }

    /// <summary>The exploration as indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ExplorationJson.Indented.Of<Exploration>()) + "\n";
}

/// <summary>A genre of a table.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Rows">Its rows.</param>
public sealed record GenreRows(string Label, int Rows);

/// <summary>What k-means finds in the scaled rows, and how well it fits the genres.</summary>
/// <param name="K">How many clusters were sought.</param>
/// <param name="Inertia">The sum of the squared distances from rows to their centres.</param>
/// <param name="Silhouette">
/// The mean silhouette of the clusters; null where it is undefined: fewer than two clusters, or as many as rows.
/// </param>
/// <param name="GenreSilhouette">The same of the genres; below 0, rows are nearer to another genre than to their own.</param>
/// <param name="AdjustedRand">Agreement with the genres by pairs of rows: 1 for the same partition, 0 for chance.</param>
/// <param name="AdjustedMutualInformation">Agreement by information, with the same scale.</param>
/// <param name="NormalizedMutualInformation">The same from 0 to 1, without the adjustment for chance.</param>
/// <param name="Counts">The rows of each genre in each cluster, <c>[clusters][genres]</c>; largest cluster first.</param>
public sealed record ClusterFindings(
    int K,
    double Inertia,
    double? Silhouette,
    double? GenreSilhouette,
    double AdjustedRand,
    double AdjustedMutualInformation,
    double NormalizedMutualInformation,
    IReadOnlyList<IReadOnlyList<int>> Counts);

/// <summary>The principal components of the scaled rows.</summary>
/// <param name="ExplainedVarianceRatio">Each component's share of the variance.</param>
/// <param name="Cumulative">The share of the first, the first two, …</param>
/// <param name="Needed">How many components reach a share of the variance.</param>
public sealed record ComponentFindings(
    IReadOnlyList<double> ExplainedVarianceRatio, IReadOnlyList<double> Cumulative, IReadOnlyList<ComponentsNeeded> Needed);

/// <summary>How many components reach a share.</summary>
/// <param name="Share">The share of the variance.</param>
/// <param name="Components">The components.</param>
public sealed record ComponentsNeeded(double Share, int Components);

/// <summary>How Boruta judged.</summary>
/// <param name="Runs">The runs until every column was judged, or the most allowed.</param>
/// <param name="Trees">Trees of each run's forest.</param>
/// <param name="ShadowImportance">The mean importance of the best shuffled column, which a column must beat.</param>
/// <param name="Confirmed">Columns that say more than chance.</param>
/// <param name="Tentative">Columns still open.</param>
/// <param name="Rejected">Columns that say no more than chance.</param>
public sealed record BorutaSummary(int Runs, int Trees, double ShadowImportance, int Confirmed, int Tentative, int Rejected);

/// <summary>What a column says about the genres, and which other column it is closest to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Verdict">Boruta's verdict; null without Boruta.</param>
/// <param name="Importance">Boruta's mean Z-score; null without Boruta.</param>
/// <param name="Eta">The correlation ratio η with the genres.</param>
/// <param name="RankEta">The correlation ratio of its ranks.</param>
/// <param name="Mic">The maximal information coefficient with the genres.</param>
/// <param name="F">The F of a one-way analysis of variance; null where it is undefined or infinite.</param>
/// <param name="PValue">Its p-value; null where F is undefined.</param>
/// <param name="Genre">The genre that stands out most, by |r|.</param>
/// <param name="Pearson">Pearson's r with each genre's indicator, in the order of the genres.</param>
/// <param name="Spearman">Spearman's ρ with each genre's indicator, in the same order.</param>
/// <param name="Nearest">The column with the largest |r| with this one; null for a constant, or if no other varies.</param>
/// <param name="NearestPearson">Pearson's r with it; null where it is.</param>
public sealed record ColumnFindings(
    string Name,
    BorutaVerdict? Verdict,
    double? Importance,
    double Eta,
    double RankEta,
    double Mic,
    double? F,
    double? PValue,
    string Genre,
    IReadOnlyList<double> Pearson,
    IReadOnlyList<double> Spearman,
    string? Nearest,
    double? NearestPearson);

/// <summary>Two columns.</summary>
/// <param name="First">One.</param>
/// <param name="Second">The other.</param>
/// <param name="Pearson">Pearson's r.</param>
/// <param name="Spearman">Spearman's ρ.</param>
public sealed record ColumnPair(string First, string Second, double Pearson, double Spearman);
