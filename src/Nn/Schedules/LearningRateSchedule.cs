namespace Engine.Nn.Schedules;

/// <summary>
/// What the learning rate is multiplied by during one run. Time is counted in epochs and may be asked for between two (1.5 is the
/// middle of the second), so that a schedule can move at every step.
/// </summary>
public abstract class LearningRateSchedule
{
    /// <summary>Its kind; a run resumes only with the same.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>The factor at a time, from 0 on.</summary>
    public abstract double Factor(double epoch);

    /// <summary>Tells the schedule how an epoch ended; only a plateau schedule listens.</summary>
    /// <param name="metric">A loss: smaller is better.</param>
    public virtual void Observe(double metric)
    {
    }

    /// <summary>What a schedule must remember across an interruption, by name.</summary>
    public virtual IReadOnlyDictionary<string, double> Save() => new Dictionary<string, double>();

    /// <summary>Takes back what <see cref="Save"/> gave.</summary>
    /// <exception cref="KeyNotFoundException">A number is missing.</exception>
    public virtual void Load(IReadOnlyDictionary<string, double> state)
    {
    }
}

/// <summary>Depends on the time alone.</summary>
internal sealed class FactorOfTime(string name, Func<double, double> factor) : LearningRateSchedule
{
    public override string Name => name;

    public override double Factor(double epoch) => factor(epoch);
}

/// <summary>A straight rise from a start to 1 within some epochs, on top of another schedule.</summary>
internal sealed class WarmingUp(double epochs, double start, LearningRateSchedule then) : LearningRateSchedule
{
    public override string Name => "WarmUpSchedule";

    public override double Factor(double epoch) => Math.Min(1, start + (1 - start) * epoch / epochs) * then.Factor(epoch);

    public override void Observe(double metric) => then.Observe(metric);

    public override IReadOnlyDictionary<string, double> Save() => then.Save();

    public override void Load(IReadOnlyDictionary<string, double> state) => then.Load(state);
}

/// <summary>See <see cref="PlateauSchedule"/>.</summary>
internal sealed class OnPlateau(PlateauSchedule options) : LearningRateSchedule
{
    private double _best = double.PositiveInfinity;
    private double _factor = 1;
    private int _badEpochs;

    public override string Name => nameof(PlateauSchedule);

    public override double Factor(double epoch) => _factor;

    public override void Observe(double metric)
    {
        if (metric < _best * (1 - options.Threshold) || double.IsPositiveInfinity(_best)) (_best, _badEpochs) = (metric, 0);
        else _badEpochs++;
        if (_badEpochs <= options.Patience) return;
        _factor = Math.Max(options.Floor, _factor * options.Decay);
        _badEpochs = 0;
    }

    public override IReadOnlyDictionary<string, double> Save() =>
        new Dictionary<string, double> { ["best"] = _best, ["factor"] = _factor, ["bad_epochs"] = _badEpochs };

    public override void Load(IReadOnlyDictionary<string, double> state) =>
        (_best, _factor, _badEpochs) = (state["best"], state["factor"], (int)state["bad_epochs"]);
}
