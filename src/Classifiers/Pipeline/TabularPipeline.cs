using System.Diagnostics;
using Engine.Classifiers.Svm;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Pipeline;

/// <summary>The steps of columns and a classifier; the columns may be the values of a window.</summary>
internal sealed class TabularPipeline : FittedPipeline
{
    private const string ClassifierPrefix = "classifier.";

    private readonly ColumnSteps _steps;
    private readonly IClassifier _classifier;

    private TabularPipeline(Recipe recipe, FitSettings settings) =>
        (_steps, _classifier) = (ColumnSteps.Of(recipe, settings), ((TabularClassifierSpec)recipe.Classifier).Create(settings));

    /// <summary>Fits on training and validation rows together: these classifiers validate nothing.</summary>
    public static new FitResult Fit(FitJob job) => FitAndHoldOut(job, []).Fitted;

    /// <summary>Whether parts of the rows can be held out without computing the kernel again; the columns must not depend on the labels.</summary>
    public static bool SharesKernel(Recipe recipe) =>
        recipe is { Classifier: SvmSpec { Probabilities: not SvmProbabilities.Platt }, Selection: null, Projection: null };

    /// <summary>
    /// The same, and the scores of parts of the training rows by machines fitted without the part; null where there are no parts
    /// or the kernel's values of all rows do not fit into the classifier's memory.
    /// </summary>
    public static (FitResult Fitted, FeatureMatrix? Scores) FitAndHoldOut(FitJob job, IReadOnlyList<int[]> parts)
    {
        var clock = Stopwatch.StartNew();
        var rows = job.Train.Flatten(job.Valid, job.Threads);
        var pipeline = new TabularPipeline(job.Recipe, new FitSettings(job.Threads, job.Seed, job.Warn, job.Cancellation));
        int[] labels = [.. job.TrainLabels, .. job.ValidLabels];
        rows = pipeline._steps.FitTransform(rows, labels, job.Classes);
        FeatureMatrix? scores = null;
        if (parts.Count > 0 && pipeline._classifier is SvmClassifier svm) scores = svm.FitAndHoldOut(rows, labels, job.Classes, parts);
        else pipeline._classifier.Fit(rows, labels, job.Classes);
        return (new(pipeline, clock.Elapsed.TotalSeconds, []), scores);
    }

    /// <summary>Restores what <see cref="SaveState"/> gave.</summary>
    public static TabularPipeline Load(Recipe recipe, IReadOnlyDictionary<string, StoredTensor> state, int columns, int classes)
    {
        var pipeline = new TabularPipeline(recipe, new FitSettings());
        RequireKnown(recipe, state, [ClassifierPrefix, .. pipeline._steps.Prefixes]);
        pipeline._steps.LoadState(state, columns);
        pipeline._classifier.LoadState(Part(state, ClassifierPrefix));
        var given = pipeline._steps.OutputColumns(columns);
        if (pipeline._classifier.Columns != given) throw new EngineException($"the classifier has {pipeline._classifier.Columns} columns, but the front end gives {given}.");
        if (pipeline._classifier.Classes != classes) throw new EngineException($"the classifier has {pipeline._classifier.Classes} classes, but there are {classes} labels.");
        return pipeline;
    }

    public override FeatureMatrix PredictProbabilities(RowSet rows) => _classifier.PredictProbabilities(_steps.Transform(rows.Flatten()));

    public override IEnumerable<KeyValuePair<string, StoredTensor>> SaveState() =>
        _steps.SaveState().Concat(Prefixed(ClassifierPrefix, _classifier.SaveState()));

    public override void Dispose()
    {
    }
}
