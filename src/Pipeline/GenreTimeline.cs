namespace Engine.Pipeline;

/// <summary>A window of a recording and what the model makes of it.</summary>
/// <param name="Start">Where it begins, in seconds.</param>
/// <param name="End">Where it ends, in seconds.</param>
/// <param name="Label">The most probable genre; of equal ones, the first by name.</param>
/// <param name="Probabilities">
/// One per label, in the order of <see cref="GenreTimeline.Labels"/>; scores if <see cref="GenreTimeline.IsCalibrated"/> is
/// false.
/// </param>
public sealed record TimelineWindow(double Start, double End, string Label, IReadOnlyList<double> Probabilities)
{
    /// <summary>Such as <c>3–6 s: blues 0.83</c>.</summary>
    public override string ToString() => $"{Readable.Span(Start, End)}: {Label} {Readable.Share(Probabilities.Max())}";
}

/// <summary>A part of a recording with one genre.</summary>
/// <param name="Start">Where it begins, in seconds.</param>
/// <param name="End">Where it ends, in seconds.</param>
/// <param name="Label">The genre.</param>
/// <param name="Probability">The mean of its windows' probabilities of that genre; a score if they are scores.</param>
public sealed record TimelineSegment(double Start, double End, string Label, double Probability)
{
    /// <summary>Such as <c>0–31.5 s: blues 0.83</c>.</summary>
    public override string ToString() => $"{Readable.Span(Start, End)}: {Label} {Readable.Share(Probability)}";
}

/// <summary>The genre of a recording along time.</summary>
/// <param name="Labels">Every genre the model knows, in the order of its probabilities.</param>
/// <param name="Windows">The windows, in order of time. A remainder shorter than a window belongs to none.</param>
/// <param name="Segments">
/// The genre from change to change: the windows' best labels, where a change must explain more than three quarters of a window
/// (see <c>docs/evaluation.md</c>). Segments follow each other without gaps; a change lies halfway between two windows' middles.
/// </param>
public sealed record GenreTimeline(
    IReadOnlyList<string> Labels, IReadOnlyList<TimelineWindow> Windows, IReadOnlyList<TimelineSegment> Segments)
{
    /// <summary>
    /// Whether the numbers are calibrated for single windows, as in <see cref="GenrePrediction.IsCalibrated"/>; if not, they are
    /// scores.
    /// </summary>
    public bool IsCalibrated { get; init; }

    /// <summary>The segments: <c>0–31.5 s: blues 0.83, 31.5–60 s: rock 0.71 (p)</c>.</summary>
    public override string ToString() => $"{Readable.Some(Segments, 8)} {Readable.Kind(IsCalibrated)}";
}
