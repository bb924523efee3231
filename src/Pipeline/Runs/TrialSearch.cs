using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Engine.Classifiers;
using Engine.Classifiers.Tuning;
using Engine.Pipeline.Json;
using Engine.Pipeline.Ranks;
using Engine.Pipeline.Recipes;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Runs;

/// <summary>
/// Tries sets of values of a recipe. The folds of a trial, and trials that do not depend on each other, are shared out among the
/// ranks; every rank's log then has all trials, the same as if one had run them in turn.
/// </summary>
/// <param name="space">What may change.</param>
/// <param name="sampler">Chooses the values.</param>
/// <param name="recipe">The recipe with some values; throws if one does not fit.</param>
/// <param name="folds">Measures a recipe.</param>
/// <param name="ranks">The job; every rank searches.</param>
internal sealed class TrialSearch(
    SearchSpace space, Sampler sampler, Func<string[], Recipe> recipe, InnerFolds folds, Communicator ranks)
{
    private const byte Accuracy = 0, Error = 1;

    /// <summary>The trials of a log, as the sampler knows them.</summary>
    public static Tried[] Tried(TrialLog log) => [.. log.Trials.Select(t => new Tried([.. t.Position], t.Accuracy))];

    /// <summary>Adds trials to the log until it has as many as wanted or there are no more values.</summary>
    /// <param name="log">This rank's; the same on every rank.</param>
    /// <param name="wanted">How many trials.</param>
    /// <param name="done">Called after each trial.</param>
    /// <param name="cancellation">Begins no further trial.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; the finished trials are in the log.</exception>
    public void Run(TrialLog log, int wanted, Action<Trial> done, CancellationToken cancellation)
    {
        while (Next(log, wanted) is { Count: > 0 } points)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var trial in Try(points, log.Trials.Count, cancellation))
            {
                log.Add(trial);
                done(trial);
            }
        }
    }

    // The next point, and with several ranks those after it that do not depend on its score. They follow from the log and the
    // seed, so all ranks choose the same.
    private List<double[]> Next(TrialLog log, int wanted)
    {
        var (points, tried) = (new List<double[]>(), Tried(log).ToList());
        while (points.Count < ranks.Size && tried.Count < wanted && (points.Count == 0 || !sampler.NeedsScores(tried.Count))
            && sampler.Next(tried) is { } point)
        {
            points.Add(point);
            tried.Add(new(point, null));
        }

        return points;
    }

    private Trial[] Try(List<double[]> points, int before, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        byte[][] tasks = [.. points.SelectMany((_, p) => Enumerable.Range(0, folds.Count).Select(f => Task(p, f)))];
        var results = new byte[tasks.Length][];
        SharedOut.Each(ranks, tasks, task => Measure(points, task), (task, result) => results[task] = result, cancellation);
        var json = RunJson.Compact.Of<Trial[]>();
        if (!ranks.IsFirst) return JsonSerializer.Deserialize(ranks.Share(null), json)!;
        var seconds = clock.Elapsed.TotalSeconds / points.Count;
        Trial[] trials = [.. points.Select((point, p) =>
            TrialOf(before + p + 1, point, results.AsSpan(p * folds.Count, folds.Count), seconds))];
        if (ranks.Size > 1) ranks.Share(JsonSerializer.SerializeToUtf8Bytes(trials, json));
        return trials;
    }

    private Trial TrialOf(int number, double[] point, ReadOnlySpan<byte[]> results, double seconds)
    {
        string? error = null;
        var accuracies = new double[results.Length];
        for (var f = 0; f < results.Length && error is null; f++)
        {
            if (results[f][0] == Error) error = Encoding.UTF8.GetString(results[f].AsSpan(1));
            else accuracies[f] = BitConverter.ToDouble(results[f], 1);
        }

        var values = space.Parameters.Zip(space.Values(point)).ToDictionary(p => p.First.Path, p => JsonElement.Parse(p.Second));
        return new(number, values, error is null ? accuracies.Average() : null, error is null ? accuracies : [], point, seconds,
            error);
    }

    private static byte[] Task(int point, int fold) => MemoryMarshal.AsBytes<int>([point, fold]).ToArray();

    private byte[] Measure(List<double[]> points, byte[] task)
    {
        var numbers = MemoryMarshal.Cast<byte, int>(task);
        try
        {
            var accuracy = folds.Accuracy(recipe(space.Values(points[numbers[0]])), numbers[1]);
            return [Accuracy, .. BitConverter.GetBytes(accuracy)];
        }
        catch (EngineException e)
        {
            return [Error, .. Encoding.UTF8.GetBytes(e.Message)];
        }
    }
}
