using System.Globalization;
using CsvHelper;
using Engine.Dsp;

namespace Engine.Classifiers.Pipeline;

/// <summary>The <c>predictions.csv</c> of a run: one line per tested row.</summary>
internal static class PredictionsFile
{
    private const string ProbabilityPrefix = "probability_", ScorePrefix = "score_";

    /// <summary>
    /// Writes the file, whole or not at all: probabilities where they are <paramref name="calibrated"/>, and beside them the scores
    /// they were made of where tracks have several windows; else scores.
    /// </summary>
    public static void Write(string path, IReadOnlyList<string> labels, IReadOnlyList<TestedRow> rows, bool calibrated, bool leaky)
    {
        var scores = rows.Any(r => r.Scores is not null);
        using var file = new AtomicFile(path);
        using (var csv = CsvWriter.Create(file.Stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            Line(csv, ["track", "path", "label", "predicted", .. labels.Select(l => (calibrated ? ProbabilityPrefix : ScorePrefix) + l), .. scores ? labels.Select(l => ScorePrefix + l) : [], "fold", "leaky"]);
            foreach (var row in rows)
            {
                var numbers = scores ? row.Probabilities.Concat(row.Scores ?? row.Probabilities) : row.Probabilities;
                Line(csv, [row.Name, row.Path, row.Label, row.Predicted, .. numbers.Select(p => p.ToString("R", CultureInfo.InvariantCulture)), $"{row.Fold}", leaky ? "LEAKY" : "no"]);
            }
        }

        file.Commit();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="EngineException">The file cannot be read, or is not of these labels.</exception>
    public static List<TestedRow> Read(string path, IReadOnlyList<string> labels)
    {
        try
        {
            using var csv = CsvReader.FromFile(path, new CsvReaderOptions { Separator = ',', TrackLineNumbers = true, MalformedData = CsvMalformedDataHandling.Throw });
            var header = csv.Headers.ToArray();
            int Place(string column) => Array.IndexOf(header, column) is >= 0 and var place ? place : throw new EngineException($"{path}: column '{column}' is missing.");
            var (name, file, label, predicted, fold) = (Place("track"), Place("path"), Place("label"), Place("predicted"), Place("fold"));
            // Files of before there was a calibration call scores probabilities, too.
            var hasProbabilities = header.Contains(ProbabilityPrefix + labels[0]);
            var probabilities = labels.Select(l => Place((hasProbabilities ? ProbabilityPrefix : ScorePrefix) + l)).ToArray();
            var scores = hasProbabilities && header.Contains(ScorePrefix + labels[0]) ? labels.Select(l => Place(ScorePrefix + l)).ToArray() : null;
            var rows = new List<TestedRow>();
            while (csv.Read())
            {
                double Number(int place) => double.TryParse(csv.GetString(place), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                    ? value
                    : throw new EngineException($"{path}, line {csv.LineNumber}, column {header[place]}: '{csv.GetString(place)}' is not a number.");
                rows.Add(new(csv.GetString(name), csv.GetString(file), csv.GetString(label), csv.GetString(predicted), probabilities.Select(Number).ToArray(), (int)Number(fold))
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
