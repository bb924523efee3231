using System.Text;
using Engine.Plots.Figures;
using Engine.Plots.Output;

namespace Engine.Plots.Report.Html;

/// <summary>Short names for the elements that the pages consist of.</summary>
internal static class Tags
{
    public static Element Div(params IEnumerable<Node> content) => new("div", content);

    public static Element P(params IEnumerable<Node> content) => new("p", content);

    public static Element Span(params IEnumerable<Node> content) => new("span", content);

    /// <summary>A name that others chose: of a genre, a song, a file. Its direction does not change what is around it.</summary>
    public static Element Name(string name) => new("bdi", name);

    public static Element Strong(params IEnumerable<Node> content) => new("strong", content);

    public static Element Code(params IEnumerable<Node> content) => new("code", content);

    public static Element Tr(params IEnumerable<Node> cells) => new("tr", cells);

    public static Element Td(params IEnumerable<Node> content) => new("td", content);

    /// <summary>A heading of a column.</summary>
    public static Element Column(params IEnumerable<Node> content) => new Element("th", content).With("scope", "col");

    /// <summary>A heading of a row.</summary>
    public static Element Row(params IEnumerable<Node> content) => new Element("th", content).With("scope", "row");

    /// <summary>A link.</summary>
    public static Element Link(Address to, params IEnumerable<Node> content) => new Element("a", content).To(to);

    /// <summary>Several pieces without an element around them.</summary>
    public static Node Several(params IEnumerable<Node> content) => new Fragment([.. content]);

    /// <summary>A picture below what it says on top, as a caption; the page's own heading replaces its title.</summary>
    /// <param name="figure">What to draw; its description is read to those who cannot see it.</param>
    /// <param name="id">A name that no other picture of the page has.</param>
    /// <param name="words">The caption; null: the picture's second line.</param>
    public static Node Picture(Figure figure, string id, string? words = null)
    {
        var caption = words ?? figure.Model.Subtitle?.ReplaceLineEndings(" ") ?? "";
        (figure.Model.Title, figure.Model.Subtitle) = (null, null);
        var picture = new Element("figure").Class("picture");
        if (caption.Length > 0) picture.Add(new Element("figcaption", char.ToUpperInvariant(caption[0]) + caption[1..] + "."));
        return picture.Add(Div(new Drawing(SvgText.Element(figure, id))).Class("scroll"));
    }

    private sealed class Fragment(Node[] content) : Node
    {
        public override void Write(StringBuilder html)
        {
            foreach (var node in content) node.Write(html);
        }
    }

    // Markup that SvgText has escaped.
    private sealed class Drawing(string svg) : Node
    {
        public override void Write(StringBuilder html) => html.Append(svg);
    }
}
