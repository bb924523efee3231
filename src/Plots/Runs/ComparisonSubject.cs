using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using Engine.Plots.Subjects;

namespace Engine.Plots.Runs;

/// <summary>Pictures of a comparison of recipes.</summary>
internal sealed class ComparisonSubject : IPlotSubject
{
    /// <inheritdoc/>
    public string Noun => "a comparison";

    /// <inheritdoc/>
    public IReadOnlyList<PlotKind> Kinds { get; } = [new("bars", "accuracy of each system with its 95 % interval")];

    /// <inheritdoc/>
    public IReadOnlyList<string> Standard { get; } = ["bars"];

    /// <inheritdoc/>
    public bool Stacks => false;

    /// <inheritdoc/>
    public IReadOnlyList<string> Options { get; } = [];

    /// <inheritdoc/>
    public bool Fits(IReadOnlyList<string> paths) => paths.Count == 1
        && (File.Exists(Path.Combine(paths[0], ComparisonFiles.JsonFile))
            || File.Exists(Path.Combine(paths[0], ComparisonManifest.FileName)));

    /// <inheritdoc/>
    public Figure Draw(IReadOnlyList<string> paths, IReadOnlyList<string> kinds, PlotRequest request) =>
        BarsPlot.Draw(ComparisonFiles.Read(paths[0]), request.Size);
}
