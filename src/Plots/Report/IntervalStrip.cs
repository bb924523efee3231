using Engine.Plots.Report.Html;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report;

/// <summary>
/// An accuracy on a line from 0 to 1, with its interval and what it is measured against. The numbers stand beside it as text, so
/// it is hidden from screen readers.
/// </summary>
internal static class IntervalStrip
{
    private static readonly string[] s_ticks = ["0", "0.25", "0.5", "0.75", "1"];

    /// <summary>The line.</summary>
    /// <param name="value">The accuracy.</param>
    /// <param name="interval">Its interval, [low, high]; null: none.</param>
    /// <param name="marks">Other accuracies, each with the class of its mark.</param>
    public static Element Of(double value, IReadOnlyList<double>? interval, params IEnumerable<(string Class, double At)> marks)
    {
        var strip = Div().Class("strip").With("aria-hidden", "true");
        if (interval is [var low, var high])
        {
            strip.Add(Span().Class("range")
                .With("style", $"left:{Numbers.Css(low)};width:{Numbers.Css(Math.Max(0, high - low))}"));
        }

        foreach (var (name, at) in marks) strip.Add(Span().Class(name).With("style", $"left:{Numbers.Css(at)}"));
        return strip.Add(Span().Class("dot").With("style", $"left:{Numbers.Css(value)}"));
    }

    /// <summary>The scale below a line.</summary>
    public static Element Scale() =>
        Div(s_ticks.Select(t => Span(t))).Class("scale").With("aria-hidden", "true");
}
