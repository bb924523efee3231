using Engine.Pipeline.Runs;
using Engine.Plots.Figures;

namespace Engine.Plots.Runs;

/// <summary>What stands above every picture of a run: which system, and how it was measured.</summary>
/// <param name="System">The recipe, or what else was measured.</param>
/// <param name="Protocol">The split's protocol line; empty if nothing was split.</param>
/// <param name="Leaky">Whether tracks of the training set were also tested.</param>
internal sealed record RunHeading(string System, string Protocol, bool Leaky)
{
    private const double TitleSize = 15, Margins = 60;

    /// <summary>The heading of a run's pictures.</summary>
    public static RunHeading Of(RunRecord record) => new(record.Recipe.Name, record.Protocol, record.Leaky);

    /// <summary>The first line: "LEAKY: confusion matrix, gtzan57-svm".</summary>
    /// <param name="what">What is drawn.</param>
    /// <param name="width">The picture's width in pixels.</param>
    public string Title(string what, int width) =>
        Lines.Wrap($"{(Leaky ? "LEAKY: " : "")}{what}, {System}", (width - Margins) / TitleSize / 1.1, most: 2);

    /// <summary>The lines below: the protocol, then a line for each of <paramref name="more"/>.</summary>
    public string Subtitle(int width, params IEnumerable<string> more) => string.Join('\n', more.Prepend(Protocol)
        .Where(p => p.Length > 0).Select(p => Lines.Wrap(p, (width - Margins) / Style.FontSize)));
}
