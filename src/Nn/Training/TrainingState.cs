using System.Globalization;
using Engine.Nn.Schedules;

namespace Engine.Nn.Training;

/// <summary>
/// The state of a run between two batches: everything it needs to continue, except weights and optimiser.
/// Random streams need no position: each epoch, batch and example opens its own.
/// </summary>
internal sealed class TrainingState(TrainerOptions options, LearningRateSchedule schedule, int batches, bool validates)
{
    private const string Schedule = "schedule.";

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

    /// <summary>
    /// Why training has ended, or null if it continues. Derived from the rest, so that epochs can be added to a run.
    /// </summary>
    public StopReason? Stopped =>
        History.Count == 0 ? null
        : History[^1].Accuracy >= options.StopAtTrainAccuracy ? StopReason.TrainAccuracy
        : options.EarlyStopping is { } stopping && BadEpochs > stopping.Patience ? StopReason.EarlyStopping
        : History.Count >= options.Epochs ? StopReason.Epochs
        : null;

    /// <summary>Ends the epoch: records it, notifies the schedule, and returns whether it is the best so far.</summary>
    public bool EndEpoch(EpochRecord record)
    {
        History.Add(record);
        schedule.Observe(record.ValidLoss ?? record.Loss);
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
        foreach (var (name, value) in schedule.Save()) counters[Schedule + name] = value;
    }

    public void Load(IReadOnlyDictionary<string, double> counters)
    {
        (Batch, LossSum, CorrectSum) = ((int)counters["batch"], counters["loss_sum"], counters["correct_sum"]);
        (Seconds, TrainSeconds) = (counters["seconds"], counters["train_seconds"]);
        (BestEpoch, BestFigure, BadEpochs) = ((int)counters["best_epoch"], counters["best_figure"], (int)counters["bad_epochs"]);
        schedule.Load(schedule.Save().Keys.ToDictionary(n => n, n => counters[Schedule + n]));
    }

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

        return Range("batch", batches) ?? Range("best_epoch", history.Count) ?? Range("bad_epochs", history.Count);

        string? Range(string name, int most) => counters[name] >= 0 && counters[name] <= most && double.IsInteger(counters[name])
            ? null
            : string.Create(CultureInfo.InvariantCulture,
                $"'counter.{name}' is {counters[name]}; it must be an integer from 0 to {most}");
    }
}
