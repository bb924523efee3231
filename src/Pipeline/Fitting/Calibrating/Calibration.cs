using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Recipes;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Fitting.Calibrating;

/// <summary>
/// Turns a fitted recipe's scores into probabilities. Windows of a track agree with each other, so the mean of their scores is as
/// confident as a window but right more often; tracks therefore have their own scaling. If every row is a track, both are the
/// same.
/// </summary>
/// <param name="Rows">The scaling of a row's scores.</param>
/// <param name="Tracks">The scaling of the mean of a track's scores.</param>
internal sealed record Calibration(TemperatureScaling Rows, TemperatureScaling Tracks)
{
    /// <summary>The name of its tensor in a model.</summary>
    public const string Tensor = "calibration";

    /// <summary>Fits the calibration to scores of rows that the classifier was not fitted on.</summary>
    /// <param name="scores">The scores, <c>[rows, labels]</c>.</param>
    /// <param name="samples">The sample of each row.</param>
    /// <param name="labels">The right label of each.</param>
    /// <param name="kind">How; not <see cref="CalibrationKind.None"/>.</param>
    public static Calibration Fit(FeatureMatrix scores, IReadOnlyList<Sample> samples, int[] labels, CalibrationKind kind)
    {
        var rows = Fit(scores, labels, kind);
        var (means, targets) = TrackAverage.ByTrack([.. samples.Select(s => s.Track)], scores, labels);
        return new(rows, means.Rows == scores.Rows ? rows : Fit(means, targets, kind));
    }

    private static TemperatureScaling Fit(FeatureMatrix scores, int[] labels, CalibrationKind kind) =>
        kind == CalibrationKind.AdaptiveTemperature
            ? TemperatureScaling.FitAdaptive(scores, labels) : TemperatureScaling.Fit(scores, labels);

    /// <summary>A scaling, as a report gives it.</summary>
    public static CalibrationFigures FiguresOf(TemperatureScaling scaling) =>
        new(scaling.Temperature, scaling.Offset) { Slope = scaling.Slope };

    /// <summary>The scaling that a report gives.</summary>
    public static TemperatureScaling ScalingOf(CalibrationFigures figures) =>
        new(figures.Temperature, figures.Offset) { Slope = figures.Slope };

    /// <summary>Temperature, offset and slope for rows, then for tracks.</summary>
    public StoredTensor ToTensor() => new(new[]
    {
        Rows.Temperature, Rows.Offset, Rows.Slope,
        Tracks.Temperature, Tracks.Offset, Tracks.Slope,
    }, 2, 3);

    /// <summary>
    /// Restores what <see cref="ToTensor"/> returned, now or in versions that had no slope; null if there is none.
    /// </summary>
    /// <exception cref="EngineException">The tensor has the wrong shape or an impossible value.</exception>
    public static Calibration? FromState(IReadOnlyDictionary<string, StoredTensor> state, string owner)
    {
        if (!state.TryGetValue(Tensor, out var stored)) return null;
        var width = stored.Shape is [2, 2] ? 2 : 3;
        var values = (double[])State.Doubles(state, owner, Tensor, 2, width).Data;
        return new(Read(values.AsSpan(0, width), owner), Read(values.AsSpan(width), owner));
    }

    private static TemperatureScaling Read(ReadOnlySpan<double> values, string owner)
    {
        foreach (var value in values[..2])
        {
            if (!(value > 0))
                throw new EngineException($"{owner}: tensor '{Tensor}' holds {value}; temperatures and offsets must be above 0.");
        }

        return new(values[0], values[1]) { Slope = values.Length > 2 ? values[2] : 0 };
    }
}
