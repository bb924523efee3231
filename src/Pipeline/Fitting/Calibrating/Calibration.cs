using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
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
    public static Calibration Fit(FeatureMatrix scores, IReadOnlyList<Sample> samples, int[] labels)
    {
        var rows = TemperatureScaling.Fit(scores, labels);
        var (means, targets) = TrackAverage.ByTrack([.. samples.Select(s => s.Track)], scores, labels);
        return new(rows, means.Rows == scores.Rows ? rows : TemperatureScaling.Fit(means, targets));
    }

    /// <summary>Temperature and offset for rows, then for tracks.</summary>
    public StoredTensor ToTensor() => new(new[] { Rows.Temperature, Rows.Offset, Tracks.Temperature, Tracks.Offset }, 2, 2);

    /// <summary>Restores what <see cref="ToTensor"/> returned; null if there is none.</summary>
    /// <exception cref="EngineException">The tensor has the wrong shape or an impossible value.</exception>
    public static Calibration? FromState(IReadOnlyDictionary<string, StoredTensor> state, string owner)
    {
        if (!state.ContainsKey(Tensor)) return null;
        var values = (double[])State.Doubles(state, owner, Tensor, 2, 2).Data;
        foreach (var value in values)
        {
            if (!(value > 0))
                throw new EngineException($"{owner}: tensor '{Tensor}' holds {value}; temperatures and offsets must be above 0.");
        }

        return new(new(values[0], values[1]), new(values[2], values[3]));
    }
}
