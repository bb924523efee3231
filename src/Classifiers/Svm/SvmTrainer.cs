using System.Collections.Concurrent;
using Engine.Tensors;

namespace Engine.Classifiers.Svm;

/// <summary>Fits the machines of all pairs of classes that occur, several at once.</summary>
internal sealed class SvmTrainer
{
    // Kernel rows read from a Gram matrix are copies and cheap to recreate.
    private const long GramRowBytes = 64L << 20;

    private readonly SvmOptions _options;
    private readonly int _threads;
    private readonly CancellationToken _cancellation;
    private readonly IKernelRows _kernel;
    private readonly double[] _bounds;
    private readonly int[][] _members;
    private readonly int[] _labels;
    private readonly int _memory;
    private readonly ConcurrentBag<float[]> _free = [];

    /// <param name="kernel">Values between the training rows.</param>
    /// <param name="members">The rows of each class that occurs.</param>
    /// <param name="labels">The label of each of these classes.</param>
    /// <param name="bounds">The bound on the weights of each class.</param>
    /// <param name="options">The settings.</param>
    /// <param name="threads">1: only the calling thread.</param>
    /// <param name="cancellation">Stops the work.</param>
    public SvmTrainer(
        IKernelRows kernel, int[][] members, int[] labels, double[] bounds, SvmOptions options, int threads,
        CancellationToken cancellation)
    {
        (_kernel, _members, _labels, _bounds, _options, _threads, _cancellation) =
            (kernel, members, labels, bounds, options, threads, cancellation);
        var largest = members.Select(m => m.Length).OrderDescending().Take(2).Sum();
        var bytes = (long)options.CacheMegabytes << 20;
        _memory = KernelRowCache.MemoryFor(largest, kernel is GramMatrix ? Math.Min(bytes, GramRowBytes) : bytes);
    }

    /// <summary>The pairs (a, b), a before b, in the order of their machines.</summary>
    public (int First, int Second)[] Pairs() =>
        [.. Enumerable.Range(0, _members.Length)
            .SelectMany(a => Enumerable.Range(a + 1, _members.Length - a - 1).Select(b => (a, b)))];

    /// <summary>Solves every pair; reports those that did not converge to <paramref name="warn"/>.</summary>
    public SmoSolution[] Solve(Action<string>? warn)
    {
        var pairs = Pairs();
        var solutions = new SmoSolution[pairs.Length];
        Serially.OrRun(_threads, pairs.Length,
            p => solutions[p] = Solve(pairs[p], _members[pairs[p].First], _members[pairs[p].Second]));
        for (var p = 0; p < pairs.Length; p++) Warn(warn, pairs[p], solutions[p], "");
        return solutions;
    }

    /// <summary>Fits a sigmoid for each pair to decisions for rows that the deciding machine was not fitted on.</summary>
    public PlattSigmoid[] Calibrate(ulong seed, Action<string>? warn)
    {
        const int Folds = 5;
        var pairs = Pairs();
        var folds = Array.ConvertAll(pairs,
            pair => HeldOutFold.Deal(_members[pair.First], _members[pair.Second], Folds,
                new RandomStream(seed, $"svm folds {_labels[pair.First]} {_labels[pair.Second]}")));
        var solutions = new SmoSolution?[pairs.Length * Folds];
        Serially.OrRun(_threads, solutions.Length, task =>
        {
            var (pair, fold) = (pairs[task / Folds], folds[task / Folds][task % Folds]);
            if (fold.First.Length > 0 && fold.Second.Length > 0) solutions[task] = Solve(pair, fold.First, fold.Second);
            fold.Decide(_kernel, solutions[task]);
        });
        for (var task = 0; task < solutions.Length; task++)
        {
            if (solutions[task] is { } solution)
                Warn(warn, pairs[task / Folds], solution, $" (fold {task % Folds + 1} of {Folds} of the calibration)");
        }

        return Array.ConvertAll(folds,
            f => PlattSigmoid.Fit([.. f.SelectMany(h => h.Decisions)], [.. f.SelectMany(h => h.Truth)]));
    }

    private SmoSolution Solve((int First, int Second) pair, int[] first, int[] second)
    {
        if (!_free.TryTake(out var memory)) memory = new float[_memory];
        var settings = new SmoSettings(_bounds[pair.First], _bounds[pair.Second], _options.Tolerance, _options.MaxIterations,
            _options.Shrinking);
        var solution = new SmoSolver(_kernel, first, second, settings, memory).Solve(_cancellation);
        _free.Add(memory);
        return solution;
    }

    private void Warn(Action<string>? warn, (int First, int Second) pair, SmoSolution solution, string where)
    {
        if (solution.Converged) return;
        warn?.Invoke($"SvmClassifier: labels {_labels[pair.First]} and {_labels[pair.Second]}{where} did not converge in "
            + $"{solution.Iterations} steps: the gap is {solution.Gap:G3}, the tolerance {_options.Tolerance:G3}. Scale the "
            + "columns, lower c, or allow more iterations.");
    }
}
