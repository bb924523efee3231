namespace Engine.Plots.Subjects;

/// <summary>A kind of picture.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Summary">What it shows, in a few words.</param>
internal sealed record PlotKind(string Name, string Summary)
{
    /// <summary>Options that it uses beside those of its subject.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}
