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
    public static List<TestedRow> Read(string path, IReadOnlyList<string> labels)
    {
        if (labels.Count > PredictionColumns.MostLabels)
        {
            throw new EngineException(
                $"{path}: the file holds only the best {PredictionColumns.Best} of {labels.Count} labels for each " +
                    "row; compare the recipes on the data: engine compare DATA --recipes A,B");
        }
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
            // Earlier versions had no calibration and called scores probabilities.
            const string Probability = PredictionColumns.ProbabilityPrefix, Score = PredictionColumns.ScorePrefix;
            var hasProbabilities = header.Contains(Probability + labels[0]);
            var probabilities = labels.Select(l => Place((hasProbabilities ? Probability : Score) + l)).ToArray();
            var scores = hasProbabilities && header.Contains(Score + labels[0])
                ? labels.Select(l => Place(Score + l)).ToArray() : null;
            var rows = new List<TestedRow>();
            while (csv.Read())
            {
                double Number(int place) =>
                    double.TryParse(csv.GetString(place), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                    ? value
                    : throw new EngineException(
                        $"{path}, line {csv.LineNumber}, column {header[place]}: '{csv.GetString(place)}' is not a number.");
                rows.Add(new(csv.GetString(name), csv.GetString(file), csv.GetString(label), csv.GetString(predicted),
                    probabilities.Select(Number).ToArray(), (int)Number(fold))
                {
                    Scores = scores?.Select(Number).ToArray(),
                });
            }

            return rows;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CsvFormatException)
        {
            throw new EngineException($"{path}: cannot read the predictions: {e.Message}", e);
        }
    }

    private static void Line(CsvWriter csv, IEnumerable<string> fields)
    {
        foreach (var field in fields) csv.WriteField(field);
        csv.EndRecord();
    }
}
