using System.Text;
using CsvHelper;
using Engine.Dsp;

namespace Engine.Classifiers.Pipeline;

/// <summary>The files of a run, and writing them so that a run folder is whole or not there.</summary>
public static class RunFolder
{
    /// <summary>What the run was: recipe, data, split.</summary>
    public const string RecordFile = "run.json";

    /// <summary>The figures.</summary>
    public const string MetricsFile = "metrics.json";

    /// <summary>One line per tested row.</summary>
    public const string PredictionsFile = "predictions.csv";

    /// <summary>Checks that a run can be written here: nothing there, or an empty folder.</summary>
    /// <exception cref="EngineException">Something is there.</exception>
    public static void RequireFree(string output)
    {
        ArgumentException.ThrowIfNullOrEmpty(output);
        if (File.Exists(output)) throw new EngineException($"{output}: is a file; name a folder that does not exist yet.");
        if (Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any())
        {
            throw new EngineException($"{output}: the folder exists and is not empty; nothing is overwritten. Name another or remove it.");
        }
    }

    /// <summary>Has a folder written beside <paramref name="output"/>, then puts it in its place.</summary>
    internal static void Write(string output, Action<string> write)
    {
        RequireFree(output);
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        var temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(temporary);
            write(temporary);
            RequireFree(output);
            if (Directory.Exists(full)) Directory.Delete(full);
            Directory.Move(temporary, full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{output}: cannot write the run: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>Writes a text and waits until it is on the disk.</summary>
    internal static void WriteText(string path, string text)
    {
        using var file = new AtomicFile(path);
        file.Stream.Write(Encoding.UTF8.GetBytes(text));
        file.Commit();
    }

    internal static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be read; is {Path.GetDirectoryName(path)} a run folder? {e.Message}", e);
        }
    }

    internal static void WritePredictions(string path, IReadOnlyList<string> labels, IReadOnlyList<TestedRow> rows, bool leaky)
    {
        using var file = new AtomicFile(path);
        using (var csv = CsvWriter.Create(file.Stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true)) Write(csv, labels, rows, leaky);
        file.Commit();
    }

    private static void Write(CsvWriter csv, IReadOnlyList<string> labels, IReadOnlyList<TestedRow> rows, bool leaky)
    {
        string[] header = ["track", "path", "label", "predicted", .. labels.Select(l => $"probability_{l}"), "fold", "leaky"];
        foreach (var name in header) csv.WriteField(name);
        csv.EndRecord();
        foreach (var row in rows)
        {
            string[] fields = [row.Name, row.Path, row.Label, row.Predicted, .. row.Probabilities.Select(p => p.ToString("R")), $"{row.Fold}", leaky ? "LEAKY" : "no"];
            foreach (var field in fields) csv.WriteField(field);
            csv.EndRecord();
        }
    }
}
