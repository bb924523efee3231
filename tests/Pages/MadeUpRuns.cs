using System.Text.Json;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Tuning;
using Engine.Nn.Training;
using Engine.Pipeline;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;

namespace Engine.Tests.Pages;

/// <summary>Runs that no training made, with the genres, songs and errors that a test needs.</summary>
internal static class MadeUpRuns
{
    /// <summary>
    /// A run whose genres were each tested on <paramref name="songs"/> songs of <paramref name="windows"/> windows. Of every four
    /// songs, the last is taken for the next genre; the last window of a song is always taken for the genre after its own.
    /// </summary>
    public static FinishedRun Of(
        IReadOnlyList<string> genres, int songs = 4, int windows = 1, Func<string, int, string>? name = null,
        string data = "/music", bool leaky = false)
    {
        name ??= (genre, song) => $"{genre}/{genre}.{song:00000}.wav";
        List<TestedRow> rows = [];
        List<RunRow> record = [];
        for (var g = 0; g < genres.Count; g++)
        {
            for (var s = 0; s < songs; s++)
            {
                var path = name(genres[g], s);
                record.Add(new($"train {g} {s}", $"train {g} {s}", genres[g], "0", "train"));
                for (var w = 0; w < windows; w++)
                {
                    var row = windows == 1 ? path : $"{path}.{w}";
                    record.Add(new(row, path, genres[g], "0", "test"));
                    var wrong = s % 4 == 3 || (windows > 1 && w == windows - 1);
                    var values = new double[genres.Count];
                    var predicted = wrong ? (g + 1) % genres.Count : g;
                    values[predicted] = 0.6 + 0.1 * s / songs;
                    for (var i = 0; i < values.Length; i++)
                        if (i != predicted) values[i] = (1 - values[predicted]) / Math.Max(1, values.Length - 1);
                    rows.Add(new(row, path, genres[g], genres[predicted], values, 1) { Track = path });
                }
            }
        }

        var metrics = Figures(rows.Select(r => (r.Label, r.Probabilities)), genres) with
        {
            Leaky = leaky,
            Protocol = "stratified: by track",
            Device = "cpu",
            FitSeconds = 75.25,
            PredictSeconds = 0.5,
            TrainAccuracy = 0.97,
            NTrain = rows.Count,
            Tracks = windows == 1 ? null
                : Figures(rows.GroupBy(r => r.Track).Select(t => (t.First().Label, Mean([.. t], genres.Count))), genres),
        };
        var recipe = RecipeCatalog.Get("gtzan57-knn");
        return new(
            new(RunRecord.CurrentFormat, GenreModel.CurrentVersion, recipe, data, "stratified", "stratified: by track",
                leaky, [], 1, "fitted on the training rows of round 1 of 1", genres, [], record,
                TrackRule: RunRecord.CurrentTrackRule),
            metrics, rows, [], null);
    }

    /// <summary>The run after a search of eight trials, with a history of six epochs.</summary>
    public static FinishedRun Searched(FinishedRun run)
    {
        var recipe = run.Record.Recipe with { Search = [new IntegerParameter("classifier.k", 1, 30)] };
        Trial[] trials = [.. Enumerable.Range(1, 8).Select(n => new Trial(n,
            new Dictionary<string, JsonElement> { ["classifier.k"] = JsonSerializer.SerializeToElement(3 * n) },
            n == 4 ? null : 0.5 + 0.04 * n - 0.004 * n * n, [], [n / 10.0], 1.5, n == 4 ? "it failed" : null))];
        return run with
        {
            Search = new(new(TrialLog.Format, recipe, "0", "stratified", 1, 3, TuningMethod.Bayes, null), trials),
            History = [.. Enumerable.Range(1, 6).Select(e => new RoundEpoch(1,
                new EpochRecord(e, 2.0 / e, 1 - 0.8 / e, 2.2 / e, 1 - 0.9 / e, 0.001, 0.5, 1000)))],
        };
    }

    /// <summary>A comparison of systems, each a little worse than the one before.</summary>
    public static Comparison Comparison(params string[] systems) => new(
        Engine.Pipeline.Runs.Comparison.CurrentFormat, GenreModel.CurrentVersion, "/music", "kfold:3", 1, Leaky: true, 3,
        "Wilson's score interval", "McNemar's exact test", systems[0],
        [.. systems.Select((s, i) => new ComparedSystem(s, "window", "kfold:3: by track", 80, 120, [0.8, 0.7, 0.75],
            new(0.9, 0.01), new(0.75 - 0.1 * i, 0.05), [0.66 - 0.1 * i, 0.82 - 0.1 * i], new(0.7, 0.05),
            new(0.9, 0.02), new(0.8, 0.03), 1, 0.1, "cpu"))],
        [.. systems.Skip(1).Select((s, i) => new ComparedPair(systems[0], s, 0.1 * (i + 1), 0.03 / (i + 1), 20, 8))], [], 0.1);

    private static IReadOnlyList<double> Mean(TestedRow[] windows, int genres) =>
        [.. Enumerable.Range(0, genres).Select(g => windows.Average(w => w.Probabilities[g]))];

    private static MetricsReport Figures(
        IEnumerable<(string Label, IReadOnlyList<double> Values)> tested, IReadOnlyList<string> genres)
    {
        var all = tested.ToArray();
        var places = genres.Select((g, i) => (g, i)).ToDictionary(p => p.g, p => p.i);
        return Metrics.Compute(new FeatureMatrix(all.Length, genres.Count, [.. all.SelectMany(t => t.Values)]),
            [.. all.Select(t => places[t.Label])], genres);
    }
}
