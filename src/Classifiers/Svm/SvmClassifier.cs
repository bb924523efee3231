using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Svm;

/// <summary>
/// A support vector machine with soft margin (C-SVC: Cortes and Vapnik 1995), with one voting machine for each pair of classes,
/// as in scikit-learn's <c>SVC</c> and LIBSVM. On ties the lower label wins. A class without training rows has probability 0.
/// </summary>
public sealed class SvmClassifier : IClassifier
{
    private const string Name = "SvmClassifier";

    private SvmMachine? _machine;
    private PlattSigmoid[]? _sigmoids;
    private int[] _present = [];

    /// <summary>An unfitted classifier.</summary>
    /// <exception cref="EngineException">A setting is out of range.</exception>
    public SvmClassifier(SvmOptions options)
    {
        Options = OptionCheck.Require(Name, options);
    }

    /// <summary>The settings.</summary>
    public SvmOptions Options { get; }

    /// <summary>1: only the calling thread; otherwise the whole worker pool. The result is the same.</summary>
    public int Threads { get; init; }

    /// <summary>The seed of the folds that Platt's sigmoids are fitted on; nothing else is random.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Called for each pair that did not converge within <see cref="SvmOptions.MaxIterations"/>, with the remaining gap.
    /// </summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Stops a fit.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <inheritdoc/>
    public int Classes { get; private set; }

    /// <inheritdoc/>
    public int Columns => _machine?.Support.Columns ?? 0;

    /// <summary>
    /// The support vectors of each class that occurred in training, in the order of the labels; empty before fitting.
    /// </summary>
    public IReadOnlyList<int> SupportCounts => _machine?.Counts ?? [];

    /// <inheritdoc/>
    /// <exception cref="EngineException">
    /// As in the interface; also if there is only one class, or values are too large for the kernel.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Fit(FeatureMatrix x, ReadOnlySpan<int> labels, int classes) => FitAndHoldOut(x, labels, classes, []);

    /// <summary>
    /// Fits, and scores each of <paramref name="parts"/>, rows of <paramref name="x"/>, with machines fitted to the other rows,
    /// as <see cref="PredictProbabilities"/> would without sigmoids. All share one kernel matrix, which takes most of the time
    /// for wide rows, and its gamma. Null if that matrix does not fit into <see cref="SvmOptions.CacheMegabytes"/>.
    /// </summary>
    public FeatureMatrix? FitAndHoldOut(FeatureMatrix x, ReadOnlySpan<int> labels, int classes, IReadOnlyList<int[]> parts)
    {
        ArgumentNullException.ThrowIfNull(x);
        var members = Members(x, labels, classes);
        var present = Enumerable.Range(0, classes).Where(c => members[c].Length > 0).ToArray();
        if (present.Length < 2)
            throw new EngineException($"{Name}: all {x.Rows} rows have the label {labels[0]}; it needs rows of at least two " +
                "labels.");
        var bounds = Bounds(members, present, x.Rows);
        var squares = Squares(x);
        var kernel = Kernel(Options.Gamma.Resolve(x));
        var largest = kernel.Largest(squares.Max());
        if (!(largest <= float.MaxValue))
            throw new EngineException(
                $"{Name}: values of the {Options.Kernel} kernel reach {largest:G3} on these rows, beyond single precision; "
                    + "scale the columns, or lower gamma or degree.");
        using var gram = GramMatrix.Bytes(x.Rows) <= (long)Options.CacheMegabytes << 20
            ? GramMatrix.Of(x, squares, kernel, Threads) : null;
        var trainer = new SvmTrainer((IKernelRows?)gram ?? new ComputedRows(x, squares, kernel),
            [.. present.Select(c => members[c])], present, bounds, Options, Threads, Cancellation);
        var solutions = trainer.Solve(Warn);
        var sigmoids = Options.Probabilities == SvmProbabilities.Platt ? trainer.Calibrate(Seed, Warn) : null;
        _machine = SupportVectors.Collect(x, kernel, [.. present.Select(c => members[c])], trainer.Pairs(), solutions, Threads);
        (_sigmoids, _present, Classes) = (sigmoids, present, classes);
        return gram is null || parts.Count == 0 ? null : HeldOutScores(gram, members, parts);
    }

    /// <summary>
    /// The decision of each pair of classes that occurred in training, (0, 1), (0, 2), …, (1, 2), …, for each row: above 0 for
    /// the first of the pair. <c>[rows, pairs]</c>, as in scikit-learn's <c>decision_function</c> with <c>ovo</c> for three or
    /// more classes.
    /// </summary>
    /// <exception cref="EngineException">
    /// Not fitted, a different number of columns than in training, or a value that is not finite.
    /// </exception>
    public FeatureMatrix PairDecisions(FeatureMatrix x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (_machine is null) throw NotFitted();
        x.RequireColumns(Name, Columns);
        x.RequireFinite(Name);
        return _machine.Decide(x, Threads);
    }

    /// <inheritdoc/>
    public FeatureMatrix PredictProbabilities(FeatureMatrix x)
    {
        var decisions = PairDecisions(x);
        var probabilities = new FeatureMatrix(x.Rows, Classes);
        var present = new double[_present.Length];
        for (var r = 0; r < x.Rows; r++)
        {
            if (_sigmoids is null) Vote(decisions.Row(r), present);
            else Couple(decisions.Row(r), present);
            for (var c = 0; c < present.Length; c++) probabilities.Row(r)[_present[c]] = present[c];
        }

        return probabilities;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> SaveState() => _machine is null
        ? throw NotFitted() : SvmState.Save(_machine, _sigmoids, _present, Classes);

    /// <inheritdoc/>
    public void LoadState(IReadOnlyDictionary<string, StoredTensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        (_machine, _sigmoids, _present, Classes) =
            SvmState.Load(state, Name, Kernel, Options.Probabilities == SvmProbabilities.Platt);
    }

    private FeatureMatrix HeldOutScores(GramMatrix gram, int[][] members, IReadOnlyList<int[]> parts)
    {
        var scores = new FeatureMatrix(parts.Sum(p => p.Length), members.Length);
        var at = 0;
        foreach (var part in parts)
        {
            var held = part.ToHashSet();
            int[][] rest = [.. members.Select(m => m.Where(r => !held.Contains(r)).ToArray())];
            var present = Enumerable.Range(0, rest.Length).Where(c => rest[c].Length > 0).ToArray();
            if (present.Length < 2)
            {
                throw new EngineException($"{Name}: without the {part.Length} held-out rows, {present.Length} of the labels " +
                    "remain; at least two are needed.");
            }
            int[][] learned = [.. present.Select(c => rest[c])];
            var trainer = new SvmTrainer(gram, learned, present, Bounds(rest, present, learned.Sum(m => m.Length)), Options,
                Threads, Cancellation);
            // If a part does not converge, the whole fit warns.
            var decisions = HeldOutDecisions.Of(gram, learned, trainer.Pairs(), trainer.Solve(null), part, Threads);
            var shares = new double[present.Length];
            for (var r = 0; r < part.Length; r++, at++)
            {
                Vote(decisions.Row(r), shares);
                for (var c = 0; c < shares.Length; c++) scores.Row(at)[present[c]] = shares[c];
            }
        }

        return scores;
    }

    private KernelFunction Kernel(double gamma) => new(Options.Kernel, gamma, Options.Coef0, Options.Degree);

    private void Vote(ReadOnlySpan<double> decisions, Span<double> shares)
    {
        if (Options.Probabilities == SvmProbabilities.SoftVotes) PairVotes.Soft(decisions, shares);
        else PairVotes.Rank(decisions, Options.Probabilities == SvmProbabilities.Votes, shares);
    }

    private void Couple(ReadOnlySpan<double> decisions, Span<double> probabilities)
    {
        const double Margin = 1e-7;
        var pairs = new FeatureMatrix(probabilities.Length, probabilities.Length);
        for (int a = 0, pair = 0; a < probabilities.Length; a++)
        {
            for (var b = a + 1; b < probabilities.Length; b++, pair++)
            {
                var p = Math.Clamp(_sigmoids![pair].Probability(decisions[pair]), Margin, 1 - Margin);
                (pairs.Row(a)[b], pairs.Row(b)[a]) = (p, 1 - p);
            }
        }

        PairwiseCoupling.Solve(pairs, probabilities);
    }

    private static int[][] Members(FeatureMatrix x, ReadOnlySpan<int> labels, int classes)
    {
        if (x.Rows != labels.Length) throw new EngineException($"{Name}: {x.Rows} rows but {labels.Length} labels.");
        if (x.Rows == 0 || x.Columns == 0)
            throw new EngineException($"{Name}: cannot be fitted on [{x.Rows}, {x.Columns}]; it needs rows and columns.");
        var members = new List<int>[classes];
        for (var c = 0; c < classes; c++) members[c] = [];
        for (var r = 0; r < labels.Length; r++)
        {
            if ((uint)labels[r] >= (uint)classes)
                throw new EngineException($"{Name}: label {labels[r]} is outside [0, {classes}).");
            members[labels[r]].Add(r);
        }

        return Array.ConvertAll(members, m => m.ToArray());
    }

    private double[] Bounds(int[][] members, int[] present, int rows)
    {
        if (Options.ClassWeights is { } weights && weights.Count != members.Length)
            throw new EngineException($"{Name}: there are {weights.Count} class weights but {members.Length} labels.");
        return [.. present.Select(c => Options.C * Weight(c))];

        double Weight(int c) => Options.ClassWeights is { } given ? given[c]
            : Options.ClassWeight == ClassWeighting.Balanced ? (double)rows / present.Length / members[c].Length : 1;
    }

    // A value that is not finite, or too large to square, makes its row's length infinite or NaN.
    private double[] Squares(FeatureMatrix x)
    {
        var squares = new double[x.Rows];
        Serially.OrFor(Threads, x.Rows, Math.Max(1, (1 << 16) / x.Columns), (from, to) =>
        {
            for (var r = from; r < to; r++) squares[r] = DotProduct.Of(x.Row(r), x.Row(r));
        });
        if (Array.TrueForAll(squares, s => s < double.MaxValue / 4)) return squares;
        x.RequireFinite(Name);
        var row = Array.FindIndex(squares, s => !(s < double.MaxValue / 4));
        throw new EngineException($"{Name}: the values of row {row} are too large to be squared; scale the columns.");
    }

    private static EngineException NotFitted() => new($"{Name}: not fitted yet.");
}
