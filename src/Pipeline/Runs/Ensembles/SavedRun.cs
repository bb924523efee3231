using System.Security.Cryptography;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Dsp;
using Engine.Pipeline.Recipes;

namespace Engine.Pipeline.Runs.Ensembles;

/// <summary>A finished run that may become a member of an ensemble.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Record">Recipe, data and split.</param>
/// <param name="Rounds">What it gave for each tested track, round by round.</param>
/// <param name="Metrics">Its figures.</param>
internal sealed record SavedRun(string Folder, RunRecord Record, TestedRound[] Rounds, MetricsReport Metrics)
{
    /// <summary>The row of each track; the first, if it has several.</summary>
    public IReadOnlyDictionary<string, RunRow> Tracks { get; } = Record.Rows.GroupBy(r => r.Track)
        .ToDictionary(g => g.Key, g => g.First());

    /// <summary>Reads a run.</summary>
    /// <exception cref="EngineException">
    /// The run is not finished, is an ensemble, has a leaky split, or its files do not fit together.
    /// </exception>
    public static SavedRun Load(string folder)
    {
        var record = RunRecord.Load(folder);
        if (record.Recipe.Classifier is RunsSpec)
            throw new EngineException($"ensemble: {folder} is an ensemble; name the runs that it was made of.");
        if (record.Leaky)
        {
            throw new EngineException($"ensemble: {folder} learned from tracks that it was tested on (split {record.Split}); " +
                "train it with a split that keeps tracks apart, such as stratified.");
        }

        var saved = SavedRounds.Load(folder, record);
        var tracks = record.Rows.ToDictionary(r => r.Name, r => r.Track);
        var rounds = saved.Tracks ?? [.. saved.Rows.Select(r => r with { Names = [.. r.Names.Select(n => tracks[n])] })];
        return new(folder, record, rounds, RunFolder.ReadMetrics(folder));
    }

    /// <summary>Loads its model.</summary>
    /// <exception cref="EngineException">The model is missing, damaged, or of another run.</exception>
    public GenreModel Model(string? device, long? memoryLimit)
    {
        var model = GenreModel.Load(Folder, Record.Recipe.Classifier.HasNetwork ? device : null, memoryLimit);
        if (model.Labels.SequenceEqual(Record.Labels) && model.Recipe.Equals(Record.Recipe)) return model;
        model.Dispose();
        throw new EngineException($"{Folder}: {GenreModel.FileName} and {RunFolder.RecordFile} have different recipes or " +
            "labels; they come from different runs.");
    }

    /// <summary>The run as the ensemble's recipe names it.</summary>
    public RunMember Member()
    {
        using var stream = RegularFile.OpenRead(Path.Combine(Folder, GenreModel.FileName));
        return new(Path.GetFullPath(Folder), Convert.ToHexStringLower(SHA256.HashData(stream)), Record.Recipe);
    }
}
