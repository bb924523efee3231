using System.Globalization;
using CsvHelper;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Dsp;

namespace Engine.Pipeline.Runs;

/// <summary>The <c>predictions.csv</c> of a run: one line per tested row.</summary>
internal static class PredictionsFile
{
    private const string ProbabilityPrefix = "probability_", ScorePrefix = "score_", BestPrefix = "genre_";
    private const int MostLabels = Metrics.MostMatrixLabels, Best = 10;

    /// <summary>
    /// Writes the file atomically: probabilities if <paramref name="calibrated"/>, and beside them their scores if tracks have
    /// several windows; otherwise scores. With more than <see cref="MostLabels"/> labels, only the best <see cref="Best"/> of
    /// each row: all of them would dwarf everything else.
    /// </summary>
    public static void Write(
        string path, IReadOnlyList<string> labels, IReadOnlyList<TestedRow> rows, bool calibrated, bool leaky)
    {
        var number = calibrated ? ProbabilityPrefix : ScorePrefix;
        var (isWhole, hasScores) = (labels.Count <= MostLabels, rows.Any(r => r.Scores is not null));
        using var file = new AtomicFile(path);
        using (var csv = CsvWriter.Create(file.Stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            var columns = isWhole
                ? labels.Select(l => number + l).Concat(hasScores ? labels.Select(l => ScorePrefix + l) : [])
                : Enumerable.Range(1, Best).SelectMany(k => new[] { $"{BestPrefix}{k}", $"{number}{k}" });
            Line(csv, ["track", "path", "label", "predicted", .. columns, "fold", "leaky"]);
            foreach (var row in rows)
            {
                var values = isWhole
                    ? row.Probabilities.Concat(hasScores ? row.Scores ?? row.Probabilities : []).Select(Text)
                    : BestOf(row.Probabilities).SelectMany(l => new[] { labels[l], Text(row.Probabilities[l]) });
                Line(csv, [row.Name, row.Path, row.Label, row.Predicted, .. values, $"{row.Fold}", leaky ? "LEAKY" : "no"]);
            }
        }

        file.Commit();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="EngineException">
    /// The file cannot be read, has other labels, or so many that it holds only the best.
    /// </exception>
    public static List<TestedRow> Read(string path, IReadOnlyList<string> labels) => labels.Count <= MostLabels
        ? ReadAny(path, labels)
        : throw new EngineException($"{path}: the file holds only the best {Best} of {labels.Count} labels for each row; " +
            "compare the recipes on the data: engine compare DATA --recipes A,B");

    /// <summary>The same, also where only the best are kept: the others are 0.</summary>
    /// <exception cref="EngineException">The file cannot be read, or has other labels.</exception>
    public static List<TestedRow> ReadAny(string path, IReadOnlyList<string> labels)
    {
        try
        {
            using var csv = CsvReader.FromFile(path,
                new CsvReaderOptions
                {
                    Separator = ',',
                    TrackLineNumbers = true,
                    MalformedData = CsvMalformedDataHandling.Throw
                });
            var header = csv.Headers.ToArray();
            int Place(string column) => Array.IndexOf(header, column) is >= 0 and var place
                ? place : throw new EngineException($"{path}: column '{column}' is missing.");
            var (name, file, label, predicted, fold) =
                (Place("track"), Place("path"), Place("label"), Place("predicted"), Place("fold"));
            var values = labels.Count <= MostLabels ? WholeRows(header, labels, Place) : BestRows(header, labels, path, Place);
            var rows = new List<TestedRow>();
            while (csv.Read())
            {
                double Number(int place) =>
                    double.TryParse(csv.GetString(place), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                    ? value
                    : throw new EngineException(
                        $"{path}, line {csv.LineNumber}, column {header[place]}: '{csv.GetString(place)}' is not a number.");
                var (probabilities, scores) = values(place => csv.GetString(place), Number);
                rows.Add(new(csv.GetString(name), csv.GetString(file), csv.GetString(label), csv.GetString(predicted),
                    probabilities, (int)Number(fold))
                {
                    Scores = scores,
                });
            }

            return rows;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CsvFormatException)
        {
            throw new EngineException($"{path}: cannot read the predictions: {e.Message}", e);
        }
    }

    private delegate (double[] Probabilities, double[]? Scores) RowReader(Func<int, string> text, Func<int, double> number);

    // Earlier versions had no calibration and called scores probabilities.
    private static RowReader WholeRows(string[] header, IReadOnlyList<string> labels, Func<string, int> place)
    {
        var hasProbabilities = header.Contains(ProbabilityPrefix + labels[0]);
        int[] probabilities = [.. labels.Select(l => place((hasProbabilities ? ProbabilityPrefix : ScorePrefix) + l))];
        int[]? scores = hasProbabilities && header.Contains(ScorePrefix + labels[0])
            ? [.. labels.Select(l => place(ScorePrefix + l))] : null;
        return (_, number) => ([.. probabilities.Select(number)], scores is null ? null : [.. scores.Select(number)]);
    }

    private static RowReader BestRows(string[] header, IReadOnlyList<string> labels, string path, Func<string, int> place)
    {
        var number = header.Contains($"{ProbabilityPrefix}1") ? ProbabilityPrefix : ScorePrefix;
        var columns = Enumerable.Range(1, Best).Select(k => (Label: place($"{BestPrefix}{k}"), Value: place($"{number}{k}")))
            .ToArray();
        var places = labels.Select((l, i) => (l, i)).ToDictionary(p => p.l, p => p.i);
        return (text, value) =>
        {
            var row = new double[labels.Count];
            foreach (var (label, of) in columns)
            {
                if (!places.TryGetValue(text(label), out var at))
                    throw new EngineException($"{path}: '{text(label)}' is not a label of the run.");
                row[at] = value(of);
            }

            return (row, null);
        };
    }

    // The best first, ties in the order of the labels.
    private static int[] BestOf(IReadOnlyList<double> values)
    {
        var best = new int[Best];
        var count = 0;
        for (var label = 0; label < values.Count; label++)
        {
            if (count == Best && values[label] <= values[best[^1]]) continue;
            var at = Math.Min(count, Best - 1);
            for (; at > 0 && values[best[at - 1]] < values[label]; at--) best[at] = best[at - 1];
            best[at] = label;
            count = Math.Min(count + 1, Best);
        }

        return best;
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static void Line(CsvWriter csv, IEnumerable<string> fields)
    {
        foreach (var field in fields) csv.WriteField(field);
        csv.EndRecord();
    }
}
