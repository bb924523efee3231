namespace Engine.Pipeline;

/// <summary>What labelling one recording gave: a prediction or a timeline, or the error.</summary>
/// <param name="Path">The recording.</param>
public sealed record LabelledSong(string Path)
{
    /// <summary>Its genres; null if it was skipped, or a timeline was asked for.</summary>
    public GenrePrediction? Prediction { get; init; }

    /// <summary>Its genres along time; null if it was skipped, or none was asked for.</summary>
    public GenreTimeline? Timeline { get; init; }

    /// <summary>Why it could not be labelled; null if it was.</summary>
    public string? Error { get; init; }

    /// <summary>
    /// Whether the model was trained on this recording: on the same samples, whatever file holds them. Its label then says
    /// nothing about the model's accuracy. Null if the model does not tell: it was trained on a table, or by an earlier version.
    /// </summary>
    public bool? IsTrainedOn { get; init; }

    /// <summary>
    /// The highest frequency in Hz at which it has sound: its mean power spectrum is there within 80 dB of its maximum. Null if
    /// it was skipped.
    /// </summary>
    public double? Bandwidth { get; init; }

    /// <summary>
    /// Whether it lacks a fifth or more of the band that the model was trained with (<see cref="GenreModel.TrainedBandwidth"/>),
    /// as telephone recordings do; its label is then less certain. Null if the model does not tell.
    /// </summary>
    public bool? LacksBand { get; init; }
}

/// <summary>How timelines are cut.</summary>
/// <param name="Hop">
/// Seconds from the start of one window to that of the next; null: the recipe's or, if it takes whole recordings, the window's
/// length, so that windows touch.
/// </param>
/// <param name="Window">
/// The length of a window in seconds, only for recipes that take whole recordings; null: <see cref="GenreModel.WindowSeconds"/>.
/// </param>
public sealed record TimelineOptions(double? Hop = null, double? Window = null);
