using System.Text;
using System.Text.Json;
using Engine.Classifiers;
using Engine.Classifiers.Tuning;
using Engine.Dsp.Files;
using Engine.Dsp;
using Engine.Pipeline.Json;
using Engine.Pipeline.Recipes;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Runs;

/// <summary>A set of values and its result.</summary>
/// <param name="Number">The trial, from 1.</param>
/// <param name="Values">Each searched path and its value.</param>
/// <param name="Accuracy">Mean accuracy by track over the inner folds; null if it failed.</param>
/// <param name="Folds">Accuracy of each inner fold.</param>
/// <param name="Position">Position of the values in the search space, for the search to continue from.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Error">Why it failed; null if it did not.</param>
public sealed record Trial(
    int Number, IReadOnlyDictionary<string, JsonElement> Values, double? Accuracy, IReadOnlyList<double> Folds,
    IReadOnlyList<double> Position, double Seconds, string? Error = null);

/// <summary>The first line of a log of trials: everything that determines their figures.</summary>
internal sealed record TrialsHeader(
    string Format, Recipe Recipe, string Data, string Split, ulong Seed, int Folds, TuningMethod Method, int? GridTrials);

/// <summary>
/// The <c>trials.jsonl</c> of a tuned run: a header, then one line per trial, each on disk before the next trial begins. A line
/// cut short by an interruption is dropped.
/// </summary>
internal sealed class TrialLog
{
    public const string FileName = "trials.jsonl";
    public const string Format = "engine-trials-1";

    private readonly string _path;
    private readonly List<Trial> _trials = [];

    private TrialLog(string path) => _path = path;

    /// <summary>The trials so far.</summary>
    public IReadOnlyList<Trial> Trials => _trials;

    /// <summary>Reads the log of a search, finished or not.</summary>
    /// <exception cref="EngineException">The run has no log, it is of another version, or it cannot be read.</exception>
    public static (TrialsHeader Header, IReadOnlyList<Trial> Trials) Load(string run)
    {
        var path = Path.Combine(run, FileName);
        if (Directory.Exists(run) && !File.Exists(path))
            throw new EngineException($"{run}: has no {FileName}: it was not made by engine tune.");
        // An interrupted search may have cut the last line short.
        var lines = RunFolder.ReadText(path).Split('\n')[..^1];
        if (lines.Length == 0) throw new EngineException($"{path}: has no header.");
        var header = StrictJson.Read(lines[0], RunJson.Indented.Of<TrialsHeader>(), $"{path}, line 1");
        if (header.Format != Format)
            throw new EngineException($"{path}: the format is '{Excerpt.Of(header.Format)}'; this Engine reads '{Format}'.");
        return (header, [.. lines.Skip(1).Select((line, l) =>
            StrictJson.Read(line, RunJson.Indented.Of<Trial>(), $"{path}, line {l + 2}"))]);
    }

    /// <summary>Starts a log in a new or empty folder, or continues the existing one.</summary>
    /// <exception cref="EngineException">
    /// The folder holds something else, or the log cannot be used or is of another search.
    /// </exception>
    public static TrialLog Open(string run, TrialsHeader header, SearchSpace space)
    {
        var log = new TrialLog(Path.Combine(run, FileName));
        try
        {
            if (!File.Exists(log._path))
            {
                RunFolder.RequireFree(run);
                Disk.CreateFolder(run);
                AtomicFile.WriteText(log._path, Line(JsonSerializer.Serialize(header, RunJson.Compact.Of<TrialsHeader>())));
                return log;
            }

            log.Read(header, space);
            return log;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{log._path}: cannot keep the log of trials: {e.Message}", e);
        }
    }

    /// <summary>Adds a trial.</summary>
    /// <exception cref="EngineException">It cannot be written.</exception>
    public void Add(Trial trial)
    {
        try
        {
            Disk.Append(_path, Encoding.UTF8.GetBytes(Line(JsonSerializer.Serialize(trial, RunJson.Compact.Of<Trial>()))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{_path}: cannot write the trial: {e.Message}", e);
        }

        _trials.Add(trial);
    }

    private void Read(TrialsHeader header, SearchSpace space)
    {
        var text = File.ReadAllText(_path);
        var whole = text[..(text.LastIndexOf('\n') + 1)];
        if (whole.Length < text.Length) AtomicFile.WriteText(_path, whole);
        var lines = whole.Split('\n')[..^1];
        if (lines.Length == 0) throw new EngineException($"{_path}: has no header; remove it to start over.");
        RequireSame(header, StrictJson.Read(lines[0], RunJson.Indented.Of<TrialsHeader>(), $"{_path}, line 1"));
        for (var l = 1; l < lines.Length; l++)
        {
            var trial = StrictJson.Read(lines[l], RunJson.Indented.Of<Trial>(), $"{_path}, line {l + 1}");
            double[] point = [.. trial.Position];
            var fits = trial.Number == l && point.Length == space.Parameters.Count
                && space.Parameters.Select(
                    (p, i) => trial.Values.TryGetValue(p.Path, out var value) && value.GetRawText() == p.Value(point[i]))
                        .All(same => same);
            if (!fits)
            {
                throw new EngineException(
                    $"{_path}, line {l + 1}: is not trial {l} of this search; remove the file to start over.");
            }

            _trials.Add(trial);
        }
    }

    private void RequireSame(TrialsHeader header, TrialsHeader before)
    {
        (string Name, string Before, string Now)[] parts =
        [
            ("format", before.Format, header.Format), ("recipe", before.Recipe.ToJson(), header.Recipe.ToJson()),
            ("data", before.Data, header.Data),
            ("split", before.Split, header.Split), ("seed", $"{before.Seed}", $"{header.Seed}"),
            ("number of folds", $"{before.Folds}", $"{header.Folds}"),
            ("method", $"{before.Method}", $"{header.Method}"),
            ("number of trials of the grid", $"{before.GridTrials}", $"{header.GridTrials}"),
        ];
        var changed = parts.FirstOrDefault(p => p.Before != p.Now).Name;
        if (changed is null) return;
        throw new EngineException(
            $"{_path}: the {changed} of the trials is not that of this search. Name another folder, or remove this one to " +
            "start over.");
    }

    private static string Line(string json) => json + "\n";
}
