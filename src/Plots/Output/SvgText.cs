using System.Text;
using System.Text.RegularExpressions;
using Engine.Plots.Figures;
using OxyPlot;

namespace Engine.Plots.Output;

/// <summary>Writes figures as SVG 1.1: a document of its own, or a part of an HTML page.</summary>
internal static partial class SvgText
{
    /// <summary>A document, with a title and a description for those who cannot see it.</summary>
    public static string Document(Figure figure) =>
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + Labelled(Draw(figure), figure);

    /// <summary>
    /// An element for an HTML page: text and axes have the page's colour, the ground is the page's, so that it is readable on
    /// light and dark pages, and it is never wider than its place.
    /// </summary>
    /// <param name="figure">What to draw.</param>
    /// <param name="id">A name that no other picture of the page has.</param>
    public static string Element(Figure figure, string id)
    {
        figure.Model.Background = OxyColors.Undefined;
        var svg = Labelled(Draw(figure), figure).Replace(Css(Style.Ink), "currentColor", StringComparison.Ordinal);
        return ClipName().Replace(svg, $"{id}-clip$1");
    }

    /// <summary>How OxyPlot writes a colour.</summary>
    internal static string Css(OxyColor color) => $"rgb({color.R},{color.G},{color.B})";

    private static string Draw(Figure figure)
    {
        using var stream = new MemoryStream();
        using (var context = new SvgContext(stream, figure))
        {
            IPlotModel model = figure.Model;
            model.Update(updateData: true);
            model.Render(context, new(0, 0, figure.Width, figure.Height));
            context.Complete();
            context.Flush();
        }

        var svg = Encoding.UTF8.GetString(stream.ToArray());
        // OxyPlot draws what it throws into the picture.
        return figure.Model.GetLastPlotException() is { } fault
            ? throw new InvalidOperationException($"the picture cannot be drawn: {fault.Message}", fault) : svg;
    }

    private static string Labelled(string svg, Figure figure)
    {
        var start = svg.IndexOf("<svg", StringComparison.Ordinal);
        var end = svg.IndexOf('>', start);
        var text = new StringBuilder();
        text.Append(svg, start, end - start)
            .Append($" viewBox=\"0 0 {figure.Width} {figure.Height}\" role=\"img\">")
            .Append($"<title>{Escape(figure.Model.Title is { Length: > 0 } title ? title : figure.Description)}</title>")
            .Append($"<desc>{Escape(figure.Description)}</desc>")
            .Append(svg, end + 1, svg.Length - end - 1);
        return text.ToString();
    }

    private static string Escape(string text) => System.Security.SecurityElement.Escape(text);

    [GeneratedRegex(@"clipPath(\d+)")]
    private static partial Regex ClipName();
}
