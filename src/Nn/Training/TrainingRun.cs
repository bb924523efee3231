using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Engine.Nn.Optimizers;
using Engine.Nn.Training.Distributed;
using Engine.Tensors;
using Engine.Tensors.Distributed;

namespace Engine.Nn.Training;

/// <summary>One run of a <see cref="Trainer"/> on an initialised network, from the start or a checkpoint to the end.</summary>
internal sealed class TrainingRun : IDisposable
{
    // Checkpoints may take this share of the time.
    private const double CheckpointShare = 1.0 / 20;

    private readonly Module _network;
    private readonly Optimizer _optimizer;
    private readonly double _learningRate;
    private readonly TrainerOptions _options;
    private readonly IExampleSource _train;
    private readonly IExampleSource? _valid;
    private readonly BatchPlan _plan;
    private readonly PartLayouts _layouts;
    private readonly WeightSnapshot? _best;
    private readonly TrainingState _state;
    private readonly PendingSteps? _pending;
    private readonly Dictionary<string, string> _identity;
    private readonly Stopwatch _sinceSave = Stopwatch.StartNew();

    // Of the stage.
    private ExponentialMovingAverage? _average;
    private Checkpoint _checkpoint = null!;
    private StageExamples _examples = null!;
    private ITrainingStep? _step;
    private TimeSpan _saveTime;

    // Whether any rank was told to stop.
    private bool _stop;

    public TrainingRun(
        Module network, Optimizer optimizer, double learningRate, TrainerOptions options, IExampleSource train,
        IExampleSource? valid)
    {
        (_network, _optimizer, _learningRate, _options) = (network, optimizer, learningRate, options);
        (_train, _valid) = (train, valid);
        _plan = new BatchPlan(train.Count, options.BatchSize);
        _layouts = new PartLayouts(_plan, options.Parts, options.Ranks);
        _best = options.EarlyStopping is null ? null : new WeightSnapshot(network);
        _state = new TrainingState(options, _plan.Batches, valid is not null);
        _pending = Where == Device.Cpu ? null : new PendingSteps(_plan, train.Classes, optimizer, Where);
        _identity = Identity();
    }

    /// <summary>Trains to the end and sets the network's final weights.</summary>
    public TrainingOutcome Complete(IProgress<EpochRecord>? progress, CancellationToken cancellation)
    {
        Resume();
        TrainAll(progress, cancellation);
        Save();
        TakeResult();
        return new TrainingOutcome([.. _state.History], _state.BestEpoch > 0 ? _state.BestEpoch : _state.Epoch,
            _state.Stopped!.Value);
    }

    public void Dispose()
    {
        _step?.Dispose();
        _average?.Dispose();
        _best?.Dispose();
        _pending?.Dispose();
    }

    private Communicator Ranks => _options.Ranks;

    private Device Where => _network.State().First().Value.Device;

    private void TrainAll(IProgress<EpochRecord>? progress, CancellationToken cancellation)
    {
        while (_state.Stopped is null)
        {
            if (_state.StageEnded is not null) EnterNextStage();
            Prepare(cancellation);
            using (_examples) TrainStage(progress, cancellation);
        }
    }

    // Gives the network the weights that the epochs so far result in.
    private void TakeResult()
    {
        if (_state.BestEpoch > 0) _best!.Restore();
        else _average?.Swap();
    }

    private void EnterNextStage()
    {
        TakeResult();
        _state.EnterNext();
        _optimizer.Reset();
        Enter();
    }

    // Makes what depends on what the stage freezes.
    private void Enter()
    {
        if (_options.Stages.Count > 0) _state.Stage.Freeze(_network);
        _average?.Dispose();
        _average = _options.AverageDecay is { } decay ? new ExponentialMovingAverage(_network.ChangingState(), decay) : null;
        _checkpoint = new Checkpoint(_network, _optimizer)
        {
            Average = _average,
            Best = _best,
            History = _state.History,
            Judge = _state.Judge
        };
        _state.Save(_checkpoint.Counters);
        foreach (var (key, value) in _identity) _checkpoint.Metadata[key] = value;
    }

    private void Prepare(CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            Ranks.Together(() => _examples = StageExamples.Of(_network, _options, _train, _valid, cancellation));
        }
        catch (OperationCanceledException)
        {
            Save();
            throw;
        }

        _step?.Dispose();
        _step = _options.Parts > 1 || Ranks.Size > 1
            ? new PartsStep(_network, _examples.Forward, _optimizer, _average, _options, _layouts)
            : new TrainingStep(_network, _examples.Forward, _optimizer, _average, _options, _pending);
        _state.Seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private void TrainStage(IProgress<EpochRecord>? progress, CancellationToken cancellation)
    {
        var source = new TrainingBatches(
            _examples.Train, _options, _plan, _layouts, _state.Epoch, _state.Batch, _state.LastEpoch);
        var rows = Math.Max(1, _layouts.MostRows(_options.MixUp > 0));
        using var batches = new ReadAhead(ReadAhead.Ring(_examples.Train, _plan, rows), source.Fill);
        while (_state.StageEnded is null)
        {
            while (_state.Batch < _plan.Batches)
            {
                StopIfCancelled(cancellation);
                Train(batches, cancellation);
            }

            StopIfCancelled(cancellation);
            var record = EndEpochOrSave(cancellation);
            progress?.Report(record);
            if (_state.Stopped is null) SaveIfDue();
        }
    }

    private void Train(ReadAhead batches, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        _optimizer.LearningRate = Rate(_state.Batch);
        _options.Profile?.Begin();
        var batch = batches.Next()!;
        _options.Profile?.End(StepPhase.Reading);
        try
        {
            if (_step!.Run(batch, _state.Epoch, _state.Batch, cancellation) is { } figures) Note(figures);
            _state.Batch++;
        }
        catch (TrainingException error)
        {
            throw new TrainingException($"{At(_state.Batch, _optimizer.Steps + 1)}: {error.Message}", error);
        }

        AddTime(start);
        if (_pending is { IsFull: true } || _state.Batch == _plan.Batches) Fetch();
        if (_state.Batch < _plan.Batches) SaveIfDue();
    }

    // Fetches and records the figures of pending steps, which waits for the device.
    private void Fetch()
    {
        if (_pending is null) return;
        var start = Stopwatch.GetTimestamp();
        foreach (var figures in _pending.Take())
        {
            if (!double.IsFinite(figures.Loss))
            {
                throw new TrainingException(
                    $"{At(figures.Batch, figures.Step)}: the loss is {figures.Loss}; {Where} reports it only after later "
                        + "steps, too late to locate the cause; train with --device cpu to find it.");
            }

            // The faulty weights carry into all later steps, but into no checkpoint: checkpoints are written after this check.
            if (figures.Fault is { } fault) throw new TrainingException($"{At(figures.Batch, figures.Step)}: {fault}");
            Note(figures);
        }

        AddTime(start);
    }

    private void Note(StepFigures figures)
    {
        _state.LossSum += figures.Loss * figures.Examples;
        _state.CorrectSum += figures.Correct;
        _stop |= figures.Stop;
    }

    private void AddTime(long start)
    {
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        _state.Seconds += seconds;
        _state.TrainSeconds += seconds;
    }

    private string At(int batch, long step) =>
        $"Trainer: epoch {_state.Epoch + 1}, batch {batch + 1} of {_plan.Batches} (step {step})";

    private EpochRecord EndEpochOrSave(CancellationToken cancellation)
    {
        try
        {
            return EndEpoch(cancellation);
        }
        catch (OperationCanceledException)
        {
            Save();
            throw;
        }
    }

    // Validates, and keeps the weights if they are the best so far.
    private EpochRecord EndEpoch(CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        if (NonFinite.FirstParameter(_network) is { } parameter)
            throw new TrainingException(
                $"Trainer: epoch {_state.Epoch + 1} (step {_optimizer.Steps}): {parameter.Name} {parameter.Shape} is no "
                    + "longer finite.");
        _average?.Swap();
        try
        {
            var valid = Validate(cancellation);
            _state.Seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
            var record = new EpochRecord(
                _state.Epoch + 1, _state.LossSum / _train.Count, _state.CorrectSum / _train.Count, valid?.Loss, valid?.Accuracy,
                Rate(_plan.Batches - 1), _state.Seconds, _train.Count / _state.TrainSeconds);
            if (_state.EndEpoch(record)) _best!.Take();
            return record;
        }
        finally
        {
            _average?.Swap();
        }
    }

    private (double Loss, double Accuracy)? Validate(CancellationToken cancellation)
    {
        if (_examples.Valid is not { } valid) return null;
        try
        {
            return Evaluation.Measure(_network, _examples.Forward, valid, Ranks, cancellation);
        }
        catch (TrainingException error)
        {
            throw new TrainingException($"Trainer: after epoch {_state.Epoch + 1} (step {_optimizer.Steps}): {error.Message}",
                error);
        }
    }

    private double Rate(int batch) =>
        (_state.Stage.LearningRate ?? _learningRate) * _state.Factor((double)batch / _plan.Batches);

    // Ranks stop when the figures of a step say so: all after the same one.
    private void StopIfCancelled(CancellationToken cancellation)
    {
        if (Ranks.Size > 1 ? !_stop : !cancellation.IsCancellationRequested) return;
        Save();
        throw new OperationCanceledException(cancellation);
    }

    private void SaveIfDue()
    {
        var rest = TimeSpan.FromTicks(Math.Max(_options.CheckpointInterval.Ticks, (long)(_saveTime.Ticks / CheckpointShare)));
        if (_options.CheckpointInterval == TimeSpan.Zero || _sinceSave.Elapsed >= rest) Save();
    }

    private void Save()
    {
        if (_options.CheckpointPath is not { } path || !Ranks.IsFirst) return;
        Fetch();
        var start = Stopwatch.GetTimestamp();
        _state.Save(_checkpoint.Counters);
        _checkpoint.Save(path);
        _saveTime = Stopwatch.GetElapsedTime(start);
        _sinceSave.Restart();
    }

    private void Resume()
    {
        var path = _options.CheckpointPath is { } given && File.Exists(given) ? given : null;
        TrainingAgreement.Require(_options, _network, _identity, path);
        if (path is not null) _state.Enter(_state.StageOf(path));
        Enter();
        if (path is null) return;
        _checkpoint.Load(path, _identity);
        _state.Load(_checkpoint.Counters);
        // Ranks may share the file, which the first one soon writes again.
        Ranks.Barrier();
    }

    // Every setting that determines the course of this run.
    private Dictionary<string, string> Identity()
    {
        const string Own = "trainer/";
        var identity = new Dictionary<string, string>(_options.Metadata, StringComparer.Ordinal)
        {
            [Own + "seed"] = $"{_options.Seed}",
            [Own + "examples"] = $"{_train.Count} of {_train.Classes} classes",
            [Own + "validation_examples"] = $"{_valid?.Count ?? 0}",
            [Own + "batch_size"] = $"{_options.BatchSize}",
            [Own + "optimizer"] = $"{_optimizer.Kind}, learning rate {_learningRate}, weight decay {_optimizer.WeightDecay}",
            [Own + "schedule"] = _options.Schedule.Name,
            [Own + "label_smoothing"] = $"{_options.LabelSmoothing}",
            [Own + "mixup"] = $"{_options.MixUp}",
            [Own + "early_stopping"] = $"{_options.EarlyStopping?.Monitor}",
            [Own + "average_decay"] = $"{_options.AverageDecay}",
        };
        // Not where there are none, so that checkpoints of earlier versions can be resumed.
        if (_options.Parts > 1) identity[Own + "parts"] = $"{_options.Parts}";
        if (_options.Stages.Count > 0) identity[Own + "stages"] = string.Join("; ", _options.Stages.Select(s => s.Identity));
        if (_network.Parameters().Any(p => p.LearningRateScale != 1))
            identity[Own + "learning_rate_scales"] = string.Join(", ", _network.Parameters().Select(p => p.LearningRateScale));
        if (_options.StartingValues.Count > 0) identity[Own + "starting_values"] = StartingValuesDigest();
        if (_options.Metadata.Keys.FirstOrDefault(k => k.StartsWith(Own, StringComparison.Ordinal)) is { } key)
            Guard.Argument($"Trainer: the metadata key '{key}' begins with '{Own}', which is reserved for the trainer.");
        return identity;
    }

    private string StartingValuesDigest()
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, values) in _options.StartingValues.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            digest.AppendData(Encoding.UTF8.GetBytes(name));
            digest.AppendData(MemoryMarshal.AsBytes(values.AsSpan()));
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }
}
