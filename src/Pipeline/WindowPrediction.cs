namespace Engine.Pipeline;

/// <summary>A model's prediction for one window of a recording.</summary>
/// <param name="Start">Where the window begins, in seconds.</param>
/// <param name="End">Where it ends, in seconds.</param>
/// <param name="Prediction">The genres of the window.</param>
public sealed record WindowPrediction(double Start, double End, GenrePrediction Prediction)
{
    /// <summary>Such as <c>3–6 s: blues 0.83, rock 0.10, jazz 0.04, … (p)</c>.</summary>
    public override string ToString() => $"{Readable.Span(Start, End)}: {Prediction}";
}

/// <summary>A file and what a model makes of it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Prediction">Its genres; null if it cannot be used.</param>
/// <param name="Problem">Why it cannot be used; null if it can.</param>
public sealed record FilePrediction(string Path, GenrePrediction? Prediction, string? Problem)
{
    /// <summary>What is missing or damaged in the recording, as a sentence without its name; null if nothing is.</summary>
    public string? Damage { get; init; }

    /// <summary>Such as <c>song.wav: blues 0.83, rock 0.10, jazz 0.04, … (p)</c>; if it cannot be used, why.</summary>
    public override string ToString() => Prediction is null ? Problem ?? Path : $"{Path}: {Prediction}";
}
