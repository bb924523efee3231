using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Runs;
using Engine.Plots.Runs;

namespace Engine.Plots.Report;

/// <summary>A run as its page shows it.</summary>
/// <param name="Run">The run.</param>
/// <param name="Links">Where its songs are.</param>
internal sealed record RunView(FinishedRun Run, SongLinks Links)
{
    /// <summary>Every tested song, once a round.</summary>
    public IReadOnlyList<TestedSong> Songs { get; } = TestedSong.Of(Run);

    /// <summary>The accuracy of always naming the genre most frequent in training; null if nothing was trained on.</summary>
    public double? Baseline { get; } = MajorityBaseline.Accuracy(Run);

    /// <summary>What pictures are headed with: the page tells the rest.</summary>
    public RunHeading Heading => new(Run.Record.Recipe.Name, "", Run.Metrics.Leaky);

    /// <summary>The figures that the page leads with.</summary>
    public MetricsReport Figures => Run.Figures;

    /// <summary>What these count: "track" or "window".</summary>
    public string Unit => Run.CountsTracks || Run.Metrics.Tracks is null ? "track" : "window";

    /// <summary>"probability", or "score" where the model is not calibrated.</summary>
    public string Confidence => Run.Metrics.Calibrated ? "probability" : "score";

    /// <summary>The same with a capital.</summary>
    public string ConfidenceTitle => Run.Metrics.Calibrated ? "Probability" : "Score";
}
