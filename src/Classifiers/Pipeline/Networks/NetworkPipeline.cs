using Engine.Classifiers.Pipeline.FrontEnds;
using Engine.Classifiers.Scaling;
using Engine.Nn;
using Engine.Nn.Schedules;
using Engine.Nn.Training;
using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Pipeline.Networks;

/// <summary>Scalers of columns and windows, and a network.</summary>
internal sealed class NetworkPipeline : FittedPipeline
{
    private const string WindowScalerPrefix = "window_scaler.", NetworkPrefix = "network.";

    // Large enough to keep all threads busy, small enough to bound what the activations take.
    private const int PredictionBatch = 32;

    private readonly IScaler? _scaler;
    private readonly WindowScaler? _windowScaler;
    private readonly Module _network;
    private readonly int _classes;

    private NetworkPipeline(Recipe recipe, NetworkSpec spec, IReadOnlyList<IReadOnlyList<int>> windowSizes, int columns, int classes)
    {
        _scaler = columns > 0 ? recipe.Scaler.Create() : null;
        _windowScaler = windowSizes.Count > 0 && recipe.WindowScaler != WindowScalerKind.None ? new WindowScaler(recipe.WindowScaler, windowSizes) : null;
        _network = NetworkBuilder.Build(spec, NetworkExamples.InputShapes(windowSizes, columns), classes, $"recipe {recipe.Name}");
        _classes = classes;
    }

    /// <summary>Trains the network, from its checkpoint if there is one.</summary>
    /// <exception cref="EngineException">The network does not fit the rows, its loss stopped being finite, or the checkpoint is of another training.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, after the checkpoint was written.</exception>
    public static FitResult Fit(FitJob job, NetworkSpec spec)
    {
        var (train, valid) = (job.Train, job.Valid);
        var pipeline = new NetworkPipeline(job.Recipe, spec, train.WindowSizes, train.Columns.Columns, job.Classes);
        try
        {
            pipeline._scaler?.Fit(train.Columns);
            if (pipeline._windowScaler is { } windows) train.Fit(windows, job.Threads, job.Cancellation);
            var augmentation = spec.Augmentation is { } changes ? new Augmentation(changes, job.FrontEnd) : null;
            var options = TrainerOptions(spec.Training) with
            {
                Seed = job.Seed,
                CheckpointPath = job.Checkpoint,
                CheckpointInterval = job.CheckpointInterval,
                Metadata = job.Identity,
                Warn = job.Warn,
            };
            using var optimizer = spec.CreateOptimizer(pipeline._network);
            var outcome = new Trainer(pipeline._network, optimizer, options).Run(
                pipeline.Examples(train, job.TrainLabels, augmentation),
                valid is null ? null : pipeline.Examples(valid, job.ValidLabels, null),
                job.Epochs,
                job.Cancellation);
            return new(pipeline, outcome.History.Sum(e => e.Seconds), outcome.History);
        }
        catch (Exception e)
        {
            pipeline.Dispose();
            if (e is TrainingException or InvalidDataException) throw new EngineException(e.Message, e);
            throw;
        }
    }

    /// <summary>Restores what <see cref="SaveState"/> gave.</summary>
    public static NetworkPipeline Load(Recipe recipe, NetworkSpec spec, FrontEnd frontEnd, IReadOnlyDictionary<string, StoredTensor> state, int classes)
    {
        var columns = frontEnd.Columns.Count;
        var pipeline = new NetworkPipeline(recipe, spec, frontEnd.WindowSizes, columns, classes);
        RequireKnown(recipe, state, [NetworkPrefix, .. pipeline._scaler is null ? [] : new[] { ScalerPrefix }, .. pipeline._windowScaler is null ? [] : new[] { WindowScalerPrefix }]);
        pipeline._scaler?.LoadState(Part(state, ScalerPrefix));
        if (pipeline._scaler is { } scaler && scaler.Columns != columns) throw new EngineException($"the scaler has {scaler.Columns} columns, but the front end gives {columns}.");
        pipeline._windowScaler?.LoadState(Part(state, WindowScalerPrefix));
        var file = new SafetensorsFile();
        foreach (var (name, tensor) in Part(state, NetworkPrefix)) file.Tensors.Add(name, tensor);
        StateFile.Restore(file, pipeline._network, name: "the network's weights");
        return pipeline;
    }

    public override FeatureMatrix PredictProbabilities(RowSet rows)
    {
        var probabilities = Engine.Nn.Training.Evaluation.Probabilities(_network, Examples(rows, null, null), PredictionBatch);
        var matrix = new FeatureMatrix(rows.Count, _classes);
        for (var r = 0; r < rows.Count; r++)
        {
            // In double, so that a row sums to 1 as closely as one can say it.
            var row = matrix.Row(r);
            var total = 0.0;
            for (var c = 0; c < _classes; c++) total += row[c] = probabilities[r * _classes + c];
            for (var c = 0; c < _classes; c++) row[c] /= total;
        }

        return matrix;
    }

    public override IEnumerable<KeyValuePair<string, StoredTensor>> SaveState()
    {
        var file = new SafetensorsFile();
        StateFile.Store(file, _network);
        return Prefixed(ScalerPrefix, _scaler?.SaveState())
            .Concat(Prefixed(WindowScalerPrefix, _windowScaler?.SaveState()))
            .Concat(Prefixed(NetworkPrefix, file.Tensors));
    }

    public override void Dispose() => _network.Dispose();

    private static TrainerOptions TrainerOptions(TrainingSpec spec) => new()
    {
        BatchSize = spec.Batch,
        Epochs = spec.Epochs,
        Schedule = spec.Schedule?.Create(spec.Epochs) ?? new ConstantSchedule(),
        LabelSmoothing = spec.LabelSmoothing,
        MixUp = spec.MixUp,
        AverageDecay = spec.AverageDecay,
        EarlyStopping = spec.EarlyStopping is { } stop
            ? new EarlyStopping(stop.Monitor, stop.Patience, stop.MinimumDelta)
            : null,
        StopAtTrainAccuracy = spec.StopAtTrainAccuracy,
    };

    private NetworkExamples Examples(RowSet rows, int[]? labels, Augmentation? augmentation) =>
        new(rows, labels, _classes, _scaler?.Transform(rows.Columns) ?? rows.Columns, _windowScaler, augmentation);
}
