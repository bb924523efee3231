using System.Diagnostics;
using Engine.Classifiers.Scaling;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Pipeline;

/// <summary>A scaler and a classifier of plain columns.</summary>
internal sealed class TabularPipeline : FittedPipeline
{
    private const string ClassifierPrefix = "classifier.";

    private readonly IScaler? _scaler;
    private readonly IClassifier _classifier;

    private TabularPipeline(Recipe recipe, FitSettings settings) =>
        (_scaler, _classifier) = (recipe.Scaler.Create(), ((TabularClassifierSpec)recipe.Classifier).Create(settings));

    /// <summary>Fits on training and validation rows together: these classifiers validate nothing.</summary>
    public static new FitResult Fit(FitJob job)
    {
        var clock = Stopwatch.StartNew();
        var rows = job.Valid is { } valid ? Join(job.Train.Columns, valid.Columns) : job.Train.Columns;
        var pipeline = new TabularPipeline(job.Recipe, new FitSettings(job.Threads, job.Seed, job.Warn, job.Cancellation));
        pipeline._scaler?.Fit(rows);
        pipeline._classifier.Fit(pipeline._scaler?.Transform(rows) ?? rows, [.. job.TrainLabels, .. job.ValidLabels], job.Classes);
        return new(pipeline, clock.Elapsed.TotalSeconds, []);
    }

    /// <summary>Restores what <see cref="SaveState"/> gave.</summary>
    public static TabularPipeline Load(Recipe recipe, IReadOnlyDictionary<string, StoredTensor> state, int columns, int classes)
    {
        var pipeline = new TabularPipeline(recipe, new FitSettings());
        RequireKnown(recipe, state, pipeline._scaler is null ? [ClassifierPrefix] : [ClassifierPrefix, ScalerPrefix]);
        pipeline._scaler?.LoadState(Part(state, ScalerPrefix));
        pipeline._classifier.LoadState(Part(state, ClassifierPrefix));
        if (pipeline._scaler is { } scaler && scaler.Columns != columns) throw new EngineException($"the scaler has {scaler.Columns} columns, but the front end gives {columns}.");
        if (pipeline._classifier.Columns != columns) throw new EngineException($"the classifier has {pipeline._classifier.Columns} columns, but the front end gives {columns}.");
        if (pipeline._classifier.Classes != classes) throw new EngineException($"the classifier has {pipeline._classifier.Classes} classes, but there are {classes} labels.");
        return pipeline;
    }

    public override FeatureMatrix PredictProbabilities(RowSet rows) => _classifier.PredictProbabilities(_scaler?.Transform(rows.Columns) ?? rows.Columns);

    public override IEnumerable<KeyValuePair<string, StoredTensor>> SaveState() =>
        Prefixed(ScalerPrefix, _scaler?.SaveState()).Concat(Prefixed(ClassifierPrefix, _classifier.SaveState()));

    public override void Dispose()
    {
    }

    private static FeatureMatrix Join(FeatureMatrix first, FeatureMatrix second) =>
        new(first.Rows + second.Rows, first.Columns, [.. first.Data, .. second.Data]);
}
