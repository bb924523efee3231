namespace Engine.Nn.Schedules;

/// <summary>
/// What the learning rate is multiplied by as training goes on. Time is counted in epochs and may be asked for between two
/// (1.5 is the middle of the second), so that a schedule can move at every step.
/// </summary>
public abstract class LearningRateSchedule
{
    /// <summary>The factor at a time, from 0 on.</summary>
    public abstract double Factor(double epoch);

    /// <summary>Tells the schedule how an epoch ended; only <see cref="PlateauSchedule"/> listens.</summary>
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

/// <summary>Always 1.</summary>
public sealed class ConstantSchedule : LearningRateSchedule
{
    /// <inheritdoc/>
    public override double Factor(double epoch) => 1;
}

/// <summary>Multiplied by <c>decay</c> after every so many epochs.</summary>
public sealed class StepSchedule : LearningRateSchedule
{
    private readonly int _epochs;
    private readonly double _decay;

    /// <summary>decay^⌊epoch / epochs⌋.</summary>
    /// <exception cref="ArgumentException">There are no epochs between steps, or the decay is not above 0.</exception>
    public StepSchedule(int epochs, double decay = 0.1)
    {
        _epochs = Guard.Positive(nameof(StepSchedule), nameof(epochs), epochs);
        _decay = Guard.AboveZero(nameof(StepSchedule), nameof(decay), decay);
    }

    /// <inheritdoc/>
    public override double Factor(double epoch) => Math.Pow(_decay, Math.Floor(epoch / _epochs));
}

/// <summary>Half a cosine from 1 down to a floor, which then stays (Loshchilov and Hutter 2017).</summary>
public sealed class CosineSchedule : LearningRateSchedule
{
    private readonly int _epochs;
    private readonly double _floor;

    /// <summary>Reaches <paramref name="floor"/> after <paramref name="epochs"/>.</summary>
    /// <exception cref="ArgumentException">There are no epochs, or the floor is not in [0, 1).</exception>
    public CosineSchedule(int epochs, double floor = 0)
    {
        _epochs = Guard.Positive(nameof(CosineSchedule), nameof(epochs), epochs);
        _floor = Guard.Fraction(nameof(CosineSchedule), nameof(floor), floor);
    }

    /// <inheritdoc/>
    public override double Factor(double epoch) =>
        _floor + (1 - _floor) * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, epoch / _epochs)));
}

/// <summary>A straight rise from nearly 0 to 1, on top of another schedule.</summary>
public sealed class WarmUpSchedule : LearningRateSchedule
{
    private readonly double _epochs;
    private readonly double _start;
    private readonly LearningRateSchedule _then;

    /// <summary>
    /// Multiplies <paramref name="then"/> by what rises from <paramref name="start"/> to 1 within <paramref name="epochs"/>.
    /// </summary>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public WarmUpSchedule(double epochs, LearningRateSchedule then, double start = 0.01)
    {
        ArgumentNullException.ThrowIfNull(then);
        _epochs = Guard.AboveZero(nameof(WarmUpSchedule), nameof(epochs), epochs);
        _start = Guard.Fraction(nameof(WarmUpSchedule), nameof(start), start);
        _then = then;
    }

    /// <inheritdoc/>
    public override double Factor(double epoch) => Math.Min(1, _start + (1 - _start) * epoch / _epochs) * _then.Factor(epoch);

    /// <inheritdoc/>
    public override void Observe(double metric) => _then.Observe(metric);

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Save() => _then.Save();

    /// <inheritdoc/>
    public override void Load(IReadOnlyDictionary<string, double> state) => _then.Load(state);
}
