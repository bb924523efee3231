using System.Security.Cryptography;
using System.Text;
using Engine.Plots.Report.Html;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report;

/// <summary>A part of a page under a heading of its own.</summary>
/// <param name="Id">Its place on the page.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Content">What is in it.</param>
internal sealed record Section(string Id, string Title, params IEnumerable<Node?> Content);

/// <summary>
/// What all pages share: one file that needs no other, whose policy lets the browser run the one script it holds, and load
/// nothing but recordings that lie on the disk.
/// </summary>
internal static class PageFrame
{
    private static readonly string s_style = Resource("report.css"), s_script = Resource("report.js");

    private static readonly string s_policy =
        $"default-src 'none'; script-src '{Hash(s_script)}'; style-src-elem '{Hash(s_style)}'; style-src-attr 'unsafe-inline'; "
            + "img-src data:; media-src 'self' file:; base-uri 'none'; form-action 'none'";

    /// <summary>The page.</summary>
    /// <param name="title">The title of the window.</param>
    /// <param name="heading">What stands on top.</param>
    /// <param name="sections">The parts, which the page lists on top.</param>
    /// <param name="version">The version of Engine that measured the figures.</param>
    public static string Write(string title, Node heading, IReadOnlyList<Section> sections, string version)
    {
        var html = new StringBuilder("<!DOCTYPE html>\n");
        new Element("html",
            new Element("head",
                new Element("meta").With("charset", "utf-8"),
                new Element("meta").With("http-equiv", "Content-Security-Policy").With("content", s_policy),
                new Element("meta").With("name", "viewport").With("content", "width=device-width, initial-scale=1"),
                new Element("meta").With("name", "color-scheme").With("content", "light dark"),
                new Element("title", title),
                new Raw("style", s_style)),
            new Element("body",
                Link(Address.OnPage("content"), "Skip to the content").Class("skip"),
                new Element("header", heading, Contents(sections)),
                new Element("main", sections.Select(Of)).Id("content").With("tabindex", -1),
                new Element("footer", P($"Made by Engine {version}.")),
                new Raw("script", s_script))).With("lang", "en").Write(html);
        return html.Append('\n').ToString();
    }

    private static Element Contents(IReadOnlyList<Section> sections) =>
        new Element("nav", new Element("ul", sections.Select(s => new Element("li", Link(Address.OnPage(s.Id), s.Title)))))
            .With("aria-label", "Sections");

    private static Element Of(Section section) => new Element("section",
        [new Element("h2", section.Title).Id($"{section.Id}-title"), .. section.Content.OfType<Node>()])
        .Id(section.Id).With("aria-labelledby", $"{section.Id}-title");

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Resource(string name)
    {
        using var stream = typeof(PageFrame).Assembly.GetManifestResourceStream($"Engine.Plots.Report.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    // Style and script are Engine's own, and are not escaped.
    private sealed class Raw(string tag, string text) : Node
    {
        public override void Write(StringBuilder html) =>
            html.Append('<').Append(tag).Append('>').Append(text).Append("</").Append(tag).Append(">\n");
    }
}
