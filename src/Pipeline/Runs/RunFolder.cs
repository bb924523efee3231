using System.Text;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Dsp;
using Engine.Dsp.Files;
using Engine.Pipeline.Recipes;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Runs;

/// <summary>The files of a run, written so that a run folder is complete or does not exist.</summary>
public static class RunFolder
{
    /// <summary>What the run was made from: recipe, data, split.</summary>
    public const string RecordFile = RecipeFile.RunRecordFile;

    /// <summary>The figures.</summary>
    public const string MetricsFile = "metrics.json";

    /// <summary>One line per tested row.</summary>
    public const string PredictionsFile = "predictions.csv";

    /// <summary>The page for people: the figures, the errors, and how to run it again.</summary>
    public const string ReportFile = "report.html";

    /// <summary>One line per epoch of a network.</summary>
    public const string HistoryFile = "history.csv";

    /// <summary>The state of a network's training, to resume from.</summary>
    public const string CheckpointFile = "last.checkpoint";

    /// <summary>Checks that a run can be written here: the path does not exist, or is an empty folder.</summary>
    /// <exception cref="EngineException">It is anything else.</exception>
    public static void RequireFree(string output)
    {
        ArgumentException.ThrowIfNullOrEmpty(output);
        if (File.Exists(output)) throw new EngineException($"{output}: is a file; name a folder that does not exist yet.");
        if (CanResume(output))
        {
            throw new EngineException(
                $"{output}: holds an unfinished training; resume it (--resume), name another folder, or remove this one.");
        }

        if (Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any(e => !IsPassing(Path.GetFileName(e))))
        {
            SweepBeside(output);
            throw new EngineException(
                $"{output}: the folder exists and is not empty; nothing is overwritten. Name another or remove it.");
        }
    }

    /// <summary>The record of a network's training that was interrupted.</summary>
    /// <exception cref="EngineException">There is no run here, or it is finished.</exception>
    public static RunRecord Unfinished(string output)
    {
        ArgumentException.ThrowIfNullOrEmpty(output);
        if (!File.Exists(Path.Combine(output, RecordFile)))
        {
            throw new EngineException($"{output}: there is no run to resume (no {RecordFile}); train without --resume.");
        }

        var record = RunRecord.Load(output);
        return IsFinished(output) && !HasLeftovers(output)
            ? throw new EngineException($"{output}: the run is finished; there is nothing to resume.")
            : record;
    }

    /// <summary>Whether the folder holds an interrupted training that can be resumed.</summary>
    public static bool CanResume(string output) => File.Exists(Path.Combine(output, RecordFile)) && !IsFinished(output);

    /// <summary>
    /// Keeps other processes out of a run's folder, which need not exist, until disposed; removes leftovers of killed ones.
    /// </summary>
    /// <exception cref="EngineException">Another process is using the folder, or it cannot be written.</exception>
    internal static IDisposable Hold(string output)
    {
        try
        {
            OutputPlace.RequireName(output);
            var held = FolderLock.Take(output);
            SweepBeside(output);
            foreach (var folder in new[] { output, new RoundStore(output).Root }) Temporary.Sweep(folder);
            return held;
        }
        catch (FolderInUseException e)
        {
            throw new EngineException(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{output}: cannot be written: {e.Message}", e);
        }
    }

    // Removes leftovers of killed processes beside a run's folder.
    private static void SweepBeside(string output)
    {
        if (Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(output))) is not { } parent) return;
        Temporary.Sweep(parent);
        FolderLock.Sweep(parent);
    }

    /// <summary>Whether the process that finished the run was killed before it cleaned up.</summary>
    internal static bool HasLeftovers(string run) => FolderLock.IsLeft(run) || Directory.Exists(new RoundStore(run).Root)
        || (Directory.Exists(run) && Directory.EnumerateFileSystemEntries(run).Any(e => IsPassing(Path.GetFileName(e))));

    /// <summary>A finished run, read from its own files and cleaned up.</summary>
    internal static TrainingResult Finished(string run)
    {
        new RoundStore(run).Clear();
        var record = RunRecord.Load(run);
        var metrics = ReadMetrics(run);
        return new(record, metrics, Runs.PredictionsFile.Read(Path.Combine(run, PredictionsFile), record.Labels));
    }

    /// <summary>Whether the run has its figures, which are written last.</summary>
    internal static bool IsFinished(string run) => File.Exists(Path.Combine(run, MetricsFile));

    /// <summary>Throws unless the run has its figures.</summary>
    internal static void RequireFinished(string run)
    {
        if (IsFinished(run)) return;
        throw new EngineException($"{run}: the training is not finished; resume it: engine train --resume --out {run}");
    }

    /// <summary>Creates the folder of a long training, unless it exists, with the record of what is trained.</summary>
    internal static void Begin(string output, bool isThere, RunRecord record) =>
        Write(output, isThere, folder => AtomicFile.WriteText(Path.Combine(folder, RecordFile), record.ToJson()));

    /// <summary>Removes what an unfinished training left in a folder.</summary>
    internal static void ClearUnfinished(string output)
    {
        foreach (var file in new[]
                 { RecordFile, HistoryFile, CheckpointFile, PredictionsFile, ReportFile, GenreModel.FileName })
            Disk.Delete(Path.Combine(output, file));
        new RoundStore(output).Clear();
    }

    /// <summary>Removes the checkpoint of a finished round.</summary>
    internal static void DeleteCheckpoint(string run) => Disk.Delete(Path.Combine(run, CheckpointFile));

    /// <summary>
    /// Removes a checkpoint of any other round than this, counted from 0: the process was killed between saving a round's result
    /// and removing its checkpoint, or the result of an earlier round has since been removed.
    /// </summary>
    internal static void DeleteCheckpointOfOthers(string run, int round)
    {
        var path = Path.Combine(run, CheckpointFile);
        if (!File.Exists(path)) return;
        try
        {
            if (SafetensorsFile.ReadMetadata(path).TryGetValue(RoundJobs.RoundKey, out var of)
                && of != RoundJobs.RoundValue(round)) Disk.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new EngineException($"{path}: cannot read the checkpoint: {e.Message} Remove the file to start the round " +
                "again.", e);
        }
    }

    /// <summary>Writes the files of a run: one by one into an existing run folder, or all at once as a new one.</summary>
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

    // Writes a folder beside its destination, then moves it there.
    private static void WriteNew(string output, Action<string> write)
    {
        RequireFree(output);
        try
        {
            using var staged = new StagedFolder(output);
            write(staged.Path);
            RequireFree(output);
            staged.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{output}: cannot write the run: {e.Message}", e);
        }
    }

    // Files that exist only while a process is working.
    internal static bool IsPassing(string name) => Temporary.IsName(name) || FolderLock.IsName(name);

    /// <summary>The figures of a run.</summary>
    internal static MetricsReport ReadMetrics(string run)
    {
        var path = Path.Combine(run, MetricsFile);
        return MetricsReport.FromJson(ReadText(path), path);
    }

    internal static string ReadText(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (folder.Length > 0 && !Directory.Exists(folder))
        {
            throw new EngineException(File.Exists(folder)
                ? $"{folder}: is a file; name a run folder made by engine train."
                : $"{folder}: there is no such folder; name a run folder made by engine train.");
        }

        try
        {
            using var reader = new StreamReader(RegularFile.OpenRead(path), Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (FileNotFoundException e)
        {
            throw new EngineException(
                $"{folder}: is not a run folder made by engine train: it holds no {Path.GetFileName(path)}.", e);
        }
        catch (FileKindException e)
        {
            throw new EngineException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be read: {e.Message}", e);
        }
    }
}
