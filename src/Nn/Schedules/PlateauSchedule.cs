namespace Engine.Nn.Schedules;

/// <summary>
/// Multiplied by <c>decay</c> when the loss has not fallen for more than <c>patience</c> epochs, as PyTorch's
/// <c>ReduceLROnPlateau</c>: a fall counts if it is by more than a share of the best loss.
/// </summary>
public sealed class PlateauSchedule : LearningRateSchedule
{
    private readonly double _decay;
    private readonly int _patience;
    private readonly double _threshold;
    private readonly double _floor;
    private double _best = double.PositiveInfinity;
    private double _factor = 1;
    private int _badEpochs;

    /// <summary>Makes the schedule.</summary>
    /// <param name="decay">What the factor is multiplied by, in [0, 1).</param>
    /// <param name="patience">Epochs without a fall that are borne.</param>
    /// <param name="threshold">The share of the best loss by which a fall must go below it.</param>
    /// <param name="floor">The smallest factor.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public PlateauSchedule(double decay = 0.1, int patience = 10, double threshold = 1e-4, double floor = 0)
    {
        _decay = Guard.Fraction(nameof(PlateauSchedule), nameof(decay), decay);
        if (patience < 0) Guard.Argument($"PlateauSchedule: patience is {patience}; it must be at least 0.");
        _patience = patience;
        _threshold = Guard.Fraction(nameof(PlateauSchedule), nameof(threshold), threshold);
        _floor = Guard.Fraction(nameof(PlateauSchedule), nameof(floor), floor);
    }

    /// <inheritdoc/>
    public override double Factor(double epoch) => _factor;

    /// <inheritdoc/>
    public override void Observe(double metric)
    {
        if (metric < _best * (1 - _threshold) || double.IsPositiveInfinity(_best)) (_best, _badEpochs) = (metric, 0);
        else _badEpochs++;
        if (_badEpochs <= _patience) return;
        _factor = Math.Max(_floor, _factor * _decay);
        _badEpochs = 0;
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Save() =>
        new Dictionary<string, double> { ["best"] = _best, ["factor"] = _factor, ["bad_epochs"] = _badEpochs };

    /// <inheritdoc/>
    public override void Load(IReadOnlyDictionary<string, double> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        (_best, _factor, _badEpochs) = (state["best"], state["factor"], (int)state["bad_epochs"]);
    }
}
