using Engine.Classifiers;
using OxyPlot.Axes;

namespace Engine.Plots.Figures;

/// <summary>Panels one above the other, the first on top, over one horizontal axis.</summary>
/// <param name="title">The heading.</param>
/// <param name="horizontal">The axis they share.</param>
internal sealed class PanelStack(string title, Axis horizontal)
{
    private const int Chrome = 110, PanelHeight = 190, LowestPanel = 150, DefaultWidth = 960;
    private const double GapPixels = 18, Margins = 24, TitleEm = Style.TitleSize * 1.1;

    private readonly List<Panel> _panels = [];

    /// <summary>Adds a panel below the others.</summary>
    public void Add(Panel panel) => _panels.Add(panel);

    /// <summary>
    /// The picture; without a size, each panel gets a height at which its labels can be read. Titles wider than it are cut.
    /// </summary>
    /// <exception cref="EngineException">The size leaves too little height for the labels.</exception>
    public Figure Build(FigureSize? size, string description, string? subtitle = null)
    {
        var shares = _panels.Sum(p => p.Share);
        var (width, height) = size is { } given
            ? (given.Width, given.Height) : (DefaultWidth, Chrome + (int)Math.Round(PanelHeight * shares));
        var lowest = Chrome + (int)Math.Round(LowestPanel * shares);
        if (height < lowest)
        {
            throw new EngineException($"{width}x{height} pixels are too low for {_panels.Count} "
                + $"panel{(_panels.Count == 1 ? "" : "s")}; give at least {width}x{lowest}.");
        }

        var room = width - Margins;
        var model = Style.NewModel(Cut(title, room / TitleEm), subtitle is null ? null : Cut(subtitle, room / Style.FontSize));
        model.Axes.Add(horizontal);
        var gap = GapPixels / height;
        var heightOfOne = (1 - gap * (_panels.Count - 1)) / shares;
        var top = 1.0;
        for (var p = 0; p < _panels.Count; p++)
        {
            var bottom = top - _panels[p].Share * heightOfOne;
            _panels[p].AddTo(model, $"panel-{p}", Math.Max(0, bottom), top);
            top = bottom - gap;
        }

        return new(model, width, height, description);
    }

    private static string Cut(string text, double width) =>
        string.Join('\n', text.Split('\n').Select(line => TextWidths.Cut(line, width)));
}
