using System.Diagnostics;
using Engine.Classifiers;
using Engine.Classifiers.Svm;
using Engine.Classifiers.Trees;
using Engine.Pipeline.Recipes;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Fitting;

/// <summary>Column steps and a classifier; the columns may be the values of a window.</summary>
internal sealed class TabularPipeline : FittedPipeline
{
    private const string ClassifierPrefix = "classifier.";

    private readonly ColumnSteps _steps;
    private readonly IClassifier _classifier;

    // Trees only compare values; everything else multiplies them.
    private readonly bool _squares;

    private TabularPipeline(Recipe recipe, FitSettings settings)
    {
        (_steps, _classifier) = (ColumnSteps.Of(recipe, settings), ((TabularOptions)recipe.Classifier).Create(settings));
        _squares = recipe.Classifier is not ForestOptions;
    }

    private TabularPipeline(ColumnSteps steps, IClassifier classifier) =>
        (_steps, _classifier, _squares) = (steps, classifier, true);

    /// <summary>A fitted classifier of a program's own.</summary>
    /// <exception cref="EngineException">It was fitted on other columns or classes.</exception>
    public static TabularPipeline Of(string name, ColumnSteps steps, IClassifier classifier, int columns, int classes)
    {
        var pipeline = new TabularPipeline(steps, classifier);
        try
        {
            pipeline.RequireSizes(columns, classes);
        }
        catch (EngineException e)
        {
            throw new EngineException($"{name}: {e.Message}", e);
        }

        return pipeline;
    }

    /// <summary>The same, restored from what <see cref="SaveState"/> returned.</summary>
    /// <exception cref="EngineException">The classifier is not the one that was saved.</exception>
    public static TabularPipeline Restore(
        string name, ColumnSteps steps, IClassifier classifier, IReadOnlyDictionary<string, StoredTensor> state, int columns,
        int classes) => new TabularPipeline(steps, classifier).Load($"model {name}", state, columns, classes);

    /// <summary>Fits on training and validation rows together: these classifiers do not validate.</summary>
    public static new FitResult Fit(FitJob job) => FitAndHoldOut(job, []).Fitted;

    /// <summary>
    /// Whether parts of the rows can be held out without recomputing the kernel; the columns must not depend on the labels.
    /// </summary>
    public static bool SharesKernel(Recipe recipe) =>
        recipe is { Classifier: SvmOptions { Probabilities: not SvmProbabilities.Platt }, Selection: null, Projection: null };

    /// <summary>
    /// The same, plus scores of parts of the training rows from machines fitted without the part; null if there are no parts or
    /// the kernel matrix does not fit into the classifier's memory.
    /// </summary>
    public static (FitResult Fitted, FeatureMatrix? Scores) FitAndHoldOut(FitJob job, IReadOnlyList<int[]> parts)
    {
        var clock = Stopwatch.StartNew();
        var rows = job.Train.Flatten(job.Valid, job.Threads);
        var pipeline = new TabularPipeline(job.Recipe, new FitSettings(job.Threads, job.Seed, job.Warn, job.Cancellation));
        int[] labels = [.. job.TrainLabels, .. job.ValidLabels];
        var columns = pipeline._steps.FitTransform(rows, labels, job.Classes);
        if (pipeline._squares) ValueRange.RequireToLearn(columns, pipeline._classifier.GetType().Name);
        FeatureMatrix? scores = null;
        if (parts.Count > 0 && pipeline._classifier is SvmClassifier svm)
            scores = svm.FitAndHoldOut(columns, labels, job.Classes, parts);
        else pipeline._classifier.Fit(columns, labels, job.Classes);
        pipeline.RequireKept(job, rows);
        return (new(pipeline, clock.Elapsed.TotalSeconds, []), scores);
    }

    /// <summary>Restores what <see cref="SaveState"/> returned.</summary>
    public static TabularPipeline Load(
        Recipe recipe, IReadOnlyDictionary<string, StoredTensor> state, int columns, int classes) =>
        new TabularPipeline(recipe, new FitSettings()).Load($"recipe {recipe.Name}", state, columns, classes);

    private TabularPipeline Load(string owner, IReadOnlyDictionary<string, StoredTensor> state, int columns, int classes)
    {
        RequireKnown(owner, state, [ClassifierPrefix, .. _steps.Prefixes]);
        _steps.LoadState(state, columns);
        _classifier.LoadState(Part(state, ClassifierPrefix));
        RequireSizes(columns, classes);
        RequireUsable();
        return this;
    }

    private void RequireSizes(int columns, int classes)
    {
        var given = _steps.OutputColumns(columns);
        if (_classifier.Columns != given)
            throw new EngineException($"the classifier has {_classifier.Columns} columns, but the front end has {given}.");
        if (_classifier.Classes != classes)
            throw new EngineException($"the classifier has {_classifier.Classes} classes, but there are {classes} labels.");
    }

    public override FeatureMatrix PredictProbabilities(RowSet rows) => Probabilities(rows.Flatten());

    private FeatureMatrix Probabilities(FeatureMatrix rows)
    {
        var columns = _steps.Transform(rows);
        if (_squares) ValueRange.RequireToPredict(columns, _classifier.GetType().Name);
        var probabilities = _classifier.PredictProbabilities(columns);
        if (probabilities.Rows != columns.Rows || probabilities.Columns != _classifier.Classes)
        {
            throw new EngineException($"{_classifier.GetType().Name}: it returned probabilities [{probabilities.Rows}, " +
                $"{probabilities.Columns}] for {columns.Rows} rows and {_classifier.Classes} classes.");
        }

        ValueRange.RequireProbabilities(probabilities, _classifier.GetType().Name);
        return probabilities;
    }

    public override IEnumerable<KeyValuePair<string, StoredTensor>> SaveState() =>
        _steps.SaveState().Concat(Prefixed(ClassifierPrefix, _classifier.SaveState()));

    // Values may all be finite and still yield no probability for any recording.
    private void RequireUsable()
    {
        if (_steps.Typical() is not { } rows) return;
        try
        {
            Probabilities(rows);
        }
        catch (EngineException e)
        {
            throw new EngineException(
                "the model returns no probabilities, not even for the middle of what it was trained on; it is damaged or was " +
                    $"changed: {e.Message}", e);
        }
    }

    // A model that cannot be loaded again must fail now, not when it is needed. Large states are only scanned, because loading
    // them would double their memory.
    private void RequireKept(FitJob job, FeatureMatrix rows)
    {
        const long LargestToLoad = 64L << 20;
        var state = SaveState().ToDictionary();
        foreach (var (name, tensor) in state)
        {
            var bad = tensor.Data switch
            {
                double[] values => Array.Find(values, v => !double.IsFinite(v)),
                float[] values => Array.Find(values, v => !float.IsFinite(v)),
                _ => 0,
            };
            if (bad != 0)
                throw new EngineException(
                    $"recipe {job.Recipe.Name}: what was learned could not be stored: '{name}' holds {bad}. Scale the "
                        + "columns, with a scaler or in the table.");
        }

        if (state.Values.Sum(t => (double)t.Data.Length * sizeof(double)) > LargestToLoad) return;
        try
        {
            Load(job.Recipe, state, rows.Columns, job.Classes);
        }
        catch (EngineException e)
        {
            throw new EngineException($"recipe {job.Recipe.Name}: what was learned could not be loaded again: {e.Message}", e);
        }
    }

    public override void Dispose()
    {
    }
}
