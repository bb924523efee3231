using System.Globalization;
using System.Text;

namespace Engine.Plots.Report.Html;

/// <summary>An element: its tag, attributes, and what is in it.</summary>
/// <param name="tag">The name of the tag.</param>
/// <param name="content">What is in it, in order.</param>
internal sealed class Element(string tag, params IEnumerable<Node> content) : Node
{
    private static readonly HashSet<string> s_void = ["meta", "link", "col", "br", "hr"];

    private readonly List<(string Name, string? Value)> _attributes = [];
    private readonly List<Node> _content = [.. content];

    /// <summary>Sets the class.</summary>
    public Element Class(string name) => With("class", name);

    /// <summary>Sets the id.</summary>
    public Element Id(string id) => With("id", id);

    /// <summary>Sets a number.</summary>
    public Element With(string name, int value) => With(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Sets an attribute; its value is escaped.</summary>
    /// <exception cref="ArgumentException">It runs scripts or loads files; addresses are set by <see cref="To"/>.</exception>
    public Element With(string name, string value)
    {
        if (name is "href" or "src" or "srcdoc" or "action" || name.StartsWith("on", StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"{name}: an attribute of this name may hold code; use {nameof(To)} for addresses.", nameof(name));
        }

        _attributes.Add((name, value));
        return this;
    }

    /// <summary>Sets an attribute without a value.</summary>
    public Element Flag(string name)
    {
        _attributes.Add((name, null));
        return this;
    }

    /// <summary>Sets what a link leads to, or what a player plays.</summary>
    public Element To(Address address)
    {
        _attributes.Add((tag == "a" ? "href" : "src", address.Text));
        return this;
    }

    /// <summary>Lets the browser find the direction of a name, which may be Arabic, from its letters.</summary>
    public Element Auto() => With("dir", "auto");

    /// <summary>Adds content.</summary>
    public Element Add(params IEnumerable<Node> more)
    {
        _content.AddRange(more);
        return this;
    }

    /// <inheritdoc/>
    public override void Write(StringBuilder html)
    {
        html.Append('<').Append(tag);
        foreach (var (name, value) in _attributes)
        {
            html.Append(' ').Append(name);
            if (value is null) continue;
            html.Append("=\"");
            Escape(html, value);
            html.Append('"');
        }

        html.Append('>');
        if (s_void.Contains(tag)) return;
        foreach (var node in _content) node.Write(html);
        html.Append("</").Append(tag).Append('>');
        if (IsBlock(tag)) html.Append('\n');
    }

    private static bool IsBlock(string tag) =>
        tag is "tr" or "section" or "table" or "p" or "div" or "li" or "head" or "header" or "main" or "h1" or "h2" or "h3"
            or "dd";
}
