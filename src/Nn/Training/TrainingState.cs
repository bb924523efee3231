using System.Globalization;
using Engine.Nn.Schedules;

namespace Engine.Nn.Training;

/// <summary>
/// The state of a run between two batches: everything it needs to continue, except weights and optimiser.
/// Random streams need no position: each epoch, batch and example opens its own.
/// </summary>
internal sealed class TrainingState(TrainerOptions options, int batches, bool validates)
{
    private const string OfSchedule = "schedule.", OfStage = "stage", OfStageStart = "stage_start";

    private readonly IReadOnlyList<TrainingStage> _stages = options.Stages is [] ? [new()] : options.Stages;
    private int _stageStart;

    /// <summary>Batches completed in this epoch; all of them while validation is pending.</summary>
    public int Batch { get; set; }

    /// <summary>Sums over the examples of this epoch.</summary>
    public double LossSum { get; set; }

    public double CorrectSum { get; set; }

    /// <summary>Seconds spent on this epoch so far.</summary>
    public double Seconds { get; set; }

    /// <summary>Seconds of that spent on training.</summary>
    public double TrainSeconds { get; set; }

    /// <summary>The best epoch, from 1, or 0 if there is none yet, with its figure and the number of epochs since.</summary>
    public int BestEpoch { get; set; }

    public double BestFigure { get; set; } = options.EarlyStopping?.Worst ?? 0;

    public int BadEpochs { get; set; }

    public List<EpochRecord> History { get; } = [];

    /// <summary>The current epoch, from 0.</summary>
    public int Epoch => History.Count;

    /// <summary>The stage, from 0.</summary>
    public int StageNumber { get; private set; }

    /// <summary>The stage.</summary>
    public TrainingStage Stage => _stages[StageNumber];

    /// <summary>Its last epoch, from 1, if nothing ends it before.</summary>
    public int LastEpoch => _stageStart + (Stage.Epochs ?? options.Epochs - _stages.Sum(s => s.Epochs ?? 0));

    /// <summary>
    /// Why the stage has ended, or null if it continues. Derived from the rest, so that epochs can be added to a run.
    /// </summary>
    public StopReason? StageEnded =>
        History.Count == 0 ? null
        : History[^1].Accuracy >= options.StopAtTrainAccuracy ? StopReason.TrainAccuracy
        : options.EarlyStopping is { } stopping && BadEpochs > stopping.Patience ? StopReason.EarlyStopping
        : History.Count >= LastEpoch ? StopReason.Epochs
        : null;

    /// <summary>Why training has ended, or null if it continues.</summary>
    public StopReason? Stopped =>
        StageNumber == _stages.Count - 1 || StageEnded == StopReason.TrainAccuracy ? StageEnded : null;

    private LearningRateSchedule Schedule => Stage.Schedule ?? options.Schedule;

    /// <summary>Enters the stage of a checkpoint, which is loaded next.</summary>
    public void Enter(int stage) => StageNumber = stage;

    /// <summary>Enters the next stage.</summary>
    public void EnterNext() => (StageNumber, _stageStart, BadEpochs) = (StageNumber + 1, Epoch, 0);

    /// <summary>The factor of the learning rate at a time of this epoch, from 0 to 1.</summary>
    public double Factor(double time) => Schedule.Factor(Epoch - (Stage.Schedule is null ? 0 : _stageStart) + time);

    /// <summary>Ends the epoch: records it, notifies the schedule, and returns whether it is the best so far.</summary>
    public bool EndEpoch(EpochRecord record)
    {
        History.Add(record);
        Schedule.Observe(record.ValidLoss ?? record.Loss);
        (Batch, LossSum, CorrectSum, Seconds, TrainSeconds) = (0, 0, 0, 0, 0);
        if (options.EarlyStopping is not { } stopping) return false;
        var figure = stopping.Figure(record);
        BadEpochs++;
        if (!stopping.IsBetter(figure, BestFigure)) return false;
        (BestEpoch, BestFigure, BadEpochs) = (record.Epoch, figure, 0);
        return true;
    }

    public void Save(IDictionary<string, double> counters)
    {
        counters["batch"] = Batch;
        counters["loss_sum"] = LossSum;
        counters["correct_sum"] = CorrectSum;
        counters["seconds"] = Seconds;
        counters["train_seconds"] = TrainSeconds;
        counters["best_epoch"] = BestEpoch;
        counters["best_figure"] = BestFigure;
        counters["bad_epochs"] = BadEpochs;
        if (options.Stages.Count > 0) (counters[OfStage], counters[OfStageStart]) = (StageNumber, _stageStart);
        foreach (var (name, value) in Schedule.Save()) counters[OfSchedule + name] = value;
    }

    public void Load(IReadOnlyDictionary<string, double> counters)
    {
        (Batch, LossSum, CorrectSum) = ((int)counters["batch"], counters["loss_sum"], counters["correct_sum"]);
        (Seconds, TrainSeconds) = (counters["seconds"], counters["train_seconds"]);
        (BestEpoch, BestFigure, BadEpochs) = ((int)counters["best_epoch"], counters["best_figure"], (int)counters["bad_epochs"]);
        if (options.Stages.Count > 0) (StageNumber, _stageStart) = ((int)counters[OfStage], (int)counters[OfStageStart]);
        Schedule.Load(Schedule.Save().Keys.ToDictionary(n => n, n => counters[OfSchedule + n]));
    }

    /// <summary>The stage of a checkpoint; 0 if the file does not tell, which loading it reports.</summary>
    public int StageOf(string checkpoint) =>
        _stages.Count > 1 && Checkpoint.CounterOf(checkpoint, OfStage) is { } stage && double.IsInteger(stage) && stage >= 0
            && stage < _stages.Count ? (int)stage : 0;

    /// <summary>What is wrong with a checkpoint's numbers, or null.</summary>
    public string? Judge(IReadOnlyDictionary<string, double> counters, IReadOnlyList<EpochRecord> history)
    {
        for (var i = 0; i < history.Count; i++)
        {
            if (history[i].Epoch != i + 1) return $"'history' has epoch {history[i].Epoch} in row {i}";
            if (history[i].ValidLoss is null == validates)
                return $"'history' has {(validates ? "no" : "a")} validation loss for epoch {i + 1}; this run has "
                    + $"{(validates ? "" : "no ")}validation examples";
        }

        return Range("batch", batches) ?? Range("best_epoch", history.Count) ?? Range("bad_epochs", history.Count)
            ?? (options.Stages.Count == 0 ? null : Range(OfStage, _stages.Count - 1) ?? Range(OfStageStart, history.Count));

        string? Range(string name, int most) => counters[name] >= 0 && counters[name] <= most && double.IsInteger(counters[name])
            ? null
            : string.Create(CultureInfo.InvariantCulture,
                $"'counter.{name}' is {counters[name]}; it must be an integer from 0 to {most}");
    }
}
