using System.Text;
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

    /// <summary>One line per epoch of a network.</summary>
    public const string HistoryFile = "history.csv";

    /// <summary>A network's training where it stands, to go on from.</summary>
    public const string CheckpointFile = "last.checkpoint";

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

    /// <summary>The record of a network's training that was interrupted.</summary>
    /// <exception cref="EngineException">There is no run here, or it is finished.</exception>
    public static RunRecord Unfinished(string output)
    {
        ArgumentException.ThrowIfNullOrEmpty(output);
        if (!File.Exists(Path.Combine(output, RecordFile))) throw new EngineException($"{output}: there is no run to go on with (no {RecordFile}); train without --resume.");
        var record = RunRecord.Load(output);
        return IsFinished(output) ? throw new EngineException($"{output}: the run is finished; there is nothing to go on with.") : record;
    }

    /// <summary>Whether a training was begun here that can be gone on with.</summary>
    public static bool CanResume(string output) => File.Exists(Path.Combine(output, RecordFile)) && !IsFinished(output);

    /// <summary>Whether the run's figures are there, which are written last.</summary>
    internal static bool IsFinished(string run) => File.Exists(Path.Combine(run, MetricsFile));

    /// <summary>Makes the folder of a training that takes its time, unless it is there, with the record of what is trained.</summary>
    internal static void Begin(string output, bool isThere, RunRecord record) => Write(output, isThere, folder => WriteText(Path.Combine(folder, RecordFile), record.ToJson()));

    /// <summary>Removes what an unfinished training left in a folder.</summary>
    internal static void ClearUnfinished(string output)
    {
        foreach (var file in new[] { RecordFile, HistoryFile, CheckpointFile, PredictionsFile, GenreModel.FileName }) File.Delete(Path.Combine(output, file));
        new RoundStore(output).Clear();
    }

    /// <summary>Removes the checkpoint of a round that is done.</summary>
    internal static void DeleteCheckpoint(string run) => File.Delete(Path.Combine(run, CheckpointFile));

    /// <summary>Has the files of a run written: into the folder that is there, one whole file after the other, or all at once.</summary>
    internal static void Write(string output, bool begun, Action<string> write)
    {
        if (!begun)
        {
            WriteNew(output, write);
            return;
        }

        try
        {
            write(output);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{output}: cannot write the run: {e.Message}", e);
        }
    }

    // Has a folder written beside its place, then puts it there.
    private static void WriteNew(string output, Action<string> write)
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
}
