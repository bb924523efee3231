using Engine.Classifiers;
using Engine.Classifiers.Clustering;
using Engine.Classifiers.Decomposition;
using Engine.Classifiers.Selection;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;

namespace Engine.Pipeline.Exploring;

/// <summary>Explores the rows of one table, step by step.</summary>
internal sealed class TableExplorer
{
    // Every pair is compared: the correlations of as many columns take 400 MB.
    private const int MostColumns = 5000;

    // Clusters, components, correlations, associations.
    private const int Steps = 4;

    // Constant columns named in a note.
    private const int MostNamed = 10;

    private static readonly double[] s_shares = [0.9, 0.95, 0.99];

    private readonly LabelledRows _rows;
    private readonly IReadOnlyList<string> _names;
    private readonly ExplorationOptions _options;
    private readonly int[] _labels;
    private readonly bool[] _varies;
    private readonly FeatureMatrix _scaled;
    private int _done;

    public TableExplorer(LabelledRows rows, IReadOnlyList<string> names, ExplorationOptions options)
    {
        (_rows, _names, _options) = (rows, names, options);
        RequireGenresAndColumns();
        RequireSquares();
        _varies = [.. Enumerable.Range(0, names.Count).Select(c => Column(c).AsSpan().IndexOfAnyExcept(rows.Values[0, c]) >= 0)];
        if (!_varies.Contains(true))
        {
            throw new EngineException($"{rows.Source}: no column varies: every row holds the same values.");
        }

        var places = rows.Labels.Select((l, i) => (l, i)).ToDictionary(p => p.l, p => p.i);
        _labels = [.. rows.Rows.Select(r => places[r.Label])];
        _scaled = Scaled();
    }

    private int Clusters => _options.Clusters ?? _rows.Labels.Count;

    public Exploration Run()
    {
        new WorkOptions { Threads = _options.Threads }.UseThreads();
        var tracks = _rows.Rows.Select(r => r.Track).Distinct().Count();
        var clusters = Step("k-means", FindClusters);
        var components = Step("principal components", FindComponents);
        var (pearson, spearman) = Step("correlations",
            () => (Correlation.Pearson(_rows.Values), Correlation.Spearman(_rows.Values)));
        var columns = Step("genres", () => Columns(pearson));
        var boruta = Judge();
        if (boruta is not null)
        {
            columns = [.. columns.Select((c, i) => c with { Verdict = boruta.Verdicts[i], Importance = boruta.Importance[i] })];
        }

        return new(Exploration.CurrentFormat, GenreModel.CurrentVersion, _rows.Source, _rows.Rows.Count, tracks,
            [.. _rows.Labels.Select((l, i) => new GenreRows(l, _labels.Count(label => label == i)))], _options.Scaler,
            _options.Seed, clusters, components, Summary(boruta),
            [.. columns.OrderByDescending(c => c.Importance ?? c.Eta)], Pairs(pearson, spearman), [.. Notes(tracks)]);
    }

    private T Step<T>(string name, Func<T> work)
    {
        _options.Cancellation.ThrowIfCancellationRequested();
        var result = work();
        Report(++_done, name);
        return result;
    }

    private void Report(int done, string name) =>
        _options.Progress?.Report(new(done, Steps + (_options.Boruta?.MaxRuns ?? 0), name));

    private void RequireGenresAndColumns()
    {
        var (source, labels, rows) = (_rows.Source, _rows.Labels, _rows.Rows.Count);
        if (rows == 0) throw new EngineException($"{source}: the table has no rows.");
        if (labels.Count < 2)
        {
            throw new EngineException($"{source}: every row is {labels[0]}; exploring compares genres, at least two.");
        }

        if (_names.Count == 0) throw new EngineException($"{source}: the table has no feature columns.");
        if (_names.Count > MostColumns)
        {
            throw new EngineException($"{source}: {_names.Count} columns are too many to compare every pair; keep at most " +
                $"{MostColumns}.");
        }

        if (Clusters < 1 || Clusters > rows)
        {
            throw new EngineException($"{source}: {Clusters} clusters of {rows} rows were requested; there must be from 1 to " +
                $"{rows}.");
        }

        if (_options.Pairs < 0) throw new EngineException($"Exploration: pairs is {_options.Pairs}; it must be at least 0.");
    }

    private void RequireSquares()
    {
        for (var i = 0; i < _rows.Values.Data.Length; i++)
        {
            var value = _rows.Values.Data[i];
            if (Math.Abs(value) <= ValueRange.Largest) continue;
            throw new EngineException($"{_rows.Source}: {_names[i % _names.Count]} of {_rows.Rows[i / _names.Count].Name} is " +
                $"{value}; it must be a number up to {ValueRange.Largest}, whose square is finite. Scale the column, or leave " +
                "it out.");
        }
    }

    private FeatureMatrix Scaled()
    {
        var scaled = _rows.Values;
        if (_options.Scaler.Create() is { } scaler)
        {
            scaler.Fit(scaled);
            scaled = scaler.Transform(scaled);
        }

        ValueRange.RequireToLearn(scaled, _rows.Source);
        return scaled;
    }

    private double[] Column(int column)
    {
        var values = new double[_rows.Values.Rows];
        for (var r = 0; r < values.Length; r++) values[r] = _rows.Values[r, column];
        return values;
    }

    private ClusterFindings FindClusters()
    {
        var found = KMeans.Fit(_scaled, new() { Clusters = Clusters, Seed = _options.Seed, Threads = _options.Threads });
        var counts = Enumerable.Range(0, Clusters).Select(_ => new int[_rows.Labels.Count]).ToArray();
        for (var r = 0; r < _labels.Length; r++) counts[found.Labels[r]][_labels[r]]++;
        return new(Clusters, found.Inertia, Silhouette(found.Labels), Silhouette(_labels),
            ClusterMetrics.AdjustedRand(_labels, found.Labels),
            ClusterMetrics.AdjustedMutualInformation(_labels, found.Labels),
            ClusterMetrics.NormalizedMutualInformation(_labels, found.Labels),
            [.. counts.OrderByDescending(c => c.Sum())]);
    }

    private double? Silhouette(int[] labels)
    {
        var clusters = labels.Distinct().Count();
        return clusters < 2 || clusters >= labels.Length ? null : ClusterMetrics.Silhouette(_scaled, labels);
    }

    private ComponentFindings FindComponents()
    {
        var pca = new Pca(new(Math.Min(_scaled.Rows, _scaled.Columns), Solver: PcaSolver.Full)) { Threads = _options.Threads };
        pca.Fit(_scaled);
        var ratio = pca.ExplainedVarianceRatio.ToArray();
        var (cumulative, sum) = (new double[ratio.Length], 0.0);
        for (var i = 0; i < ratio.Length; i++) cumulative[i] = Math.Min(1, sum += ratio[i]);
        return new(ratio, cumulative, [.. s_shares.Select(s => new ComponentsNeeded(s, cumulative.Count(c => c < s) + 1))]);
    }

    private ColumnFindings[] Columns(FeatureMatrix pearson)
    {
        var columns = new ColumnFindings[_names.Count];
        Serially.OrRun(_options.Threads, columns.Length, c =>
        {
            var found = ClassAssociation.Of(Column(c), _labels, _rows.Labels.Count);
            var genre = Enumerable.Range(0, found.Pearson.Length).MaxBy(g => Math.Abs(found.Pearson[g]));
            int[] others = [.. Enumerable.Range(0, _names.Count).Where(o => o != c && _varies[o] && _varies[c])];
            int? nearest = others.Length == 0 ? null : others.MaxBy(o => Math.Abs(pearson[c, o]));
            columns[c] = new(_names[c], null, null, found.Ratio, found.RankRatio, found.Mic,
                double.IsFinite(found.F) ? found.F : null, double.IsFinite(found.PValue) ? found.PValue : null,
                _rows.Labels[genre], found.Pearson, found.Spearman, nearest is { } at ? _names[at] : null,
                nearest is { } it ? pearson[c, it] : null);
        });
        return columns;
    }

    private ColumnPair[] Pairs(FeatureMatrix pearson, FeatureMatrix spearman)
    {
        var strongest = new PriorityQueue<(int First, int Second), (double Strength, int Order)>();
        for (int a = 0, order = 0; a < _names.Count; a++)
        {
            for (var b = a + 1; b < _names.Count; b++, order++)
            {
                if (!_varies[a] || !_varies[b]) continue;
                // The queue's least goes first: the weakest, of equals the last.
                strongest.Enqueue((a, b), (Math.Abs(pearson[a, b]), -order));
                if (strongest.Count > _options.Pairs) strongest.Dequeue();
            }
        }

        var pairs = new ColumnPair[strongest.Count];
        for (var i = pairs.Length - 1; i >= 0; i--)
        {
            var (a, b) = strongest.Dequeue();
            pairs[i] = new(_names[a], _names[b], pearson[a, b], spearman[a, b]);
        }

        return pairs;
    }

    private BorutaFindings? Judge()
    {
        if (_options.Boruta is not { } boruta) return null;
        return new BorutaSelection(boruta)
        {
            Seed = _options.Seed,
            Threads = _options.Threads,
            Cancellation = _options.Cancellation,
            Progress = new Runs(run => Report(_done + run, $"Boruta, run {run}")),
        }.Examine(_rows.Values, _labels, _rows.Labels.Count);
    }

    private BorutaSummary? Summary(BorutaFindings? found)
    {
        if (found is null) return null;
        int Count(BorutaVerdict verdict) => found.Verdicts.Count(v => v == verdict);
        return new(found.Runs, _options.Boruta!.Trees, found.ShadowImportance, Count(BorutaVerdict.Confirmed),
            Count(BorutaVerdict.Tentative), Count(BorutaVerdict.Rejected));
    }

    private IEnumerable<string> Notes(int tracks)
    {
        if (tracks < _rows.Rows.Count)
        {
            yield return $"{_rows.Rows.Count} rows are windows of {tracks} tracks: windows of one track resemble each other, " +
                "so p and Boruta are more certain than they should be";
        }

        if (_rows.Doubt is { } doubt) yield return doubt;
        foreach (var note in _rows.Notes) yield return note;
        string[] constant = [.. _names.Where((_, c) => !_varies[c])];
        if (constant.Length == 0) yield break;
        var more = constant.Length > MostNamed ? $" and {constant.Length - MostNamed} more" : "";
        yield return $"constant columns, which say nothing: {string.Join(", ", constant.Take(MostNamed))}{more}";
    }

    private sealed class Runs(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
