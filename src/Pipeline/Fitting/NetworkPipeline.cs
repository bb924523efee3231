using Engine.Classifiers;
using Engine.Nn;
using Engine.Nn.Schedules;
using Engine.Nn.Training;
using Engine.Pipeline.Fitting.Needs;
using Engine.Pipeline.Fitting.Starting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Networks;
using Engine.Pipeline.Recipes;
using Engine.Tensors;
using Engine.Tensors.Distributed;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Fitting;

/// <summary>Column steps, a window scaler, and a network.</summary>
internal sealed class NetworkPipeline : FittedPipeline
{
    /// <summary>With which the names of a network's tensors begin.</summary>
    internal const string NetworkPrefix = "network.";

    private const string WindowScalerPrefix = "window_scaler.";

    private readonly ColumnSteps? _steps;
    private readonly WindowScaler? _windowScaler;
    private readonly Module _network;
    private readonly int _classes, _predictionBatch, _cpuPredictionBatch;

    // The steps must be fitted, because they determine how many columns the network gets; null without columns.
    private NetworkPipeline(
        Recipe recipe, NetworkSpec spec, IReadOnlyList<IReadOnlyList<int>> windowSizes, ColumnSteps? steps, int columns,
        int classes)
    {
        _steps = steps;
        _windowScaler = windowSizes.Count > 0 && recipe.WindowScaler != WindowScalerKind.None
            ? new WindowScaler(recipe.WindowScaler, windowSizes) : null;
        var inputs = NetworkExamples.InputShapes(windowSizes, columns);
        _network = spec.Build(inputs, classes, $"recipe {recipe.Name}");
        (_predictionBatch, _cpuPredictionBatch) = Batches(
            NetworkSummary.Of(_network, [.. inputs.Select(i => new Shape([1, .. i.Sizes]))]));
        _classes = classes;
    }

    private NetworkPipeline(Module network, ColumnSteps? steps, NetworkSummary summary, int classes)
    {
        (_network, _steps, _classes) = (network, steps, classes);
        (_predictionBatch, _cpuPredictionBatch) = Batches(summary);
    }

    /// <summary>A trained network of a program's own.</summary>
    /// <exception cref="EngineException">
    /// The network has no values, or does not map the front end's rows to one score per class.
    /// </exception>
    public static NetworkPipeline Of(string name, Module network, FrontEnd frontEnd, ColumnSteps? steps, int classes)
    {
        var pipeline = Unfilled(name, network, frontEnd, steps, classes);
        try
        {
            foreach (var parameter in network.State()) _ = parameter.Value;
        }
        catch (InvalidOperationException e)
        {
            throw new EngineException($"{name}: the network has no values yet: train it, or load its weights. {e.Message}", e);
        }

        return pipeline;
    }

    /// <summary>The same, its values restored from what <see cref="SaveState"/> returned.</summary>
    /// <exception cref="EngineException">The network is not the one that was saved.</exception>
    public static NetworkPipeline Restore(
        string name, Module network, FrontEnd frontEnd, ColumnSteps? steps, IReadOnlyDictionary<string, StoredTensor> state,
        int classes, Device device)
    {
        steps?.LoadState(state, frontEnd.Columns.Count);
        var pipeline = Unfilled(name, network, frontEnd, steps, classes);
        RequireKnown($"model {name}", state, [NetworkPrefix, .. steps?.Prefixes ?? []]);
        pipeline.Fill(state, device);
        return pipeline;
    }

    private static NetworkPipeline Unfilled(string name, Module network, FrontEnd frontEnd, ColumnSteps? steps, int classes)
    {
        var inputs = NetworkExamples.InputShapes(frontEnd.WindowSizes, frontEnd.Columns.Count);
        if (!network.State().Any()) throw new EngineException($"{name}: the network has no parameters.");
        try
        {
            var summary = NetworkSummary.Of(network, [.. inputs.Select(i => new Shape([1, .. i.Sizes]))]);
            if (summary.Output == new Shape(1, classes))
                return new(network, steps, summary, classes);
            throw new EngineException($"{name}: the network maps one row of the front end, {string.Join(", ", inputs)}, to " +
                $"{summary.Output}; it must be [1, {classes}], one score per label.");
        }
        catch (ArgumentException e)
        {
            throw new EngineException($"{name}: the network does not take the front end's rows, {string.Join(", ", inputs)}: " +
                e.Message, e);
        }
    }

    private static (int Gpu, int Cpu) Batches(NetworkSummary summary) =>
        (NetworkNeeds.PredictionBatch(summary), NetworkNeeds.PredictionBatch(summary, onCpu: true));

    /// <summary>Trains the network, from its checkpoint if there is one.</summary>
    /// <exception cref="EngineException">
    /// The network does not fit the rows, or the weights that it starts from; its loss stopped being finite; the checkpoint is
    /// from another training; a rank differs from the first; or a GPU is to train in parts.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled, after the checkpoint was written.</exception>
    public static FitResult Fit(FitJob job, NetworkSpec spec)
    {
        var (train, valid) = (job.Train, job.Valid);
        var parts = job.Parts ?? spec.Training.Parts ?? 1;
        RankNeeds.RequireProcessor(job.Device, job.Ranks, parts, job.Profile);
        var steps = train.Columns.Columns > 0
            ? ColumnSteps.Of(job.Recipe, new FitSettings(job.Threads, job.Seed, job.Warn, job.Cancellation)) : null;
        var weights = spec.Initialize is { } initialize ? TrainedWeights.Load(initialize.From) : null;
        weights?.RequireFit(job.Recipe);
        // What the weights were trained on, they get.
        var learned = weights?.Recipe is null ? null : weights.State;
        if (learned is not null) steps?.LoadState(learned, train.Columns.Columns);
        var columns = steps is null ? 0 : learned is not null ? steps.OutputColumns(train.Columns.Columns)
            : steps.FitTransform(train.Columns, job.TrainLabels, job.Classes).Columns;
        var pipeline = new NetworkPipeline(job.Recipe, spec, train.WindowSizes, steps, columns, job.Classes);
        try
        {
            if (learned is not null) pipeline._windowScaler?.LoadState(Part(learned, WindowScalerPrefix));
            else if (pipeline._windowScaler is { } windows) train.Fit(windows, job.Threads, job.Cancellation);
            var augmentation = spec.Augmentation is { } changes ? new Augmentation(changes, job.FrontEnd) : null;
            var options = TrainerOptions(spec.Training) with
            {
                Seed = job.Seed,
                Device = job.Device,
                CheckpointPath = job.Checkpoint,
                CheckpointInterval = job.CheckpointInterval,
                Metadata = job.Identity,
                StartingValues = weights?.Take(pipeline._network, spec.Initialize!) ?? new Dictionary<string, float[]>(),
                Stages = spec.StagesOf(pipeline._network),
                FrozenMemory = job.FrozenMemory,
                Parts = parts,
                Ranks = job.Ranks,
                Profile = job.Profile,
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

    /// <summary>Restores what <see cref="SaveState"/> returned.</summary>
    public static NetworkPipeline Load(
        Recipe recipe, NetworkSpec spec, FrontEnd frontEnd, IReadOnlyDictionary<string, StoredTensor> state, int classes,
        Device device)
    {
        var columns = frontEnd.Columns.Count;
        var steps = columns > 0 ? ColumnSteps.Of(recipe, new FitSettings()) : null;
        steps?.LoadState(state, columns);
        var pipeline = new NetworkPipeline(recipe, spec, frontEnd.WindowSizes, steps, steps?.OutputColumns(columns) ?? 0,
            classes);
        RequireKnown(recipe, state,
            [NetworkPrefix, .. steps?.Prefixes ?? [], .. pipeline._windowScaler is null ? [] : new[] { WindowScalerPrefix }]);
        pipeline._windowScaler?.LoadState(Part(state, WindowScalerPrefix));
        pipeline.Fill(state, device);
        return pipeline;
    }

    private void Fill(IReadOnlyDictionary<string, StoredTensor> state, Device device)
    {
        var file = new SafetensorsFile();
        foreach (var (name, tensor) in Part(state, NetworkPrefix)) file.Tensors.Add(name, tensor);
        StateFile.Take(file, _network, device, "the network's weights");
    }

    public override Device Device => _network.State().First().Value.Device;

    public override int Batch => Device == Device.Cpu ? _cpuPredictionBatch : _predictionBatch;

    public override FeatureMatrix PredictProbabilities(RowSet rows) => PredictProbabilities(rows, Communicator.Alone);

    public override FeatureMatrix PredictProbabilities(RowSet rows, Communicator ranks) =>
        PredictProbabilities(rows, examples => examples, ranks);

    /// <summary>
    /// The same of examples that <paramref name="change"/> makes of the rows as the network sees them, which are scaled.
    /// </summary>
    public FeatureMatrix PredictProbabilities(
        RowSet rows, Func<IExampleSource, IExampleSource> change, Communicator? ranks = null)
    {
        var examples = change(Examples(rows, null, null));
        var probabilities = Engine.Nn.Training.Evaluation.Probabilities(_network, examples, Batch,
            ranks ?? Communicator.Alone);
        var matrix = new FeatureMatrix(examples.Count, _classes);
        for (var r = 0; r < matrix.Rows; r++)
        {
            // In double, so that rows sum to 1 as closely as possible.
            var row = matrix.Row(r);
            var total = 0.0;
            for (var c = 0; c < _classes; c++) total += row[c] = probabilities[r * _classes + c];
            if (!(total > 0 && double.IsFinite(total)))
            {
                throw new EngineException($"the network returns no probabilities for row {r}: its weights, or the row's " +
                    "values, are too large.");
            }
            for (var c = 0; c < _classes; c++) row[c] /= total;
        }

        return matrix;
    }

    /// <summary>Runs the network on the first row; <paramref name="observer"/> is called with the output of each layer.</summary>
    public void Observe(RowSet rows, Action<Module, Tensor> observer)
    {
        var examples = Examples(rows, null, null);
        var values = examples.Shapes.Select(s => new float[s.Count]).ToArray();
        examples.Read(0, [.. values.Select(v => v.AsMemory())], null);
        using var scope = new TensorScope();
        var inputs = examples.Shapes.Zip(values, (s, v) => Tensor.From(v, new Shape([1, .. s.Sizes]), Device)).ToArray();
        _network.Forward(inputs, ForwardContext.Evaluate(observer));
    }

    public override IEnumerable<KeyValuePair<string, StoredTensor>> SaveState()
    {
        var file = new SafetensorsFile();
        StateFile.Store(file, _network);
        return (_steps?.SaveState() ?? [])
            .Concat(Prefixed(WindowScalerPrefix, _windowScaler?.SaveState()))
            .Concat(Prefixed(NetworkPrefix, file.Tensors));
    }

    public override void Dispose() => _network.Dispose();

    private static TrainerOptions TrainerOptions(TrainingSpec spec) => new()
    {
        BatchSize = spec.Batch,
        Epochs = spec.Epochs,
        Schedule = (spec.Schedule ?? new ConstantSchedule()).Start(spec.Epochs),
        LabelSmoothing = spec.LabelSmoothing,
        MixUp = spec.MixUp,
        AverageDecay = spec.AverageDecay,
        EarlyStopping = spec.EarlyStopping,
        StopAtTrainAccuracy = spec.StopAtTrainAccuracy,
    };

    private NetworkExamples Examples(RowSet rows, int[]? labels, Augmentation? augmentation)
    {
        var columns = _steps?.Transform(rows.Columns) ?? rows.Columns;
        ValueRange.RequireSingle(columns, "network");
        return new(rows, labels, _classes, columns, _windowScaler, augmentation);
    }
}
