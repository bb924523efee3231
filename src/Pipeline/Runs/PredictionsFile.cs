using System.Globalization;
using CsvHelper;
using Engine.Classifiers;
using Engine.Dsp;

namespace Engine.Pipeline.Runs;

/// <summary>The <c>predictions.csv</c> of a run: one line per tested row.</summary>
internal static class PredictionsFile
{
    /// <summary>
    /// Writes the file atomically: probabilities if <paramref name="calibrated"/>, and beside them their scores if tracks have
    /// several windows; otherwise scores.
    /// </summary>
    public static void Write(
        string path, IReadOnlyList<string> labels, IReadOnlyList<TestedRow> rows, bool calibrated, bool leaky)
    {
        var columns = new PredictionColumns(labels, calibrated, hasScores: rows.Any(r => r.Scores is not null));
        using var file = new AtomicFile(path);
        using (var csv = CsvWriter.Create(file.Stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            Line(csv, ["track", "path", "label", "predicted", .. columns.Names, "fold", "leaky"]);
            foreach (var row in rows)
            {
                Line(csv, [row.Name, row.Path, row.Label, row.Predicted, .. columns.Of(row.Probabilities, row.Scores),
                    $"{row.Fold}", leaky ? "LEAKY" : "no"]);
            }
        }

        file.Commit();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="EngineException">
    /// The file cannot be read, has other labels, or so many that it holds only the best.
    /// </exception>
    public static List<TestedRow> Read(string path, IReadOnlyList<string> labels) => labels.Count <= PredictionColumns.MostLabels
        ? ReadAny(path, labels)
        : throw new EngineException(
            $"{path}: the file holds only the best {PredictionColumns.Best} of {labels.Count} labels for each row; " +
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
            var values = labels.Count <= PredictionColumns.MostLabels
                ? WholeRows(header, labels, Place) : BestRows(header, labels, path, Place);
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
        var hasProbabilities = header.Contains(PredictionColumns.ProbabilityPrefix + labels[0]);
        var prefix = hasProbabilities ? PredictionColumns.ProbabilityPrefix : PredictionColumns.ScorePrefix;
        int[] probabilities = [.. labels.Select(l => place(prefix + l))];
        int[]? scores = hasProbabilities && header.Contains(PredictionColumns.ScorePrefix + labels[0])
            ? [.. labels.Select(l => place(PredictionColumns.ScorePrefix + l))] : null;
        return (_, number) => ([.. probabilities.Select(number)], scores is null ? null : [.. scores.Select(number)]);
    }

    private static RowReader BestRows(string[] header, IReadOnlyList<string> labels, string path, Func<string, int> place)
    {
        var number = header.Contains($"{PredictionColumns.ProbabilityPrefix}1")
            ? PredictionColumns.ProbabilityPrefix : PredictionColumns.ScorePrefix;
        var columns = Enumerable.Range(1, PredictionColumns.Best)
            .Select(k => (Label: place($"{PredictionColumns.BestPrefix}{k}"), Value: place($"{number}{k}"))).ToArray();
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

    private static void Line(CsvWriter csv, IEnumerable<string> fields)
    {
        foreach (var field in fields) csv.WriteField(field);
        csv.EndRecord();
    }
}
